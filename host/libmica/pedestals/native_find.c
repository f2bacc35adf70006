/* SPDX-License-Identifier: BSD-3-Clause */
/* Find the process of a client that an earlier micad has started. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <json-c/json.h>

#include "mica/native.h"
#include "native.h"

/* Between fork and exec lie some system calls. */
#define COMING_MS 2000

/* Field 22 of /proc/PID/stat. */
uint64_t mica_native_start_time(pid_t pid)
{
	char path[32], buf[1024];
	ssize_t n;
	char *s;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, buf, sizeof(buf) - 1);
	close(fd);
	if (n <= 0)
		return 0;
	buf[n] = '\0';
	s = strrchr(buf, ')'); /* the name in parentheses may hold anything */
	for (int field = 2; s && field < 22; field++)
		s = strchr(s + 1, ' ');
	return s ? strtoull(s + 1, NULL, 10) : 0;
}

#define PIDFS	  0x50494446 /* PID_FS_MAGIC of <linux/magic.h> */
#define INODE_BIT (1ull << 62)

/* 0: pidfds have none of their own. */
static uint64_t pidfd_inode(int pidfd)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(pidfd, &fs) || fs.f_type != PIDFS || fstat(pidfd, &st))
		return 0;
	return INODE_BIT | st.st_ino;
}

uint64_t mica_native_mark(pid_t pid, int pidfd)
{
	uint64_t inode = pidfd_inode(pidfd);

	return inode ? inode : mica_native_start_time(pid);
}

bool mica_native_marked(pid_t pid, int pidfd, uint64_t mark)
{
	return mark &&
	       mark == (mark & INODE_BIT ? pidfd_inode(pidfd) : mica_native_start_time(pid));
}

void mica_native_token(const uint8_t token[16], char out[33])
{
	for (int i = 0; i < 16; i++)
		snprintf(out + 2 * i, 3, "%02x", token[i]);
}

void mica_native_memory_name(const struct mica_pedestal *p, char name[MICA_NATIVE_MEMORY_NAME])
{
	char hex[33];

	mica_native_token(p->token, hex);
	snprintf(name, MICA_NATIVE_MEMORY_NAME, "mica-%s-%.16s", p->cfg.name, hex);
}

/* Does this process carry the client's token? Environments of others cannot be read: no. */
static bool carries_token(pid_t pid, const char *needle)
{
	size_t len = 0, cap = 1 << 20;
	bool found = false;
	char path[32], *buf;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/environ", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	buf = malloc(cap);
	while (buf && len < cap && (n = read(fd, buf + len, cap - len)) > 0)
		len += (size_t)n;
	close(fd);
	if (buf)
		found = memmem(buf, len, needle, strlen(needle) + 1);
	free(buf);
	return found;
}

/* One that has ended may stand in /proc for long, until somebody reaps it: it shares nothing. */
static bool shares_memory(pid_t pid)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	int fd = pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pidfd, MICA_NATIVE_FD_MEM, 0);
	bool gone = fd < 0 && (errno == ESRCH || errno == EBADF);

	if (fd >= 0)
		close(fd);
	if (pidfd >= 0)
		close(pidfd);
	return !gone;
}

/* Has it the memory of that name open? */
static bool holds_memory(pid_t pid, const char *name)
{
	char path[300], target[PATH_MAX], want[128];
	struct dirent *de;
	bool found = false;
	DIR *dir;

	snprintf(want, sizeof(want), "/memfd:%s (deleted)", name);
	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	dir = opendir(path);
	while (dir && !found && (de = readdir(dir))) {
		ssize_t n = readlinkat(dirfd(dir), de->d_name, target, sizeof(target) - 1);

		target[n < 0 ? 0 : n] = '\0';
		found = !strcmp(target, want);
	}
	if (dir)
		closedir(dir);
	return found;
}

/*
 * The process with the client's token. *coming: none, but one that holds the client's memory, and
 * so may be on its way: forked by a micad that was killed, its new program not begun yet.
 */
static pid_t look(const char *token, const char *memory, bool *coming)
{
	struct dirent *de;
	pid_t pid = 0;
	DIR *proc = opendir("/proc");

	*coming = false;
	while (proc && !pid && (de = readdir(proc))) {
		pid_t candidate = (pid_t)strtol(de->d_name, NULL, 10);

		if (candidate <= 0 || candidate == getpid())
			continue;
		if (carries_token(candidate, token) && shares_memory(candidate))
			pid = candidate;
		else if (holds_memory(candidate, memory))
			*coming = true;
	}
	if (proc)
		closedir(proc);
	return pid;
}

/* On a worker thread: waits for one that is coming. */
static pid_t find_by_token(const struct mica_pedestal *p)
{
	char hex[33], token[sizeof(MICA_NATIVE_TOKEN_ENV) + 34], memory[MICA_NATIVE_MEMORY_NAME];
	bool coming;
	pid_t pid;

	mica_native_token(p->token, hex);
	snprintf(token, sizeof(token), MICA_NATIVE_TOKEN_ENV "=%s", hex);
	mica_native_memory_name(p, memory);
	for (int i = 0; i < COMING_MS; i++) {
		pid = look(token, memory, &coming);
		if (pid || !coming)
			return pid;
		usleep(1000);
	}
	return 0;
}

/* Sets pid, pidfd and mark if that process is there. */
static void check_saved(struct mica_pedestal *p, pid_t pid, uint64_t mark)
{
	int pidfd = pid > 0 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;

	if (pidfd < 0)
		return;
	if (!mica_native_marked(pid, pidfd, mark) || !shares_memory(pid)) {
		close(pidfd);
		return;
	}
	p->pid = pid;
	p->pidfd = pidfd;
	p->mark = mark;
}

int mica_native_find(struct mica_pedestal *p, const struct json_object *state,
		     struct mica_error *err)
{
	struct json_object *pid, *start;

	p->pid = 0;
	p->pidfd = -1;
	if (state && json_object_object_get_ex(state, "pid", &pid) &&
	    json_object_object_get_ex(state, "start_time", &start))
		check_saved(p, json_object_get_int(pid), (uint64_t)json_object_get_int64(start));
	if (p->pidfd >= 0)
		return 0;
	/* Killed between the start and its note: the process still carries the token. */
	p->pid = find_by_token(p);
	if (p->pid <= 0)
		return mica_fail(err, MICA_E_UNKNOWN, "no process of client '%s' is left",
				 p->cfg.name);
	p->mark = mica_native_start_time(p->pid);
	p->pidfd = (int)syscall(SYS_pidfd_open, p->pid, 0);
	/* The pid may have been reused before the descriptor held it. */
	if (p->pidfd < 0 || mica_native_start_time(p->pid) != p->mark)
		return mica_fail(err, MICA_E_UNKNOWN, "process %d of client '%s' is gone", p->pid,
				 p->cfg.name);
	return 0;
}
