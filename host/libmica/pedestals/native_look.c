/* SPDX-License-Identifier: BSD-3-Clause */
/* A process that something else started by the contract of mica/native.h. Its descriptors may be
 * anything. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mica/native.h"
#include "native.h"

static int fetch(const struct mica_pedestal *p, int number)
{
	return (int)syscall(SYS_pidfd_getfd, p->pidfd, number, 0);
}

/* One that can block would stop this daemon's loop. */
static bool doorbell(int fd)
{
	char path[32], target[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, target, sizeof(target) - 1);
	target[n < 0 ? 0 : n] = '\0';
	return strstr(target, "[eventfd]") && fcntl(fd, F_GETFL) & O_NONBLOCK;
}

static bool has_open(pid_t pid, const struct stat *memory)
{
	char path[300];
	struct dirent *de;
	struct stat st;
	bool found = false;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	dir = opendir(path);
	while (dir && !found && (de = readdir(dir)))
		found = de->d_name[0] != '.' && !fstatat(dirfd(dir), de->d_name, &st, 0) &&
			st.st_dev == memory->st_dev && st.st_ino == memory->st_ino;
	if (dir)
		closedir(dir);
	return found;
}

/* Two hosts on the same rings would destroy them: nobody else may hold the memory. */
static int check_holders(const struct mica_pedestal *p, struct mica_error *err)
{
	struct dirent *de;
	struct stat st;
	pid_t holder = 0;
	DIR *proc;

	if (fstat(p->mem_fd, &st) < 0)
		return mica_fail(err, MICA_E_FAILED, "shared memory: %s", strerror(errno));
	proc = opendir("/proc");
	while (proc && !holder && (de = readdir(proc))) {
		pid_t pid = (pid_t)strtol(de->d_name, NULL, 10);

		if (pid > 0 && pid != getpid() && pid != p->pid && has_open(pid, &st))
			holder = pid;
	}
	if (proc)
		closedir(proc);
	if (holder)
		return mica_fail(err, MICA_E_BUSY,
				 "process %d has the shared memory of process %d open too: end it, "
				 "or stop the client there",
				 holder, p->pid);
	return 0;
}

static int no_client(const struct mica_pedestal *p, int number, const char *what,
		     struct mica_error *err)
{
	return mica_fail(err, MICA_E_FIRMWARE,
			 "process %d is no native client: its descriptor %d is not %s", p->pid,
			 number, what);
}

static int fetch_all(struct mica_pedestal *p, struct mica_error *err)
{
	int *to[] = { &p->mem_fd, &p->to_client, &p->to_host };

	for (int i = 0; i < 3; i++) {
		*to[i] = fetch(p, MICA_NATIVE_FD_MEM + i);
		if (*to[i] < 0 && errno == ESRCH)
			return mica_fail(err, MICA_E_STATE, "process %d has ended", p->pid);
		if (*to[i] < 0 && errno != EBADF)
			return mica_fail(err, MICA_E_PERMISSION, "cannot take over process %d: %s",
					 p->pid, strerror(errno));
	}
	/* Its size is checked where it is mapped. */
	if (p->mem_fd < 0 || fcntl(p->mem_fd, F_GET_SEALS) < 0)
		return no_client(p, MICA_NATIVE_FD_MEM, "a sealed memfd", err);
	if (p->to_client < 0 || !doorbell(p->to_client))
		return no_client(p, MICA_NATIVE_FD_TO_CLIENT, "a non-blocking eventfd", err);
	if (p->to_host < 0 || !doorbell(p->to_host))
		return no_client(p, MICA_NATIVE_FD_TO_HOST, "a non-blocking eventfd", err);
	p->window_fd = fetch(p, MICA_NATIVE_FD_WINDOW); /* optional */
	return check_holders(p, err);
}

int mica_native_look(struct mica_pedestal *p, pid_t pid, struct mica_error *err)
{
	if (pid <= 0)
		return mica_fail(err, MICA_E_USAGE,
				 "pedestal native: name the process of client '%s' with --pid",
				 p->cfg.name);
	if (pid == getpid())
		return mica_fail(err, MICA_E_FIRMWARE, "process %d is this daemon", pid);
	p->pid = pid;
	p->mark = mica_native_start_time(pid);
	p->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (p->pidfd < 0 || !p->mark || p->mark != mica_native_start_time(pid))
		return mica_fail(err, MICA_E_STATE,
				 "nothing runs there: there is no process %d, or it is a thread",
				 pid);
	return fetch_all(p, err);
}
