// SPDX-License-Identifier: BSD-3-Clause
/* Sockets over rpc. Layouts: docs/rpc.md. */
#include <string.h>

#include "mica_rpc.h"
#include "rpc.h"

/* What recvfrom has room for. */
#define FROM_ADDR 128u
#define FROM_DATA 304u

static int with_numbers(uint32_t id, int a, int b)
{
	struct rpc_call c;

	rpc_begin(&c, id);
	rpc_s32(&c, 12, a);
	rpc_s32(&c, 16, b);
	rpc_length(&c, 24);
	return rpc_result32(&c);
}

int mica_socket(int domain, int type, int protocol)
{
	struct rpc_call c;

	rpc_begin(&c, MICA_RPC_SOCKET);
	rpc_s32(&c, 12, domain);
	rpc_s32(&c, 16, type);
	rpc_s32(&c, 20, protocol);
	return rpc_result32(&c);
}

int mica_listen(int fd, int backlog)
{
	return with_numbers(MICA_RPC_LISTEN, fd, backlog);
}

int mica_shutdown(int fd, int how)
{
	return with_numbers(MICA_RPC_SHUTDOWN, fd, how);
}

static int with_address(uint32_t id, int fd, const void *addr, uint32_t len)
{
	struct rpc_call c;

	if (len > MICA_RPC_DATA)
		return -RPC_EINVAL;
	rpc_begin(&c, id);
	rpc_s32(&c, 12, fd);
	rpc_s32(&c, 16, (int32_t)len);
	rpc_bytes(&c, 20, addr, len);
	rpc_length(&c, 456);
	return rpc_result32(&c);
}

int mica_bind(int fd, const void *addr, uint32_t len)
{
	return with_address(MICA_RPC_BIND, fd, addr, len);
}

int mica_connect(int fd, const void *addr, uint32_t len)
{
	return with_address(MICA_RPC_CONNECT, fd, addr, len);
}

static uint32_t room_for(const void *addr, const uint32_t *len)
{
	uint32_t room = addr && len ? *len : 0;

	return room < MICA_RPC_DATA ? room : MICA_RPC_DATA;
}

/* s32 ret, u32 addrlen, address. */
static int take_address(struct rpc_call *c, void *addr, uint32_t *len, uint32_t room)
{
	int rc = rpc_result32(c);
	uint32_t used;

	if (rc < 0 || !room)
		return rc;
	used = (uint32_t)rpc_get_s32(c, 20);
	if (used > room)
		used = room;
	memcpy(addr, c->bytes + 24, used);
	*len = used;
	return rc;
}

static int for_address(uint32_t id, int fd, void *addr, uint32_t *len)
{
	struct rpc_call c;
	uint32_t room = room_for(addr, len);

	rpc_begin(&c, id);
	rpc_s32(&c, 12, fd);
	rpc_s32(&c, 16, (int32_t)room);
	rpc_length(&c, 24 + room);
	return take_address(&c, addr, len, room);
}

int mica_accept(int fd, void *addr, uint32_t *len)
{
	return for_address(MICA_RPC_ACCEPT, fd, addr, len);
}

int mica_accept4(int fd, void *addr, uint32_t *len, int flags)
{
	struct rpc_call c;
	uint32_t room = room_for(addr, len);

	rpc_begin(&c, MICA_RPC_ACCEPT4);
	rpc_s32(&c, 12, fd);
	rpc_s32(&c, 16, flags);
	rpc_s32(&c, 20, (int32_t)room);
	rpc_length(&c, 24 + room);
	return take_address(&c, addr, len, room);
}

int mica_getsockname(int fd, void *addr, uint32_t *len)
{
	return for_address(MICA_RPC_GETSOCKNAME, fd, addr, len);
}

int mica_getpeername(int fd, void *addr, uint32_t *len)
{
	return for_address(MICA_RPC_GETPEERNAME, fd, addr, len);
}

int mica_setsockopt(int fd, int level, int name, const void *value, uint32_t len)
{
	struct rpc_call c;

	if (len < 1 || len > MICA_RPC_DATA)
		return -RPC_EINVAL;
	rpc_begin(&c, MICA_RPC_SETSOCKOPT);
	rpc_s32(&c, 12, fd);
	rpc_s32(&c, 16, level);
	rpc_s32(&c, 20, name);
	rpc_s32(&c, 24, (int32_t)len);
	rpc_bytes(&c, 28, value, len);
	rpc_length(&c, 464);
	return rpc_result32(&c);
}

int64_t mica_send(int fd, const void *data, size_t len, int flags)
{
	struct rpc_call c;

	if (len > MICA_RPC_DATA)
		len = MICA_RPC_DATA; /* a short count, as POSIX allows */
	rpc_begin(&c, MICA_RPC_SEND);
	rpc_s32(&c, 12, fd);
	rpc_u64(&c, 16, len);
	rpc_s32(&c, 24, flags);
	rpc_bytes(&c, 28, data, len);
	rpc_length(&c, 32 + len);
	return rpc_result64(&c);
}

int64_t mica_recv(int fd, void *data, size_t len, int flags)
{
	struct rpc_call c;
	int64_t n;

	if (len > MICA_RPC_DATA)
		len = MICA_RPC_DATA;
	rpc_begin(&c, MICA_RPC_RECV);
	rpc_s32(&c, 12, fd);
	rpc_s32(&c, 16, flags);
	rpc_u64(&c, 24, len);
	n = rpc_result64(&c);
	if (n > (int64_t)len || n > (int64_t)(c.len - 24))
		return -RPC_EIO;
	if (n > 0)
		memcpy(data, c.bytes + 24, (size_t)n);
	return n;
}

int64_t mica_sendto(int fd, const void *data, size_t len, int flags, const void *addr,
		    uint32_t addr_len)
{
	struct rpc_call c;

	if (!addr || !addr_len)
		return mica_send(fd, data, len, flags);
	if (addr_len > MICA_RPC_DATA)
		return -RPC_EINVAL;
	if (len > MICA_RPC_DATA - addr_len)
		len = MICA_RPC_DATA - addr_len;
	rpc_begin(&c, MICA_RPC_SENDTO);
	rpc_s32(&c, 12, fd);
	rpc_u64(&c, 16, len);
	rpc_s32(&c, 24, flags);
	rpc_s32(&c, 28, (int32_t)addr_len);
	rpc_bytes(&c, 32, addr, addr_len);
	rpc_bytes(&c, 32 + (size_t)addr_len, data, len);
	return rpc_result64(&c);
}

int64_t mica_recvfrom(int fd, void *data, size_t len, int flags, void *addr, uint32_t *addr_len)
{
	struct rpc_call c;
	uint32_t room = room_for(addr, addr_len), used;
	int64_t n;
	int rc;

	if (!room)
		return mica_recv(fd, data, len, flags);
	if (room > FROM_ADDR)
		room = FROM_ADDR;
	if (len > FROM_DATA)
		len = FROM_DATA;
	rpc_begin(&c, MICA_RPC_RECVFROM);
	rpc_s32(&c, 12, fd);
	rpc_s32(&c, 16, flags);
	rpc_s32(&c, 20, (int32_t)room);
	rpc_u64(&c, 24, len);
	rpc_length(&c, 32 + room);
	rc = rpc_do(&c, 0);
	if (rc)
		return rc;
	n = rpc_get_s64(&c, 24);
	if (n < 0)
		return -rpc_error(&c);
	used = (uint32_t)rpc_get_s32(&c, 16);
	if (n > (int64_t)len || used > room || (n && (int64_t)c.len < 160 + n))
		return -RPC_EIO;
	memcpy(addr, c.bytes + 32, used);
	*addr_len = used;
	memcpy(data, c.bytes + 160, (size_t)n);
	return n;
}

int mica_getsockopt(int fd, int level, int name, void *value, uint32_t *len)
{
	struct rpc_call c;
	uint32_t used;
	int rc;

	if (*len > MICA_RPC_DATA)
		return -RPC_EINVAL;
	rpc_begin(&c, MICA_RPC_GETSOCKOPT);
	rpc_s32(&c, 12, fd);
	rpc_s32(&c, 16, (int32_t)*len);
	rpc_s32(&c, 20, level);
	rpc_s32(&c, 24, name);
	rpc_length(&c, 32);
	rc = rpc_result32(&c);
	if (rc < 0)
		return rc;
	used = (uint32_t)rpc_get_s32(&c, 20);
	if (used > *len)
		return -RPC_EIO;
	memcpy(value, c.bytes + 24, used);
	*len = used;
	return 0;
}
