/* SPDX-License-Identifier: BSD-3-Clause */
#include <cap-ng.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "handles.h"
#include "sandbox.h"

#define FILE_BYTES   (1ull << 30)
#define MEMORY_BYTES (1ull << 30)
#define TASKS	     256u /* threads of ours, and what commands start */

static int fail(const char *what)
{
	fprintf(stderr, "rpc: %s: %s\n", what, strerror(errno));
	return -1;
}

int sandbox_open_root(const struct sandbox *s)
{
	char parent[PATH_MAX], *slash;
	bool made;
	int fd;

	snprintf(parent, sizeof(parent), "%s", s->root);
	slash = strrchr(parent, '/');
	if (slash && slash != parent) {
		*slash = '\0';
		(void)mica_mkdirs(parent, 0755); /* what is wrong with it, open tells */
	}
	made = mkdir(s->root, 0700) == 0;
	fd = open(s->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fail(s->root);
	if (made && s->uid && fchownat(fd, "", s->uid, s->uid, AT_EMPTY_PATH)) {
		close(fd);
		return fail(s->root);
	}
	return fd;
}

/* Names of hosts and shells live outside of the folder: then only openat2 confines. */
static int confine_to(const struct sandbox *s, int root)
{
	if (fchdir(root))
		return s->uid ? fail(s->root) : 0;
	if (geteuid() != 0 || s->commands || s->network)
		return 0;
	return chroot(".") || chdir("/") ? fail("chroot") : 0;
}

int sandbox_drop(const struct sandbox *s, int root, bool confine)
{
	if (confine && confine_to(s, root))
		return -1;
	capng_clear(CAPNG_SELECT_ALL);
	if (s->uid) {
		if (capng_change_id((int)s->uid, (int)s->uid,
				    CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING))
			return fail("cannot become another user");
	} else if (capng_apply(CAPNG_SELECT_CAPS)) {
		return fail("cannot give up capabilities");
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return fail("no_new_privs");
	/* Or its own /proc/self would be root's. */
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0))
		return fail("dumpable");
	if (confine && fchdir(root))
		return fail(s->root);
	return 0;
}

static int limit(__rlimit_resource_t what, rlim_t value)
{
	struct rlimit now, wanted = { value, value };

	if (!getrlimit(what, &now) && now.rlim_max < value)
		wanted.rlim_cur = wanted.rlim_max = now.rlim_max;
	return setrlimit(what, &wanted);
}

/* The limit of tasks counts all of the user's: without an own user, those of others too. */
static rlim_t tasks_of_user(void)
{
	struct dirent *de;
	struct stat st;
	rlim_t n = 0;
	DIR *proc = opendir("/proc");

	while (proc && (de = readdir(proc))) {
		char path[300];
		DIR *task;

		if (de->d_name[0] < '1' || de->d_name[0] > '9')
			continue;
		snprintf(path, sizeof(path), "/proc/%s/task", de->d_name);
		if (stat(path, &st) || st.st_uid != getuid() || !(task = opendir(path)))
			continue;
		while (readdir(task))
			n++;
		closedir(task);
	}
	if (proc)
		closedir(proc);
	return n;
}

int sandbox_limits(void)
{
	if (limit(RLIMIT_CORE, 0) || limit(RLIMIT_FSIZE, FILE_BYTES) ||
	    limit(RLIMIT_NPROC, tasks_of_user() + TASKS) || limit(RLIMIT_NOFILE, FD_LIMIT))
		return fail("limits");
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	/* Sanitizers reserve more than there is. */
	if (limit(RLIMIT_AS, MEMORY_BYTES))
		return fail("limits");
#endif
	return 0;
}
