// SPDX-License-Identifier: BSD-3-Clause
/* Retargeted POSIX code: descriptors, names, folders. */
#include <string.h>

#include "mica_arch_fcntl.h"
#include "posix.h"

#define DIRS	    4
#define IOVS	    30
#define O_CREAT_    0100
#define O_CLOEXEC_  02000000
#define O_TMPFILE_  020000000
#define F_DUPFD_    0
#define RPC_EMFILE  24
#define RPC_EFAULT  14
#define RECORD_NAME 19u /* where a record's name starts */

/* ---- descriptors ---- */

int mica_posix_open(const char *path, int flags, ...)
{
	uint32_t mode = 0;
	va_list args;

	va_start(args, flags);
	if (flags & (O_CREAT_ | O_TMPFILE_))
		mode = va_arg(args, unsigned int);
	va_end(args);
	return posix_int(mica_open(path, flags, mode));
}

int mica_posix_creat(const char *path, unsigned int mode)
{
	return posix_int(mica_open(path, MICA_O_WRONLY | MICA_O_CREAT | MICA_O_TRUNC, mode));
}

int mica_posix_close(int fd)
{
	return posix_int(mica_close(fd));
}

long mica_posix_read(int fd, void *data, size_t len)
{
	return posix_result(mica_read(fd, data, len));
}

long mica_posix_write(int fd, const void *data, size_t len)
{
	return posix_result(mica_write(fd, data, len));
}

static int take_iov(struct mica_iovec *out, const struct mica_posix_iovec *iov, int n)
{
	if (n < 1 || n > IOVS)
		return -RPC_EINVAL;
	for (int i = 0; i < n; i++)
		out[i] = (struct mica_iovec){ iov[i].iov_base, iov[i].iov_len };
	return 0;
}

long mica_posix_readv(int fd, const struct mica_posix_iovec *iov, int n)
{
	struct mica_iovec list[IOVS];
	int rc = take_iov(list, iov, n);

	return posix_result(rc ? rc : mica_readv(fd, list, n));
}

long mica_posix_writev(int fd, const struct mica_posix_iovec *iov, int n)
{
	struct mica_iovec list[IOVS];
	int rc = take_iov(list, iov, n);

	return posix_result(rc ? rc : mica_writev(fd, list, n));
}

long mica_posix_lseek(int fd, long offset, int whence)
{
	return posix_result(mica_lseek(fd, offset, whence));
}

int mica_posix_fcntl(int fd, int cmd, ...)
{
	uint64_t arg;
	va_list args;

	va_start(args, cmd);
	arg = va_arg(args, unsigned long);
	va_end(args);
	return posix_int(mica_fcntl(fd, cmd, (uint64_t)(uint32_t)arg));
}

/* Bytes behind the pointer of requests that Linux executes for a client (docs/rpc.md). */
static size_t ioctl_size(unsigned long request)
{
	switch (request) {
	case 0x5401: /* TCGETS */
	case 0x5402: /* TCSETS */
		return 36;
	case 0x5413: /* TIOCGWINSZ */
	case 0x5414: /* TIOCSWINSZ */
		return 8;
	case 0x5450: /* FIONCLEX */
	case 0x5451: /* FIOCLEX */
		return 0;
	default:
		return request >> 8 == 0x89 ? 40 : 4; /* struct ifreq; a number */
	}
}

int mica_posix_ioctl(int fd, unsigned long request, ...)
{
	size_t len = ioctl_size(request);
	void *arg = NULL;
	va_list args;

	va_start(args, request);
	if (len)
		arg = va_arg(args, void *);
	va_end(args);
	if (len && !arg)
		return posix_int(-RPC_EFAULT);
	return posix_int(mica_ioctl(fd, request, arg, len));
}

int mica_posix_pipe(int fd[2])
{
	return posix_int(mica_pipe(fd));
}

int mica_posix_dup(int fd)
{
	return posix_int(mica_fcntl(fd, F_DUPFD_, 0));
}

int mica_posix_dup2(int from, int to)
{
	return posix_int(mica_dup2(from, to));
}

int mica_posix_poll(struct mica_posix_pollfd *fds, unsigned long n, int timeout_ms)
{
	_Static_assert(sizeof(*fds) == sizeof(struct mica_pollfd), "as on the wire");
	return posix_int(mica_poll((struct mica_pollfd *)(void *)fds, n, timeout_ms));
}

int mica_posix_select(int nfds, mica_posix_fd_set *r, mica_posix_fd_set *w, mica_posix_fd_set *e,
		      struct mica_posix_timeval *limit)
{
	struct mica_timeval tv = { limit ? limit->tv_sec : 0, limit ? limit->tv_usec : 0 };
	int rc;

	_Static_assert(sizeof(*r) == sizeof(struct mica_fd_set), "as on the wire");
	rc = mica_select(nfds, (struct mica_fd_set *)(void *)r, (struct mica_fd_set *)(void *)w,
			 (struct mica_fd_set *)(void *)e, limit ? &tv : NULL);
	if (limit && rc >= 0)
		*limit = (struct mica_posix_timeval){ (long)tv.s, (long)tv.us };
	return posix_int(rc);
}

/* ---- names ---- */

static int take_stat(int rc, const struct mica_stat *in, struct mica_posix_stat *st)
{
	if (rc < 0)
		return posix_int(rc);
	*st = (struct mica_posix_stat){
		.st_dev = in->dev,
		.st_ino = in->ino,
		.st_nlink = in->nlink,
		.st_mode = in->mode,
		.st_uid = in->uid,
		.st_gid = in->gid,
		.st_rdev = in->rdev,
		.st_size = in->size,
		.st_blksize = in->blksize,
		.st_blocks = in->blocks,
		.st_atim = { in->atime_s, in->atime_ns },
		.st_mtim = { in->mtime_s, in->mtime_ns },
		.st_ctim = { in->ctime_s, in->ctime_ns },
	};
	return rc;
}

int mica_posix_stat(const char *path, struct mica_posix_stat *st)
{
	struct mica_stat in;

	return take_stat(mica_stat(path, &in), &in, st);
}

int mica_posix_lstat(const char *path, struct mica_posix_stat *st)
{
	struct mica_stat in;

	return take_stat(mica_lstat(path, &in), &in, st);
}

int mica_posix_fstat(int fd, struct mica_posix_stat *st)
{
	struct mica_stat in;

	return take_stat(mica_fstat(fd, &in), &in, st);
}

int mica_posix_access(const char *path, int mode)
{
	return posix_int(mica_access(path, mode));
}

int mica_posix_unlink(const char *path)
{
	return posix_int(mica_unlink(path));
}

int mica_posix_rename(const char *from, const char *to)
{
	return posix_int(mica_rename(from, to));
}

int mica_posix_mkdir(const char *path, unsigned int mode)
{
	return posix_int(mica_mkdir(path, mode));
}

int mica_posix_rmdir(const char *path)
{
	return posix_int(mica_rmdir(path));
}

int mica_posix_mkfifo(const char *path, unsigned int mode)
{
	return posix_int(mica_mkfifo(path, mode));
}

int mica_posix_chmod(const char *path, unsigned int mode)
{
	return posix_int(mica_chmod(path, mode));
}

int mica_posix_chdir(const char *path)
{
	return posix_int(mica_chdir(path));
}

char *mica_posix_getcwd(char *path, size_t size)
{
	return posix_int(path ? mica_getcwd(path, size) : -RPC_EINVAL) < 0 ? NULL : path;
}

long mica_posix_readlink(const char *path, char *target, size_t size)
{
	return posix_result(mica_readlink(path, target, size));
}

int mica_posix_mkstemp(char *template_name)
{
	return posix_int(mica_mkstemp(template_name));
}

int mica_posix_system(const char *command)
{
	return posix_int(mica_system(command));
}

int mica_posix_gethostname(char *name, size_t size)
{
	return posix_int(mica_gethostname(name, size));
}

/* ---- folders ---- */

struct mica_posix_dir {
	bool used;
	int fd, len, at; /* records[at .. len) have not been shown */
	_Alignas(8) uint8_t records[MICA_RPC_DATA];
	struct mica_posix_dirent entry;
};

static struct mica_posix_dir dirs[DIRS];

mica_posix_DIR *mica_posix_opendir(const char *path)
{
	struct mica_posix_dir *d = NULL;
	unsigned long key = mica_os_critical_enter();

	for (size_t i = 0; i < DIRS && !d; i++) {
		if (!dirs[i].used)
			d = &dirs[i];
	}
	if (d)
		d->used = true;
	mica_os_critical_exit(key);
	if (!d) {
		posix_result(-RPC_EMFILE);
		return NULL;
	}
	d->len = 0;
	d->at = 0;
	d->fd = mica_open(path, MICA_O_RDONLY | O_DIRECTORY | O_CLOEXEC_, 0);
	if (d->fd >= 0)
		return d;
	posix_result(d->fd);
	d->used = false;
	return NULL;
}

struct mica_posix_dirent *mica_posix_readdir(mica_posix_DIR *d)
{
	size_t size, left;

	if (d->at >= d->len) {
		d->at = 0;
		d->len = mica_getdents64(d->fd, d->records, sizeof(d->records));
		if (d->len <= 0) {
			posix_result(d->len);
			return NULL;
		}
	}
	left = (size_t)(d->len - d->at);
	size = left > RECORD_NAME ? d->records[d->at + 16] | (size_t)d->records[d->at + 17] << 8
				  : 0;
	if (size <= RECORD_NAME || size > left || size > sizeof(d->entry)) {
		posix_result(-RPC_EIO);
		return NULL;
	}
	memcpy(&d->entry, d->records + d->at, size);
	d->entry.d_name[size - RECORD_NAME - 1] = '\0';
	d->at += (int)size;
	return &d->entry;
}

int mica_posix_closedir(mica_posix_DIR *d)
{
	int rc = mica_close(d->fd);

	d->used = false;
	return posix_int(rc);
}
