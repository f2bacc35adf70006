/* SPDX-License-Identifier: BSD-3-Clause */
/* From a request to its handler and back to a reply. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "call.h"
#include "handlers.h"
#include "handles.h"
#include "path.h"
#include "policy.h"
#include "rpc_reply.h"

struct policy policy;

struct entry {
	void (*run)(struct call *c);
	uint16_t min; /* bytes up to the end of the fixed arguments */
	uint8_t pace;
	uint8_t at; /* PACE_STREAM: of the handle; PACE_OPEN: of the path */
};

#define QUICK(fn, min)                 \
	{                              \
		fn, min, PACE_QUICK, 0 \
	}
#define SLOW(fn, min)                 \
	{                             \
		fn, min, PACE_SLOW, 0 \
	}
#define FD(fn, min)                 \
	{                           \
		fn, min, PACE_FD, 0 \
	}
#define STREAM(fn, min, at)              \
	{                                \
		fn, min, PACE_STREAM, at \
	}
#define OPENS(fn, min, path)             \
	{                                \
		fn, min, PACE_OPEN, path \
	}

static const struct entry files[] = {
	[MICA_RPC_OPEN] = OPENS(do_open, 21, 20),
	[MICA_RPC_CLOSE] = QUICK(do_close, 16),
	[MICA_RPC_WRITE] = FD(do_write, 20),
	[MICA_RPC_READ] = FD(do_read, 20),
	[MICA_RPC_LSEEK] = QUICK(do_lseek, 28),
	[MICA_RPC_FCNTL] = QUICK(do_fcntl, 32),
	[MICA_RPC_IOCTL] = FD(do_ioctl, 32),
	[MICA_RPC_UNLINK] = QUICK(do_unlink, 13),
	[MICA_RPC_GETDENTS64] = QUICK(do_getdents64, 28),
	[MICA_RPC_FOPEN] = OPENS(do_fopen, 146, 12),
	[MICA_RPC_FCLOSE] = STREAM(do_fclose, 24, 16),
	[MICA_RPC_FREAD] = STREAM(do_fread, 40, 32),
	[MICA_RPC_FWRITE] = STREAM(do_fwrite, 40, 32),
	[MICA_RPC_FREOPEN] = SLOW(do_freopen, 160),
	[MICA_RPC_FPUTS] = STREAM(do_fputs, 25, 16),
	[MICA_RPC_FGETS] = STREAM(do_fgets, 28, 16),
	[MICA_RPC_FEOF] = STREAM(do_feof, 24, 16),
	[MICA_RPC_FPRINTF] = STREAM(do_fprintf, 20, 8),
	[MICA_RPC_GETC] = STREAM(do_getc, 24, 16),
	[MICA_RPC_FERROR] = STREAM(do_ferror, 24, 16),
	[MICA_RPC_GETC_UNLOCKED] = STREAM(do_getc, 24, 16),
	[MICA_RPC_PCLOSE] = SLOW(do_pclose, 24),
	[MICA_RPC_TMPFILE] = QUICK(do_tmpfile, 12),
	[MICA_RPC_CLEARERR] = STREAM(do_clearerr, 16, 8),
	[MICA_RPC_POPEN] = SLOW(do_popen, 146),
	[MICA_RPC_UNGETC] = STREAM(do_ungetc, 24, 16),
	[MICA_RPC_FSEEKO] = STREAM(do_fseek, 36, 16),
	[MICA_RPC_FTELLO] = STREAM(do_ftell, 24, 16),
	[MICA_RPC_RENAME] = QUICK(do_rename, 141),
	[MICA_RPC_REMOVE] = QUICK(do_remove, 13),
	[MICA_RPC_MKSTEMP] = QUICK(do_mkstemp, 13),
	[MICA_RPC_FSEEK] = STREAM(do_fseek, 36, 16),
	[MICA_RPC_FTELL] = STREAM(do_ftell, 24, 16),
	[MICA_RPC_FFLUSH] = STREAM(do_fflush, 24, 16),
	[MICA_RPC_GETWC] = STREAM(do_getwc, 24, 16),
	[MICA_RPC_PUTWC] = STREAM(do_putwc, 24, 16),
	[MICA_RPC_PUTC] = STREAM(do_putc, 24, 16),
	[MICA_RPC_UNGETWC] = STREAM(do_ungetwc, 24, 16),
	[MICA_RPC_STAT] = QUICK(do_stat, 13),
	[MICA_RPC_GETCWD] = QUICK(do_getcwd, 24),
	[MICA_RPC_LSTAT] = QUICK(do_lstat, 13),
	[MICA_RPC_FSTAT] = QUICK(do_fstat, 16),
	[MICA_RPC_FDOPEN] = QUICK(do_fdopen, 22),
	[MICA_RPC_FILENO] = STREAM(do_fileno, 24, 16),
	[MICA_RPC_READLINK] = QUICK(do_readlink, 25),
	[MICA_RPC_SYSTEM] = SLOW(do_system, 13),
	[MICA_RPC_ACCESS] = QUICK(do_access, 17),
	[MICA_RPC_PIPE] = QUICK(do_pipe, 12),
	[MICA_RPC_DUP2] = QUICK(do_dup2, 20),
	[MICA_RPC_MKFIFO] = QUICK(do_mkfifo, 17),
	[MICA_RPC_CHMOD] = QUICK(do_chmod, 17),
	[MICA_RPC_CHDIR] = QUICK(do_chdir, 13),
	[MICA_RPC_MKDIR] = QUICK(do_mkdir, 17),
	[MICA_RPC_RMDIR] = QUICK(do_rmdir, 13),
	[MICA_RPC_FSCANF] = STREAM(do_fscanf, 152, 144),
};

static const struct entry network[] = {
	[MICA_RPC_GETADDRINFO - MICA_RPC_FREEADDRINFO] = SLOW(do_getaddrinfo, 32),
	[MICA_RPC_GETHOSTBYADDR - MICA_RPC_FREEADDRINFO] = SLOW(do_gethostbyaddr, 20),
	[MICA_RPC_GETHOSTBYNAME - MICA_RPC_FREEADDRINFO] = SLOW(do_gethostbyname, 17),
	[MICA_RPC_POLL - MICA_RPC_FREEADDRINFO] = { do_poll, 280, PACE_TIMED, 0 },
	[MICA_RPC_GETPEERNAME - MICA_RPC_FREEADDRINFO] = QUICK(do_getpeername, 20),
	[MICA_RPC_GETHOSTNAME - MICA_RPC_FREEADDRINFO] = QUICK(do_gethostname, 24),
	[MICA_RPC_GETSOCKNAME - MICA_RPC_FREEADDRINFO] = QUICK(do_getsockname, 20),
	[MICA_RPC_GETSOCKOPT - MICA_RPC_FREEADDRINFO] = QUICK(do_getsockopt, 28),
	[MICA_RPC_SELECT - MICA_RPC_FREEADDRINFO] = { do_select, 420, PACE_TIMED, 0 },
	[MICA_RPC_ACCEPT - MICA_RPC_FREEADDRINFO] = SLOW(do_accept, 20),
	[MICA_RPC_BIND - MICA_RPC_FREEADDRINFO] = QUICK(do_bind, 20),
	[MICA_RPC_CONNECT - MICA_RPC_FREEADDRINFO] = SLOW(do_connect, 20),
	[MICA_RPC_LISTEN - MICA_RPC_FREEADDRINFO] = QUICK(do_listen, 20),
	[MICA_RPC_RECV - MICA_RPC_FREEADDRINFO] = SLOW(do_recv, 32),
	[MICA_RPC_RECVFROM - MICA_RPC_FREEADDRINFO] = SLOW(do_recvfrom, 32),
	[MICA_RPC_SEND - MICA_RPC_FREEADDRINFO] = SLOW(do_send, 28),
	[MICA_RPC_SENDTO - MICA_RPC_FREEADDRINFO] = SLOW(do_sendto, 32),
	[MICA_RPC_SETSOCKOPT - MICA_RPC_FREEADDRINFO] = QUICK(do_setsockopt, 28),
	[MICA_RPC_SHUTDOWN - MICA_RPC_FREEADDRINFO] = QUICK(do_shutdown, 20),
	[MICA_RPC_SOCKET - MICA_RPC_FREEADDRINFO] = QUICK(do_socket, 24),
	[MICA_RPC_IF_NAMEINDEX - MICA_RPC_FREEADDRINFO] = QUICK(do_if_nameindex, 12),
	[MICA_RPC_PUTCHAR - MICA_RPC_FREEADDRINFO] = QUICK(do_putchar, 16),
	[MICA_RPC_GAI_STRERROR - MICA_RPC_FREEADDRINFO] = QUICK(do_gai_strerror, 16),
	[MICA_RPC_ACCEPT4 - MICA_RPC_FREEADDRINFO] = SLOW(do_accept4, 24),
	[MICA_RPC_WRITEV - MICA_RPC_FREEADDRINFO] = FD(do_writev, 20),
};

static const struct entry printf_entry = QUICK(do_printf, 12);

static const struct entry *find(uint32_t id)
{
	const struct entry *e = NULL;

	if (id == MICA_RPC_PRINTF)
		return &printf_entry;
	if (id < sizeof(files) / sizeof(files[0]))
		e = &files[id];
	else if (id >= MICA_RPC_FREEADDRINFO &&
		 id - MICA_RPC_FREEADDRINFO < sizeof(network) / sizeof(network[0]))
		e = &network[id - MICA_RPC_FREEADDRINFO];
	return e && e->run ? e : NULL;
}

bool call_begin(struct call *c, size_t len)
{
	if (len < 8 || len > sizeof(c->req))
		return false;
	/* Only the low half counts: that is how clients and hosts have always compared it. */
	c->id = mica_rpc_get32(c->req, MICA_RPC_AT_ID);
	c->len = len;
	c->trace = 0;
	c->errnum = 0;
	c->reply_len = 0;
	if (c->id > MICA_RPC_LAST && c->id <= MICA_RPC_REVERSE_LAST)
		return false;
	if (!mica_rpc_has_reply(c->id))
		return true;
	if (len < MICA_RPC_AT_ARGS)
		return false;
	c->trace = mica_rpc_get32(c->req, MICA_RPC_AT_TRACE);
	return true;
}

static bool opens_quickly(const struct call *c, size_t at)
{
	const char *path = arg_str(c, at, MICA_RPC_NAME);
	struct stat st;

	return !path || path_stat(path, true, &st) || S_ISREG(st.st_mode) || S_ISDIR(st.st_mode);
}

/* poll: timeout 0; select: a timeout of zero. */
static bool does_not_wait(const struct call *c)
{
	if (c->id == MICA_RPC_POLL)
		return arg_s32(c, 12) == 0;
	return c->req[419] && !arg_u64(c, 400) && !arg_u64(c, 408);
}

bool call_is_quick(const struct call *c)
{
	const struct entry *e = find(c->id);

	if (!e || c->len < e->min)
		return true;
	switch ((enum pace)e->pace) {
	case PACE_QUICK:
		return true;
	case PACE_SLOW:
		return false;
	case PACE_FD:
		return fd_is_quick(arg_s32(c, 12));
	case PACE_STREAM:
		return stream_is_quick(arg_u64(c, e->at));
	case PACE_OPEN:
		return opens_quickly(c, e->at);
	case PACE_TIMED:
		return does_not_wait(c);
	}
	return false;
}

void call_run(struct call *c)
{
	const struct entry *e = find(c->id);

	memset(c->reply, 0, sizeof(c->reply));
	c->errnum = 0;
	if (!e) {
		ret_fail(c, ENOSYS);
		return;
	}
	if (c->len < e->min) {
		ret_fail(c, EINVAL);
		return;
	}
	c->reply_len = mica_rpc_reply_min(c->id);
	errno = 0;
	e->run(c);
	if (!c->reply_len)
		return;
	mica_rpc_put32(c->reply, MICA_RPC_AT_ID, c->id);
	mica_rpc_put32(c->reply, MICA_RPC_AT_TRACE, c->trace);
	mica_rpc_put32(c->reply, MICA_RPC_AT_ERRNUM, (uint32_t)c->errnum);
}

/* ---- arguments ---- */

int32_t arg_s32(const struct call *c, size_t at)
{
	return (int32_t)mica_rpc_get32(c->req, at);
}

uint32_t arg_u32(const struct call *c, size_t at)
{
	return mica_rpc_get32(c->req, at);
}

uint64_t arg_u64(const struct call *c, size_t at)
{
	return mica_rpc_get64(c->req, at);
}

const char *arg_str(const struct call *c, size_t at, size_t max)
{
	size_t room = at < c->len ? c->len - at : 0;

	if (room > max)
		room = max;
	if (room && memchr(c->req + at, '\0', room))
		return (const char *)c->req + at;
	errno = ENAMETOOLONG;
	return NULL;
}

const void *arg_data(const struct call *c, size_t at, uint64_t n)
{
	if (n <= MICA_RPC_DATA && at <= c->len && n <= c->len - at)
		return c->req + at;
	errno = EINVAL;
	return NULL;
}

/* ---- results ---- */

void *reply_at(struct call *c, size_t at, size_t n)
{
	if (c->reply_len < at + n)
		c->reply_len = at + n;
	return c->reply + at;
}

void reply_s32(struct call *c, size_t at, int32_t value)
{
	mica_rpc_put32(c->reply, at, (uint32_t)value);
}

void reply_s64(struct call *c, size_t at, int64_t value)
{
	mica_rpc_put64(c->reply, at, (uint64_t)value);
}

void ret_s32(struct call *c, int32_t value)
{
	c->errnum = value == -1 ? errno : 0;
	reply_s32(c, MICA_RPC_AT_RESULT, value);
}

void ret_s64(struct call *c, int64_t value)
{
	c->errnum = value == -1 ? errno : 0;
	reply_s64(c, MICA_RPC_AT_RESULT, value);
}

void ret_handle(struct call *c, uint32_t handle)
{
	c->errnum = handle ? 0 : errno;
	reply_s64(c, MICA_RPC_AT_RESULT, handle);
}

void ret_fail(struct call *c, int errnum)
{
	c->errnum = errnum;
	c->reply_len = mica_rpc_fail(c->id, c->trace, errnum, c->reply);
}
