/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls on descriptors. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "flags.h"
#include "handlers.h"
#include "handles.h"
#include "stat_reply.h"

#define FD_AT	   12
#define IOV_AT	   24
#define IOV_ENTRY  72
#define IOV_DATA   60
#define IOV_MAX_IN 30

static int fd_of(const struct call *c)
{
	return fd_check(arg_s32(c, FD_AT));
}

void do_close(struct call *c)
{
	int fd = fd_of(c);

	fd_forget(fd);
	ret_s32(c, fd < 0 ? -1 : close(fd));
}

void do_write(struct call *c)
{
	uint32_t n = arg_u32(c, 16);
	const void *data = arg_data(c, 20, n);
	int fd = data ? fd_of(c) : -1;

	ret_s64(c, fd < 0 ? -1 : write(fd, data, n));
}

void do_read(struct call *c)
{
	uint32_t n = arg_u32(c, 16);
	int fd = fd_of(c);
	ssize_t got;

	got = fd < 0 ? -1 : read(fd, c->reply + 24, n < MICA_RPC_DATA ? n : MICA_RPC_DATA);
	if (got > 0)
		reply_at(c, 24, (size_t)got);
	ret_s64(c, got);
}

void do_lseek(struct call *c)
{
	int fd = fd_of(c);

	ret_s64(c, fd < 0 ? -1 : lseek(fd, (off_t)arg_u64(c, 16), arg_s32(c, 24)));
}

/* Commands whose argument is a number. Of the others a pointer would be needed, or they would
 * have signals sent. */
void do_fcntl(struct call *c)
{
	int fd = fd_of(c), cmd = arg_s32(c, 16), rc;
	uint64_t arg = arg_u64(c, 24);

	if (fd < 0) {
		ret_s32(c, -1);
		return;
	}
	switch (cmd) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		rc = fd_give(fcntl(fd, cmd, arg < FD_LIMIT ? (int)arg : FD_LIMIT));
		break;
	case F_GETFL:
		rc = fcntl(fd, F_GETFL);
		rc = rc < 0 ? rc : (int)flags_to_client(rc);
		break;
	case F_SETFL:
		rc = fcntl(fd, F_SETFL, flags_from_client((uint32_t)arg) & ~O_ASYNC);
		break;
	case F_GETFD:
	case F_SETFD:
	case F_GETPIPE_SZ:
		rc = fcntl(fd, cmd, (int)arg);
		break;
	default:
		errno = EINVAL;
		rc = -1;
	}
	ret_s32(c, rc);
}

void do_getdents64(struct call *c)
{
	int32_t count = arg_s32(c, 12);
	int64_t pos = (int64_t)arg_u64(c, 16);
	int fd = fd_check(arg_s32(c, 24));
	long n = -1;

	if (count > (int32_t)MICA_RPC_DATA)
		count = MICA_RPC_DATA;
	if (fd >= 0 && count < 0)
		errno = EINVAL;
	else if (fd >= 0 && (pos == -1 || lseek(fd, pos, SEEK_SET) >= 0))
		n = syscall(SYS_getdents64, fd, c->reply + 28, count);
	if (n > 0)
		reply_at(c, 28, (size_t)n);
	c->errnum = n < 0 ? errno : 0;
	reply_s32(c, 24, (int32_t)n);
	pos = fd < 0 ? -1 : lseek(fd, 0, SEEK_CUR);
	reply_s64(c, 16, pos);
}

void stat_reply(struct call *c, int rc, const struct stat *st)
{
	ret_s32(c, rc);
	if (rc)
		return;
	reply_s64(c, 24, (int64_t)st->st_dev);
	reply_s64(c, 32, (int64_t)st->st_ino);
	reply_s64(c, 40, (int64_t)st->st_nlink);
	reply_s32(c, 48, (int32_t)st->st_mode);
	reply_s32(c, 52, (int32_t)st->st_uid);
	reply_s32(c, 56, (int32_t)st->st_gid);
	reply_s64(c, 64, (int64_t)st->st_rdev);
	reply_s64(c, 72, st->st_size);
	reply_s64(c, 80, st->st_blksize);
	reply_s64(c, 88, st->st_blocks);
	reply_s64(c, 96, st->st_atim.tv_sec);
	reply_s64(c, 104, st->st_atim.tv_nsec);
	reply_s64(c, 112, st->st_mtim.tv_sec);
	reply_s64(c, 120, st->st_mtim.tv_nsec);
	reply_s64(c, 128, st->st_ctim.tv_sec);
	reply_s64(c, 136, st->st_ctim.tv_nsec);
}

void do_fstat(struct call *c)
{
	int fd = fd_of(c);
	struct stat st;

	stat_reply(c, fd < 0 ? -1 : fstat(fd, &st), &st);
}

void do_pipe(struct call *c)
{
	int fd[2] = { 0, 0 }, rc = pipe(fd);

	if (!rc && (fd[0] >= FD_LIMIT || fd[1] >= FD_LIMIT)) {
		close(fd[0]);
		close(fd[1]);
		errno = EMFILE;
		rc = -1;
	}
	if (!rc) {
		reply_s32(c, 24, fd_give(fd[0]));
		reply_s32(c, 28, fd_give(fd[1]));
	}
	ret_s64(c, rc);
}

/* Onto a descriptor of the client or a free one; never onto one that this program uses itself. */
void do_dup2(struct call *c)
{
	int from = fd_of(c), to = arg_s32(c, 16);

	if (from < 0 || to < 0 || to >= FD_LIMIT) {
		errno = EBADF;
		ret_s32(c, -1);
		return;
	}
	if (fd_check(to) < 0 && fcntl(to, F_GETFD) >= 0) {
		errno = EBUSY;
		ret_s32(c, -1);
		return;
	}
	errno = 0;
	ret_s32(c, dup2(from, to) < 0 ? -1 : fd_give(to));
}

/*
 * As many whole entries as the message brought: a client that asks for more sees a short count and
 * writes the rest again.
 */
void do_writev(struct call *c)
{
	int fd = fd_of(c), count = arg_s32(c, 16), n;
	struct iovec iov[IOV_MAX_IN];

	if (fd < 0) {
		ret_s64(c, -1);
		return;
	}
	errno = EINVAL;
	if (count < 1 || count > IOV_MAX_IN) {
		ret_s64(c, -1);
		return;
	}
	for (n = 0; n < count; n++) {
		size_t at = IOV_AT + (size_t)n * IOV_ENTRY;
		uint64_t len;

		if (at + 8 > c->len)
			break;
		len = arg_u64(c, at);
		if (len > IOV_DATA) {
			ret_s64(c, -1);
			return;
		}
		if (at + 8 + len > c->len)
			break;
		iov[n] = (struct iovec){ c->req + at + 8, (size_t)len };
	}
	ret_s64(c, n ? writev(fd, iov, n) : -1);
}
