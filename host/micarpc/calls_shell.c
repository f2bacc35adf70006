/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * system, popen: a shell of this Linux, with this program's rights and a clean environment. What
 * it prints is console text. All of them end with the session, see keeper.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "handlers.h"
#include "handles.h"
#include "policy.h"

/* pipe_fd becomes descriptor `as` of the shell; as -1: nothing does. */
static pid_t start_shell(const char *command, int pipe_fd, int as)
{
	static char sh[] = "sh", dash_c[] = "-c", path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
		    lang[] = "LANG=C.UTF-8";
	char *argv[] = { sh, dash_c, (char *)(uintptr_t)command, NULL };
	char *env[] = { path, lang, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t all;
	pid_t pid;
	int rc;

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	sigfillset(&all);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	rc = as < 0 ? 0 : posix_spawn_file_actions_adddup2(&actions, pipe_fd, as);
	if (!rc)
		rc = posix_spawn(&pid, "/bin/sh", &actions, &attr, argv, env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	errno = rc;
	return rc ? -1 : pid;
}

static int wait_for(pid_t pid)
{
	int status = -1;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
	}
	return status;
}

static bool refused(void)
{
	if (policy.commands)
		return false;
	errno = EACCES;
	return true;
}

void do_system(struct call *c)
{
	const char *command = arg_str(c, 12, MICA_RPC_DATA);
	pid_t pid = !command || refused() ? -1 : start_shell(command, -1, -1);

	ret_s32(c, pid < 0 ? -1 : wait_for(pid));
}

static uint32_t open_pipe(const char *command, bool reads)
{
	int end[2], ours, theirs;
	pid_t pid;
	FILE *f;

	if (pipe2(end, O_CLOEXEC))
		return 0;
	ours = reads ? end[0] : end[1];
	theirs = reads ? end[1] : end[0];
	pid = start_shell(command, theirs, reads ? STDOUT_FILENO : STDIN_FILENO);
	close(theirs);
	f = pid < 0 ? NULL : fdopen(ours, reads ? "r" : "w");
	if (!f) {
		int saved = errno;

		close(ours);
		errno = saved;
		return 0;
	}
	return stream_give(f, pid);
}

void do_popen(struct call *c)
{
	const char *command = arg_str(c, 12, MICA_RPC_NAME), *mode = arg_str(c, 140, 6);

	if (!command || !mode || refused()) {
		ret_handle(c, 0);
		return;
	}
	if ((mode[0] != 'r' && mode[0] != 'w') || (mode[1] && strcmp(mode + 1, "e"))) {
		errno = EINVAL;
		ret_handle(c, 0);
		return;
	}
	ret_handle(c, open_pipe(command, mode[0] == 'r'));
}

void do_pclose(struct call *c)
{
	struct stream *s = stream_take(arg_u64(c, 16));
	pid_t child;

	if (!s) {
		ret_s32(c, -1);
		return;
	}
	child = s->child;
	fd_forget(fileno(s->f));
	(void)fclose(s->f);
	stream_free(s);
	if (!child)
		errno = ECHILD;
	ret_s32(c, child ? wait_for(child) : -1);
}
