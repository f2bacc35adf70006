/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Wire ABI of endpoint rpmsg-rpc: a client calls POSIX functions of Linux. Freestanding; used by
 * the host and by the client SDK. Offsets count from the start of the message, little-endian; the
 * layout of each call is the table in docs/rpc.md.
 */
#ifndef MICA_RPC_H
#define MICA_RPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MICA_RPC_MESSAGE 496u /* most bytes of one message */
#define MICA_RPC_DATA	 432u /* most bytes of a data field */
#define MICA_RPC_NAME	 128u /* most bytes of a short path or command, NUL included */
#define MICA_RPC_PATH	 1024u
#define MICA_RPC_SLOTS	 128u /* most calls on their way; a slot is trace_id % MICA_RPC_SLOTS */

/* Request: u64 id, u32 trace_id, arguments. Reply: u32 id, s32 status, u32 trace_id, s32 errnum. */
#define MICA_RPC_AT_ID	   0u
#define MICA_RPC_AT_STATUS 4u
#define MICA_RPC_AT_TRACE  8u
#define MICA_RPC_AT_ARGS   12u
#define MICA_RPC_AT_ERRNUM 12u
#define MICA_RPC_AT_RESULT 16u

/* Streams that every client has; those it opens are numbered from MICA_RPC_HANDLE_FIRST up. */
#define MICA_RPC_STDIN	      1u
#define MICA_RPC_STDOUT	      2u
#define MICA_RPC_STDERR	      3u
#define MICA_RPC_HANDLE_FIRST 4u

#define MICA_RPC_TOO_LONG (-3002) /* as ret, len or cnt: does not fit */

enum mica_rpc_id {
	MICA_RPC_OPEN = 1,
	MICA_RPC_CLOSE,
	MICA_RPC_WRITE,
	MICA_RPC_READ,
	MICA_RPC_LSEEK,
	MICA_RPC_FCNTL,
	MICA_RPC_IOCTL,
	MICA_RPC_UNLINK,
	MICA_RPC_GETDENTS64,
	MICA_RPC_FOPEN,
	MICA_RPC_FCLOSE,
	MICA_RPC_FREAD,
	MICA_RPC_FWRITE,
	MICA_RPC_FREOPEN,
	MICA_RPC_FPUTS,
	MICA_RPC_FGETS,
	MICA_RPC_FEOF,
	MICA_RPC_FPRINTF,
	MICA_RPC_GETC,
	MICA_RPC_FERROR,
	MICA_RPC_GETC_UNLOCKED,
	MICA_RPC_PCLOSE,
	MICA_RPC_TMPFILE,
	MICA_RPC_CLEARERR,
	MICA_RPC_POPEN,
	MICA_RPC_UNGETC,
	MICA_RPC_FSEEKO,
	MICA_RPC_FTELLO,
	MICA_RPC_RENAME,
	MICA_RPC_REMOVE,
	MICA_RPC_MKSTEMP,
	MICA_RPC_FSEEK,
	MICA_RPC_FTELL,
	MICA_RPC_FFLUSH,
	MICA_RPC_GETWC,
	MICA_RPC_PUTWC,
	MICA_RPC_PUTC,
	MICA_RPC_UNGETWC,
	MICA_RPC_STAT,
	MICA_RPC_GETCWD,
	MICA_RPC_LSTAT,
	MICA_RPC_FSTAT,
	MICA_RPC_WRITE_NOCOPY, /* reserved */
	MICA_RPC_READ_NOCOPY,  /* reserved */
	MICA_RPC_FDOPEN,
	MICA_RPC_FILENO,
	MICA_RPC_READLINK,
	MICA_RPC_SYSTEM,
	MICA_RPC_ACCESS,
	MICA_RPC_PIPE,
	MICA_RPC_DUP2,
	MICA_RPC_MKFIFO,
	MICA_RPC_CHMOD,
	MICA_RPC_CHDIR,
	MICA_RPC_MKDIR,
	MICA_RPC_RMDIR,
	MICA_RPC_FSCANF,
	MICA_RPC_FREEADDRINFO = 100,
	MICA_RPC_GETADDRINFO,
	MICA_RPC_GETHOSTBYADDR,
	MICA_RPC_GETHOSTBYNAME,
	MICA_RPC_POLL,
	MICA_RPC_GETPEERNAME,
	MICA_RPC_GETHOSTNAME,
	MICA_RPC_GETSOCKNAME,
	MICA_RPC_GETSOCKOPT,
	MICA_RPC_SELECT,
	MICA_RPC_ACCEPT,
	MICA_RPC_BIND,
	MICA_RPC_CONNECT,
	MICA_RPC_LISTEN,
	MICA_RPC_RECV,
	MICA_RPC_RECVFROM,
	MICA_RPC_SEND,
	MICA_RPC_SENDTO,
	MICA_RPC_SETSOCKOPT,
	MICA_RPC_SHUTDOWN,
	MICA_RPC_SOCKET,
	MICA_RPC_IF_NAMEINDEX,
	MICA_RPC_PUTCHAR,
	MICA_RPC_GAI_STRERROR,
	MICA_RPC_ACCEPT4,
	MICA_RPC_WRITEV,
	MICA_RPC_PRINTF = 300,
	MICA_RPC_LAST = 300, /* ids above belong to calls the other way */
	MICA_RPC_REVERSE_LAST = 303,
};

static inline uint32_t mica_rpc_get32(const void *message, size_t at)
{
	const uint8_t *p = (const uint8_t *)message + at;

	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t mica_rpc_get64(const void *message, size_t at)
{
	return mica_rpc_get32(message, at) | (uint64_t)mica_rpc_get32(message, at + 4) << 32;
}

static inline void mica_rpc_put32(void *message, size_t at, uint32_t v)
{
	uint8_t *p = (uint8_t *)message + at;

	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	p[2] = (uint8_t)(v >> 16);
	p[3] = (uint8_t)(v >> 24);
}

static inline void mica_rpc_put64(void *message, size_t at, uint64_t v)
{
	mica_rpc_put32(message, at, (uint32_t)v);
	mica_rpc_put32(message, at + 4, (uint32_t)(v >> 32));
}

/* Three calls have their arguments where others have the trace_id, and no reply. */
static inline bool mica_rpc_has_reply(uint32_t id)
{
	return id != MICA_RPC_FPRINTF && id != MICA_RPC_CLEARERR && id != MICA_RPC_FREEADDRINFO &&
	       id != MICA_RPC_PRINTF;
}

#endif /* MICA_RPC_H */
