/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What "failed" looks like in the reply of each call. Everything not named is zero: no data, no
 * addresses, lengths 0. Where a client copies a whole field whatever the result is, the field is
 * there.
 */
#include <netdb.h>
#include <string.h>

#include "rpc_reply.h"

enum width { NOTHING, W32, W64 };

struct failure {
	uint16_t id;
	uint16_t len; /* of the message; 0: no reply */
	uint16_t at;
	uint16_t width;
	int16_t value;
};

#define AT MICA_RPC_AT_RESULT

/* Those that answer with s32 -1 at the usual place and nothing else stand nowhere. */
static const struct failure failures[] = {
	{ MICA_RPC_WRITE, 24, AT, W64, -1 },
	{ MICA_RPC_READ, 24, AT, W64, -1 },
	{ MICA_RPC_LSEEK, 24, AT, W64, -1 },
	{ MICA_RPC_IOCTL, 32, AT, W32, -1 },
	{ MICA_RPC_GETDENTS64, 28, 24, W32, -1 },
	{ MICA_RPC_FOPEN, 24, AT, W64, 0 },
	{ MICA_RPC_FREAD, 24, AT, W64, 0 },
	{ MICA_RPC_FWRITE, 24, AT, W64, 0 },
	{ MICA_RPC_FREOPEN, 24, AT, W64, 0 },
	{ MICA_RPC_FGETS, 452, AT, W32, 1 },
	{ MICA_RPC_FPRINTF, 0, 0, NOTHING, 0 },
	{ MICA_RPC_TMPFILE, 24, AT, W64, 0 },
	{ MICA_RPC_CLEARERR, 0, 0, NOTHING, 0 },
	{ MICA_RPC_POPEN, 24, AT, W64, 0 },
	{ MICA_RPC_FTELLO, 24, AT, W64, -1 },
	{ MICA_RPC_FTELL, 24, AT, W64, -1 },
	{ MICA_RPC_STAT, 144, AT, W32, -1 },
	{ MICA_RPC_GETCWD, MICA_RPC_MESSAGE, AT, W32, 1 },
	{ MICA_RPC_LSTAT, 144, AT, W32, -1 },
	{ MICA_RPC_FSTAT, 144, AT, W32, -1 },
	{ MICA_RPC_WRITE_NOCOPY, 24, AT, W64, -1 },
	{ MICA_RPC_READ_NOCOPY, 24, AT, W64, -1 },
	{ MICA_RPC_FDOPEN, 24, AT, W64, 0 },
	{ MICA_RPC_READLINK, 24, AT, W64, -1 },
	{ MICA_RPC_PIPE, 32, AT, W64, -1 },
	{ MICA_RPC_FSCANF, 32, AT, W64, -1 },
	{ MICA_RPC_FREEADDRINFO, 0, 0, NOTHING, 0 },
	{ MICA_RPC_GETADDRINFO, 32, 20, W32, EAI_FAIL },
	{ MICA_RPC_GETHOSTBYADDR, 24, 20, W32, 0 },
	{ MICA_RPC_GETHOSTBYNAME, 24, 20, W32, 0 },
	{ MICA_RPC_POLL, 276, AT, W32, -1 },
	{ MICA_RPC_GETPEERNAME, 24, AT, W32, -1 },
	{ MICA_RPC_GETHOSTNAME, 24, AT, W32, -1 },
	{ MICA_RPC_GETSOCKNAME, 24, AT, W32, -1 },
	{ MICA_RPC_GETSOCKOPT, 24, AT, W32, -1 },
	{ MICA_RPC_SELECT, 424, 416, W32, -1 },
	{ MICA_RPC_ACCEPT, 24, AT, W32, -1 },
	{ MICA_RPC_RECV, 24, AT, W64, -1 },
	{ MICA_RPC_RECVFROM, 160, 24, W64, -1 },
	{ MICA_RPC_SEND, 24, AT, W64, -1 },
	{ MICA_RPC_SENDTO, 24, AT, W64, -1 },
	{ MICA_RPC_IF_NAMEINDEX, 28, 24, W32, 0 },
	{ MICA_RPC_GAI_STRERROR, 452, AT, W32, 1 },
	{ MICA_RPC_ACCEPT4, 24, AT, W32, -1 },
	{ MICA_RPC_WRITEV, 24, AT, W64, -1 },
	{ MICA_RPC_PRINTF, 0, 0, NOTHING, 0 },
};

static const struct failure usual = { 0, 20, AT, W32, -1 };
static const struct failure unknown = { 0, 24, AT, W64, -1 };

static bool known(uint32_t id)
{
	return (id >= MICA_RPC_OPEN && id <= MICA_RPC_FSCANF) ||
	       (id >= MICA_RPC_FREEADDRINFO && id <= MICA_RPC_WRITEV) || id == MICA_RPC_PRINTF;
}

static const struct failure *find(uint32_t id)
{
	if (!known(id))
		return &unknown;
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		if (failures[i].id == id)
			return &failures[i];
	}
	return &usual;
}

size_t mica_rpc_reply_min(uint32_t id)
{
	return find(id)->len;
}

size_t mica_rpc_fail(uint32_t id, uint32_t trace_id, int errnum, uint8_t reply[MICA_RPC_MESSAGE])
{
	const struct failure *f = find(id);

	memset(reply, 0, MICA_RPC_MESSAGE);
	if (!f->len)
		return 0;
	mica_rpc_put32(reply, MICA_RPC_AT_ID, id && id <= MICA_RPC_LAST ? id : MICA_RPC_OPEN);
	mica_rpc_put32(reply, MICA_RPC_AT_TRACE, trace_id);
	mica_rpc_put32(reply, MICA_RPC_AT_ERRNUM, (uint32_t)errnum);
	if (f->width == W64)
		mica_rpc_put64(reply, f->at, (uint64_t)(int64_t)f->value);
	else
		mica_rpc_put32(reply, f->at, (uint32_t)f->value);
	return f->len;
}
