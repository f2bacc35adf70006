/* SPDX-License-Identifier: BSD-3-Clause */
/* Start a client's process; get what it shares back out of it. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <json-c/json.h>

#include "mica/native.h"
#include "native.h"

#define N_SHARED   4  /* the window comes last; it may be missing */
#define FIRST_FREE 16 /* above every descriptor the contract names */

extern char **environ;

/* The daemon's environment without what an outer client may have left there, plus ours. */
static char **client_environment(char *contract, char *token, char *window)
{
	size_t n = 0, k = 0;
	char **env;

	while (environ[n])
		n++;
	env = calloc(n + 4, sizeof(*env));
	if (!env)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (strncmp(environ[i], "MICA_NATIVE", strlen("MICA_NATIVE")))
			env[k++] = environ[i];
	}
	env[k++] = contract;
	env[k++] = token;
	env[k] = window;
	return env;
}

static int add_files(posix_spawn_file_actions_t *fa, const struct mica_pedestal *p,
		     const int high[N_SHARED])
{
	char log[PATH_MAX + 16];
	int rc;

	snprintf(log, sizeof(log), "%s/output", p->run_dir);
	rc = posix_spawn_file_actions_addopen(fa, 0, "/dev/null", O_RDONLY, 0);
	if (!rc)
		rc = posix_spawn_file_actions_addopen(fa, 1, log, O_WRONLY | O_CREAT | O_TRUNC,
						      0600);
	if (!rc)
		rc = posix_spawn_file_actions_adddup2(fa, 1, 2);
	for (int i = 0; !rc && i < N_SHARED && high[i] >= 0; i++)
		rc = posix_spawn_file_actions_adddup2(fa, high[i], MICA_NATIVE_FD_MEM + i);
	return rc;
}

/* A session of its own (it outlives the daemon), default signals, nothing blocked. */
static int set_attributes(posix_spawnattr_t *attr)
{
	sigset_t all, none;
	int rc;

	sigfillset(&all);
	sigemptyset(&none);
	rc = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF |
						    POSIX_SPAWN_SETSIGMASK);
	if (!rc)
		rc = posix_spawnattr_setsigdefault(attr, &all);
	if (!rc)
		rc = posix_spawnattr_setsigmask(attr, &none);
	return rc;
}

static int spawn(struct mica_pedestal *p, const int high[N_SHARED])
{
	char contract[] = MICA_NATIVE_ENV "=1", window[] = MICA_NATIVE_WINDOW_ENV "=1";
	char hex[33], token[sizeof(MICA_NATIVE_TOKEN_ENV) + 34], own[32];
	char *argv[] = { p->cfg.image, NULL };
	const char *path = p->cfg.image;
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	char **env;
	int rc;

	/* Closed by the execution, so the number is the parent's own. */
	snprintf(own, sizeof(own), "/proc/self/fd/%d", p->program);
	if (p->program >= 0)
		path = own;
	mica_native_token(p->token, hex);
	snprintf(token, sizeof(token), MICA_NATIVE_TOKEN_ENV "=%s", hex);
	env = client_environment(contract, token, p->window_fd >= 0 ? window : NULL);
	if (!env)
		return ENOMEM;
	posix_spawn_file_actions_init(&fa);
	posix_spawnattr_init(&attr);
	rc = add_files(&fa, p, high);
	if (!rc)
		rc = set_attributes(&attr);
	if (!rc)
		rc = posix_spawn(&p->pid, path, &fa, &attr, argv, env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&fa);
	free(env);
	return rc;
}

int mica_native_program(struct mica_pedestal *p, const void *data, size_t len,
			struct mica_error *err)
{
	int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
	const char *at = data;
	int low, fd;

	if (p->program >= 0)
		close(p->program);
	p->program = -1;
	low = memfd_create(p->cfg.name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	/* Above the numbers of the contract, which the new process gets other files on. */
	fd = low < 0 ? -1 : fcntl(low, F_DUPFD_CLOEXEC, FIRST_FREE);
	if (low >= 0)
		close(low);
	while (fd >= 0 && len) {
		ssize_t n = write(fd, at, len);

		if (n <= 0)
			break;
		at += n;
		len -= (size_t)n;
	}
	if (fd < 0 || len || fcntl(fd, F_ADD_SEALS, seals) < 0) {
		if (fd >= 0)
			close(fd);
		return mica_fail(err, MICA_E_FAILED, "cannot hold the image in memory: %s",
				 strerror(errno));
	}
	p->program = fd;
	return 0;
}

static void bind_cores(const struct mica_pedestal *p)
{
	cpu_set_t set;

	if (p->cfg.cores.kind != MICA_CORES_CPU || !p->cfg.cores.n)
		return;
	CPU_ZERO(&set);
	for (unsigned int i = 0; i < p->cfg.cores.n; i++)
		CPU_SET(p->cfg.cores.id[i], &set);
	/* An offline core cannot be had; the client then runs where the kernel puts it. */
	(void)sched_setaffinity(p->pid, sizeof(set), &set);
}

int mica_native_spawn(struct mica_pedestal *p, struct mica_error *err)
{
	const int from[N_SHARED] = { p->mem_fd, p->to_client, p->to_host, p->window_fd };
	int high[N_SHARED];
	int rc = 0;

	/* Copies above the numbers of the contract: a dup2 to one of those must not close another.
	 */
	for (int i = 0; i < N_SHARED; i++) {
		high[i] = from[i] < 0 ? -1 : fcntl(from[i], F_DUPFD_CLOEXEC, FIRST_FREE);
		if (high[i] < 0 && from[i] >= 0)
			rc = errno;
	}
	if (!rc)
		rc = spawn(p, high);
	for (int i = 0; i < N_SHARED; i++) {
		if (high[i] >= 0)
			close(high[i]);
	}
	if (rc) {
		p->pid = 0;
		return mica_fail(err, rc == EACCES ? MICA_E_FIRMWARE : MICA_E_FAILED,
				 "cannot start %s as a process: %s%s", p->cfg.image, strerror(rc),
				 rc == EACCES ? " (is it executable? chmod +x)" : "");
	}
	bind_cores(p);
	p->pidfd = (int)syscall(SYS_pidfd_open, p->pid, 0);
	if (p->pidfd < 0)
		return mica_fail(err, MICA_E_FAILED, "pidfd_open: %s", strerror(errno));
	p->mark = mica_native_mark(p->pid, p->pidfd);
	return 0;
}

int mica_native_fetch(struct mica_pedestal *p, struct mica_error *err)
{
	int *to[N_SHARED] = { &p->mem_fd, &p->to_client, &p->to_host, &p->window_fd };

	for (int i = 0; i < N_SHARED; i++) {
		*to[i] = (int)syscall(SYS_pidfd_getfd, p->pidfd, MICA_NATIVE_FD_MEM + i, 0);
		/* One that an earlier version started has no window. */
		if (*to[i] < 0 && !(to[i] == &p->window_fd && errno == EBADF))
			return mica_fail(err, errno == ESRCH ? MICA_E_UNKNOWN : MICA_E_PERMISSION,
					 "cannot take over process %d of client '%s': %s", p->pid,
					 p->cfg.name, strerror(errno));
	}
	return 0;
}
