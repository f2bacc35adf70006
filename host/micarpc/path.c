/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "path.h"

#define MODE_BITS 01777 /* nothing a client makes gets its maker's identity */
#define RACES	  32	/* the kernel asks to try again when a folder moves meanwhile */
#define NAMES	  64	/* tries to find a free name */

static int root = -1, proc = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* cwd */
static char cwd[PATH_MAX] = "/";			 /* below root, absolute */

void path_init(int root_fd, int proc_fd)
{
	root = root_fd;
	proc = proc_fd;
	strcpy(cwd, "/");
}

/* Relative names start at the current folder; to the kernel all are relative to root. */
static int absolute(const char *path, char out[PATH_MAX])
{
	int n;

	if (!*path) {
		errno = ENOENT;
		return -1;
	}
	pthread_mutex_lock(&lock);
	n = snprintf(out, PATH_MAX, "%s%s%s", *path == '/' ? "" : cwd, *path == '/' ? "" : "/",
		     path);
	pthread_mutex_unlock(&lock);
	if (n < PATH_MAX)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

static int resolve(const char *full, int flags, mode_t mode)
{
	struct open_how how = { .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	int fd = -1;

	/* openat2 is strict where open(2) drops what means nothing. */
	if (flags & O_PATH)
		flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	else if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE)
		how.mode = mode & MODE_BITS;
	how.flags = (uint64_t)(unsigned int)flags;
	for (int i = 0; i < RACES; i++) {
		fd = (int)syscall(SYS_openat2, root, full, &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	return fd;
}

int path_open(const char *path, int flags, mode_t mode)
{
	char full[PATH_MAX];

	/* No client gets a terminal that way. */
	return absolute(path, full) ? -1 : resolve(full, flags | O_NOCTTY, mode);
}

static int hold(const char *path, bool follow)
{
	return path_open(path, O_PATH | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW), 0);
}

static int close_with(int fd, int rc)
{
	int saved = errno;

	close(fd);
	errno = saved;
	return rc;
}

int path_stat(const char *path, bool follow, struct stat *st)
{
	int fd = hold(path, follow);

	return fd < 0 ? -1 : close_with(fd, fstatat(fd, "", st, AT_EMPTY_PATH));
}

int path_access(const char *path, int mode)
{
	char link[16];
	int fd = hold(path, true);

	if (fd < 0)
		return -1;
	snprintf(link, sizeof(link), "%d", fd);
	return close_with(fd, faccessat(proc, link, mode, 0));
}

int path_chmod(const char *path, mode_t mode)
{
	char link[16];
	int fd = hold(path, true);

	if (fd < 0)
		return -1;
	snprintf(link, sizeof(link), "%d", fd);
	return close_with(fd, fchmodat(proc, link, mode & MODE_BITS, 0));
}

ssize_t path_readlink(const char *path, char *target, size_t size)
{
	int fd = hold(path, false);
	ssize_t n;
	int saved;

	if (fd < 0)
		return -1;
	n = readlinkat(fd, "", target, size);
	saved = n < 0 && errno == ENOENT ? EINVAL : errno; /* what readlink(2) says of a file */
	close(fd);
	errno = saved;
	return n;
}

/*
 * The folder of a name, and its last part, which stands for itself: calls that take it do not
 * follow it, and refuse "." and "..".
 */
static int parent(const char *path, char full[PATH_MAX], const char **last)
{
	size_t end;
	int fd;

	if (absolute(path, full))
		return -1;
	end = strlen(full);
	while (end > 1 && full[end - 1] == '/')
		end--;
	while (end && full[end - 1] != '/')
		end--;
	*last = full[end] ? full + end : ".";
	if (!end || !full[end])
		return resolve("/", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	full[end - 1] = '\0';
	fd = resolve(end == 1 ? "/" : full, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	return fd;
}

int path_mkdir(const char *path, mode_t mode)
{
	char full[PATH_MAX];
	const char *last;
	int fd = parent(path, full, &last);

	return fd < 0 ? -1 : close_with(fd, mkdirat(fd, last, mode & MODE_BITS));
}

int path_mkfifo(const char *path, mode_t mode)
{
	char full[PATH_MAX];
	const char *last;
	int fd = parent(path, full, &last);

	return fd < 0 ? -1 : close_with(fd, mkfifoat(fd, last, mode & MODE_BITS));
}

int path_unlink(const char *path, int flags)
{
	char full[PATH_MAX];
	const char *last;
	int fd = parent(path, full, &last);

	return fd < 0 ? -1 : close_with(fd, unlinkat(fd, last, flags));
}

int path_rename(const char *from, const char *to)
{
	char full_from[PATH_MAX], full_to[PATH_MAX];
	const char *last_from, *last_to;
	int a = parent(from, full_from, &last_from), b, rc;

	if (a < 0)
		return -1;
	b = parent(to, full_to, &last_to);
	if (b < 0)
		return close_with(a, -1);
	rc = close_with(a, renameat(a, last_from, b, last_to));
	return close_with(b, rc);
}

/* Where a descriptor is, in this process's own view. */
static int where(int fd, char out[PATH_MAX])
{
	char link[16];
	ssize_t n;

	snprintf(link, sizeof(link), "%d", fd);
	n = readlinkat(proc, link, out, PATH_MAX - 1);
	if (n < 0)
		return -1;
	out[n] = '\0';
	return 0;
}

int path_chdir(const char *path)
{
	char here[PATH_MAX], top[PATH_MAX];
	int fd = path_open(path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	size_t len;

	if (fd < 0)
		return -1;
	/* Commands of this client start there too; that needs the right to search it. */
	if (fchdir(fd) || where(fd, here) || where(root, top))
		return close_with(fd, -1);
	len = strcmp(top, "/") ? strlen(top) : 0;
	pthread_mutex_lock(&lock);
	/* Elsewhere only if somebody moved it out meanwhile. */
	if (strncmp(here, top, len) || (here[len] && here[len] != '/'))
		strcpy(cwd, "/");
	else
		strcpy(cwd, here[len] ? here + len : "/");
	pthread_mutex_unlock(&lock);
	return close_with(fd, 0);
}

int path_getcwd(char *path, size_t size)
{
	size_t len;

	pthread_mutex_lock(&lock);
	len = strlen(cwd) + 1;
	if (len <= size)
		memcpy(path, cwd, len);
	pthread_mutex_unlock(&lock);
	if (len <= size)
		return 0;
	errno = size ? ERANGE : EINVAL;
	return -1;
}

static int random_name(char *six)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
	uint8_t raw[6];

	if (getrandom(raw, sizeof(raw), 0) != sizeof(raw))
		return -1;
	for (int i = 0; i < 6; i++)
		six[i] = letters[raw[i] % 64];
	return 0;
}

int path_mkstemp(char *template)
{
	size_t len = strlen(template);
	int fd = -1;

	if (len < 6 || strcmp(template + len - 6, "XXXXXX")) {
		errno = EINVAL;
		return -1;
	}
	for (int i = 0; i < NAMES; i++) {
		if (random_name(template + len - 6))
			return -1;
		fd = path_open(template, O_RDWR | O_CREAT | O_EXCL, 0600);
		if (fd >= 0 || errno != EEXIST)
			break;
	}
	return fd;
}

int path_tmpfile(void)
{
	char name[] = "/.tmp-XXXXXX";
	int fd = resolve("/", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	/* Not every file system can; those have to make one with a name first. */
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
		return fd;
	fd = path_mkstemp(name);
	if (fd >= 0)
		(void)path_unlink(name, 0);
	return fd;
}
