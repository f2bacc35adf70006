/* SPDX-License-Identifier: BSD-3-Clause */
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper.h"

#define REACT_MS 2000 /* a hung-up executor writes its files out and goes */

pid_t keeper_fork(void)
{
	pid_t parent = getpid(), pid;

	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))
		return -1;
	pid = fork();
	if (pid)
		return pid;
	/* Becoming another user clears it: whoever does that asks again. */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	return getppid() == parent ? 0 : -1;
}

static pid_t parent_of(const char *pid)
{
	char path[300], line[512], *end;
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return -1;
	n = fread(line, 1, sizeof(line) - 1, f);
	fclose(f);
	line[n] = '\0';
	end = strrchr(line, ')');
	/* ") S PPID" */
	return end && strlen(end) > 4 ? (pid_t)strtol(end + 4, NULL, 10) : -1;
}

/* Those that have lost their parents are ours; each round frees the next generation. */
static void end_children(void)
{
	struct dirent *de;
	DIR *proc = opendir("/proc");

	while (proc && (de = readdir(proc))) {
		if (de->d_name[0] >= '1' && de->d_name[0] <= '9' &&
		    parent_of(de->d_name) == getpid())
			kill((pid_t)strtol(de->d_name, NULL, 10), SIGKILL);
	}
	if (proc)
		closedir(proc);
}

void keeper_run(pid_t executor, int socket)
{
	struct pollfd fds[2] = { { .events = POLLIN }, { .fd = socket, .events = 0 } };
	const struct timespec moment = { .tv_nsec = 2 * 1000 * 1000 };
	int left = -1;
	pid_t pid;

	fds[0].fd = (int)syscall(SYS_pidfd_open, executor, 0);
	/* The daemon's end of the socket is closed: POLLHUP, whatever is still unread. */
	while (fds[0].fd >= 0 && poll(fds, left < 0 ? 2 : 1, left) != 0) {
		if (fds[0].revents)
			break;
		if (fds[1].revents)
			left = REACT_MS;
	}
	kill(executor, SIGKILL);
	/* Not waiting for any: more may become ours after each look. */
	for (;;) {
		end_children();
		do
			pid = waitpid(-1, NULL, WNOHANG);
		while (pid > 0);
		if (pid < 0)
			return;
		nanosleep(&moment, NULL);
	}
}
