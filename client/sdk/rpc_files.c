// SPDX-License-Identifier: BSD-3-Clause
/* Descriptors and names over rpc. Layouts: docs/rpc.md. */
#include <string.h>

#include "mica_rpc.h"
#include "rpc.h"

#define S_IFMT	0170000u
#define S_IFREG 0100000u

/* Entries of one writev message, and what each of them holds. */
#define IOV_MAX	 30
#define IOV_WIRE 6
#define IOV_DATA 60u

/* ---- descriptors ---- */

int mica_open(const char *path, int flags, uint32_t mode)
{
	struct rpc_call c;

	rpc_begin(&c, MICA_RPC_OPEN);
	rpc_s32(&c, 12, flags);
	rpc_s32(&c, 16, (int32_t)mode);
	if (!rpc_text(&c, 20, path, MICA_RPC_NAME))
		return -RPC_ENAME;
	return rpc_result32(&c);
}

static int with_numbers(uint32_t id, int a, int b, bool two)
{
	struct rpc_call c;

	rpc_begin(&c, id);
	rpc_s32(&c, 12, a);
	if (two)
		rpc_s32(&c, 16, b);
	rpc_length(&c, two ? 24 : 16);
	return rpc_result32(&c);
}

int mica_close(int fd)
{
	return with_numbers(MICA_RPC_CLOSE, fd, 0, false);
}

int mica_dup2(int from, int to)
{
	return with_numbers(MICA_RPC_DUP2, from, to, true);
}

static int64_t read_piece(int fd, void *data, size_t len)
{
	struct rpc_call c;
	int64_t n;

	rpc_begin(&c, MICA_RPC_READ);
	rpc_s32(&c, 12, fd);
	rpc_s32(&c, 16, (int32_t)len);
	rpc_length(&c, 24);
	n = rpc_result64(&c);
	if (n > (int64_t)len || n > (int64_t)(c.len - 24))
		return -RPC_EIO;
	if (n > 0)
		memcpy(data, c.bytes + 24, (size_t)n);
	return n;
}

static int64_t write_piece(int fd, const void *data, size_t len)
{
	struct rpc_call c;

	rpc_begin(&c, MICA_RPC_WRITE);
	rpc_s32(&c, 12, fd);
	rpc_s32(&c, 16, (int32_t)len);
	rpc_bytes(&c, 20, data, len);
	return rpc_result64(&c);
}

/* Behind a full piece there may be nothing yet: only a file says at once that it has ended. */
static bool is_file(int fd)
{
	struct mica_stat st;

	return mica_fstat(fd, &st) == 0 && (st.mode & S_IFMT) == S_IFREG;
}

int64_t mica_read(int fd, void *data, size_t len)
{
	size_t done = 0;

	do {
		size_t piece = len - done < MICA_RPC_DATA ? len - done : MICA_RPC_DATA;
		int64_t n = read_piece(fd, (uint8_t *)data + done, piece);

		if (n < 0 && !done)
			return n;
		if (n > 0)
			done += (size_t)n;
		if (n < (int64_t)piece || done == len || (done == piece && !is_file(fd)))
			break;
	} while (done < len);
	return (int64_t)done;
}

int64_t mica_write(int fd, const void *data, size_t len)
{
	size_t done = 0;

	do {
		size_t piece = len - done < MICA_RPC_DATA ? len - done : MICA_RPC_DATA;
		int64_t n = write_piece(fd, (const uint8_t *)data + done, piece);

		if (n < 0 && !done)
			return n;
		if (n > 0)
			done += (size_t)n;
		if (n < (int64_t)piece)
			break;
	} while (done < len);
	return (int64_t)done;
}

/* ---- several buffers ---- */

static bool fits_entries(const struct mica_iovec *iov, int n)
{
	for (int i = 0; i < n; i++) {
		if (iov[i].len > IOV_DATA)
			return false;
	}
	return n <= IOV_WIRE;
}

static int64_t write_entries(int fd, const struct mica_iovec *iov, int n)
{
	struct rpc_call c;

	rpc_begin(&c, MICA_RPC_WRITEV);
	rpc_s32(&c, 12, fd);
	rpc_s32(&c, 16, n);
	rpc_length(&c, 24 + 72 * (size_t)n);
	for (size_t i = 0; i < (size_t)n; i++) {
		rpc_u64(&c, 24 + 72 * i, iov[i].len);
		if (iov[i].len)
			rpc_bytes(&c, 32 + 72 * i, iov[i].data, iov[i].len);
	}
	return rpc_result64(&c);
}

/* As much of the entries as a message holds, from the first one on. */
static int64_t write_gathered(int fd, const struct mica_iovec *iov, int n)
{
	uint8_t bytes[MICA_RPC_DATA];
	size_t used = 0;

	for (int i = 0; i < n && used < sizeof(bytes); i++) {
		size_t room = sizeof(bytes) - used, len = iov[i].len < room ? iov[i].len : room;

		if (len)
			memcpy(bytes + used, iov[i].data, len);
		used += len;
	}
	return write_piece(fd, bytes, used);
}

int64_t mica_writev(int fd, const struct mica_iovec *iov, int n)
{
	int64_t done = 0;
	size_t total = 0;

	if (n < 1 || n > IOV_MAX)
		return -RPC_EINVAL;
	if (fits_entries(iov, n))
		return write_entries(fd, iov, n);
	for (int i = 0; i < n; i++)
		total += iov[i].len;
	if (total <= MICA_RPC_DATA)
		return write_gathered(fd, iov, n);
	for (int i = 0; i < n; i++) {
		int64_t rc = iov[i].len ? mica_write(fd, iov[i].data, iov[i].len) : 0;

		if (rc < 0)
			return done ? done : rc;
		done += rc;
		if (rc < (int64_t)iov[i].len)
			break;
	}
	return done;
}

/* One entry after the other, as long as they fill: what is no file may have no more. */
int64_t mica_readv(int fd, const struct mica_iovec *iov, int n)
{
	bool file = n > 1 && is_file(fd);
	int64_t done = 0;

	if (n < 1 || n > IOV_MAX)
		return -RPC_EINVAL;
	for (int i = 0; i < n; i++) {
		int64_t rc = iov[i].len ? mica_read(fd, iov[i].data, iov[i].len) : 0;

		if (rc < 0)
			return done ? done : rc;
		done += rc;
		if (rc < (int64_t)iov[i].len || (done && !file))
			break;
	}
	return done;
}

int64_t mica_lseek(int fd, int64_t offset, int whence)
{
	struct rpc_call c;

	rpc_begin(&c, MICA_RPC_LSEEK);
	rpc_s32(&c, 12, fd);
	rpc_u64(&c, 16, (uint64_t)offset);
	rpc_s32(&c, 24, whence);
	rpc_length(&c, 32);
	return rpc_result64(&c);
}

int mica_fcntl(int fd, int cmd, uint64_t arg)
{
	struct rpc_call c;

	rpc_begin(&c, MICA_RPC_FCNTL);
	rpc_s32(&c, 12, fd);
	rpc_s32(&c, 16, cmd);
	rpc_u64(&c, 24, arg);
	return rpc_result32(&c);
}

int mica_ioctl(int fd, uint64_t request, void *arg, size_t len)
{
	struct rpc_call c;
	int rc;

	if (len > MICA_RPC_DATA)
		return -RPC_EINVAL;
	rpc_begin(&c, MICA_RPC_IOCTL);
	rpc_s32(&c, 12, fd);
	rpc_u64(&c, 16, request);
	rpc_u64(&c, 24, len);
	if (len)
		rpc_bytes(&c, 32, arg, len);
	rc = rpc_result32(&c);
	if (rc >= 0 && len && c.len >= 32 + len)
		memcpy(arg, c.bytes + 32, len);
	return rc;
}

static void take_stat(const struct rpc_call *c, struct mica_stat *st)
{
	int64_t *times[] = { &st->size,	   &st->blksize,  &st->blocks,	&st->atime_s, &st->atime_ns,
			     &st->mtime_s, &st->mtime_ns, &st->ctime_s, &st->ctime_ns };

	st->dev = (uint64_t)rpc_get_s64(c, 24);
	st->ino = (uint64_t)rpc_get_s64(c, 32);
	st->nlink = (uint64_t)rpc_get_s64(c, 40);
	st->mode = (uint32_t)rpc_get_s32(c, 48);
	st->uid = (uint32_t)rpc_get_s32(c, 52);
	st->gid = (uint32_t)rpc_get_s32(c, 56);
	st->rdev = (uint64_t)rpc_get_s64(c, 64);
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		*times[i] = rpc_get_s64(c, 72 + 8 * i);
}

int mica_fstat(int fd, struct mica_stat *st)
{
	struct rpc_call c;
	int rc;

	rpc_begin(&c, MICA_RPC_FSTAT);
	rpc_s32(&c, 12, fd);
	rc = rpc_result32(&c);
	if (rc == 0)
		take_stat(&c, st);
	return rc;
}

int mica_pipe(int fd[2])
{
	struct rpc_call c;
	int64_t rc;

	rpc_begin(&c, MICA_RPC_PIPE);
	rc = rpc_result64(&c);
	if (rc < 0)
		return (int)rc;
	fd[0] = rpc_get_s32(&c, 24);
	fd[1] = rpc_get_s32(&c, 28);
	return 0;
}

int mica_poll(struct mica_pollfd *fds, size_t n, int timeout_ms)
{
	struct rpc_call c;
	int rc;

	if (n > 32)
		return -RPC_EINVAL;
	rpc_begin(&c, MICA_RPC_POLL);
	rpc_s32(&c, 12, timeout_ms);
	rpc_bytes(&c, 16, fds, n * sizeof(*fds));
	rpc_u64(&c, 272, n);
	rc = rpc_do(&c, timeout_ms < 0 ? MICA_OS_FOREVER : (uint32_t)timeout_ms);
	if (rc)
		return rc;
	memcpy(fds, c.bytes + 20, n * sizeof(*fds));
	rc = rpc_get_s32(&c, 16);
	return rc < 0 ? -rpc_error(&c) : rc;
}

int mica_select(int nfds, struct mica_fd_set *r, struct mica_fd_set *w, struct mica_fd_set *e,
		struct mica_timeval *limit)
{
	struct mica_fd_set *sets[] = { r, w, e };
	uint32_t extra = MICA_OS_FOREVER;
	struct rpc_call c;
	int rc;

	rpc_begin(&c, MICA_RPC_SELECT);
	rpc_s32(&c, 12, nfds);
	for (size_t i = 0; i < 3; i++) {
		if (sets[i])
			rpc_bytes(&c, 16 + 128 * i, sets[i], sizeof(*sets[i]));
		c.bytes[416 + i] = sets[i] != NULL;
	}
	if (limit) {
		rpc_bytes(&c, 400, limit, sizeof(*limit));
		if (limit->s >= 0 && limit->s < (int64_t)(MICA_OS_FOREVER / 1000u) - 1)
			extra = (uint32_t)limit->s * 1000u + 1000u;
	}
	c.bytes[419] = limit != NULL;
	rpc_length(&c, 424);
	rc = rpc_do(&c, extra);
	if (rc)
		return rc;
	if (limit)
		memcpy(limit, c.bytes + 400, sizeof(*limit));
	rc = rpc_get_s32(&c, 416);
	if (rc < 0)
		return -rpc_error(&c);
	for (size_t i = 0; i < 3; i++) {
		if (sets[i])
			memcpy(sets[i], c.bytes + 16 + 128 * i, sizeof(*sets[i]));
	}
	return rc;
}

int mica_getdents64(int fd, void *records, size_t len)
{
	struct rpc_call c;
	int rc;

	rpc_begin(&c, MICA_RPC_GETDENTS64);
	rpc_s32(&c, 12, (int32_t)(len < MICA_RPC_DATA ? len : MICA_RPC_DATA));
	rpc_u64(&c, 16, UINT64_MAX);
	rpc_s32(&c, 24, fd);
	rpc_length(&c, 32);
	rc = rpc_do(&c, 0);
	if (rc)
		return rc;
	rc = rpc_get_s32(&c, 24);
	if (rc > (int)(c.len - 28) || (rc > 0 && (size_t)rc > len))
		return -RPC_EIO;
	if (rc > 0)
		memcpy(records, c.bytes + 28, (size_t)rc);
	return rc < 0 ? -rpc_error(&c) : rc;
}

/* ---- names ---- */

static int stat_name(uint32_t id, const char *path, struct mica_stat *st)
{
	struct rpc_call c;
	int rc;

	rpc_begin(&c, id);
	if (!rpc_text(&c, 12, path, MICA_RPC_PATH))
		return -RPC_ENAME;
	rc = rpc_result32(&c);
	if (rc == 0)
		take_stat(&c, st);
	return rc;
}

int mica_stat(const char *path, struct mica_stat *st)
{
	return stat_name(MICA_RPC_STAT, path, st);
}

int mica_lstat(const char *path, struct mica_stat *st)
{
	return stat_name(MICA_RPC_LSTAT, path, st);
}

/* `size`: of the whole structure where that is always sent. */
static int name_only(uint32_t id, const char *path, size_t size)
{
	struct rpc_call c;

	rpc_begin(&c, id);
	if (!rpc_text(&c, 12, path, MICA_RPC_NAME))
		return -RPC_ENAME;
	rpc_length(&c, size);
	return rpc_result32(&c);
}

static int mode_and_name(uint32_t id, uint32_t mode, const char *path)
{
	struct rpc_call c;

	rpc_begin(&c, id);
	rpc_s32(&c, 12, (int32_t)mode);
	if (!rpc_text(&c, 16, path, MICA_RPC_DATA))
		return -RPC_ENAME;
	return rpc_result32(&c);
}

int mica_access(const char *path, int mode)
{
	return mode_and_name(MICA_RPC_ACCESS, (uint32_t)mode, path);
}

int mica_mkdir(const char *path, uint32_t mode)
{
	return mode_and_name(MICA_RPC_MKDIR, mode, path);
}

int mica_mkfifo(const char *path, uint32_t mode)
{
	return mode_and_name(MICA_RPC_MKFIFO, mode, path);
}

int mica_chmod(const char *path, uint32_t mode)
{
	return mode_and_name(MICA_RPC_CHMOD, mode, path);
}

int mica_unlink(const char *path)
{
	return name_only(MICA_RPC_UNLINK, path, 0);
}

int mica_remove(const char *path)
{
	return name_only(MICA_RPC_REMOVE, path, 144);
}

int mica_rmdir(const char *path)
{
	return name_only(MICA_RPC_RMDIR, path, 0);
}

int mica_chdir(const char *path)
{
	return name_only(MICA_RPC_CHDIR, path, 0);
}

int mica_mkstemp(const char *template_name)
{
	return name_only(MICA_RPC_MKSTEMP, template_name, 144);
}

int mica_system(const char *command)
{
	return name_only(MICA_RPC_SYSTEM, command, 0);
}

int mica_rename(const char *from, const char *to)
{
	struct rpc_call c;

	rpc_begin(&c, MICA_RPC_RENAME);
	if (!rpc_text(&c, 12, from, MICA_RPC_NAME) || !rpc_text(&c, 140, to, MICA_RPC_NAME))
		return -RPC_ENAME;
	rpc_length(&c, 272);
	return rpc_result32(&c);
}

int mica_getcwd(char *path, size_t size)
{
	struct rpc_call c;
	int rc;

	if (size > MICA_RPC_MESSAGE - 20)
		size = MICA_RPC_MESSAGE - 20;
	rpc_begin(&c, MICA_RPC_GETCWD);
	rpc_u64(&c, 16, size);
	rc = rpc_do(&c, 0);
	if (rc)
		return rc;
	if (rpc_get_s32(&c, 16))
		return -rpc_error(&c);
	if (!memchr(c.bytes + 20, '\0', size))
		return -RPC_EIO;
	memcpy(path, c.bytes + 20, size);
	return 0;
}

int64_t mica_readlink(const char *path, char *target, size_t size)
{
	struct rpc_call c;
	int64_t n;

	rpc_begin(&c, MICA_RPC_READLINK);
	rpc_u64(&c, 16, size < MICA_RPC_DATA ? size : MICA_RPC_DATA);
	if (!rpc_text(&c, 24, path, MICA_RPC_DATA))
		return -RPC_ENAME;
	n = rpc_result64(&c);
	if (n > (int64_t)size || n > (int64_t)(c.len - 24))
		return -RPC_EIO;
	if (n > 0)
		memcpy(target, c.bytes + 24, (size_t)n);
	return n;
}
