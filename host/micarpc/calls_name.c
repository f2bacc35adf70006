/* SPDX-License-Identifier: BSD-3-Clause */
/* Names of the network, and its interfaces. */
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "handlers.h"
#include "policy.h"

#define BUF_AT	    32
#define RECORD	    24u	 /* fixed part of an address record */
#define LIST_LIMIT  431u /* decoders refuse a record that reaches byte 432 */
#define HOSTENT	    24u
#define HOSTENT_AT  24
#define IF_AT	    28
#define IF_ENTRY    44u
#define IF_NAME	    40u
#define IF_MAX	    10u
#define RESOLVE_BUF 8192

static bool refused(void)
{
	if (policy.network)
		return false;
	errno = EACCES;
	return true;
}

/* ---- getaddrinfo ---- */

struct question {
	struct addrinfo hints;
	bool has_hints;
	const char *node, *service; /* NULL: not given */
};

/* A text of the buffer that ends inside of it; false: it does not. */
static bool text_at(const struct call *c, int32_t at, int32_t end, const char **text)
{
	if (at < 0 || at >= end || !memchr(c->req + BUF_AT + at, '\0', (size_t)(end - at)))
		return false;
	*text = (const char *)c->req + BUF_AT + at;
	return true;
}

/* Nobody answers with an address in the hints; what stands there is ignored. */
static bool read_question(const struct call *c, struct question *q)
{
	int32_t n_hints = arg_s32(c, 12), hints = arg_s32(c, 16), node = arg_s32(c, 20);
	int32_t service = arg_s32(c, 24), end = arg_s32(c, 28);

	memset(q, 0, sizeof(*q));
	if (end < 0 || !arg_data(c, BUF_AT, (uint32_t)end))
		return false;
	if (n_hints > 0) {
		if (hints < 0 || hints > end - (int32_t)RECORD)
			return false;
		q->has_hints = true;
		q->hints.ai_flags = arg_s32(c, BUF_AT + (size_t)hints);
		q->hints.ai_family = arg_s32(c, BUF_AT + (size_t)hints + 4);
		q->hints.ai_socktype = arg_s32(c, BUF_AT + (size_t)hints + 8);
		q->hints.ai_protocol = arg_s32(c, BUF_AT + (size_t)hints + 12);
	}
	if (node < 0 || service < node || service > end)
		return false;
	return (node == service || text_at(c, node, service, &q->node)) &&
	       (service == end || text_at(c, service, end, &q->service));
}

/* Returns the bytes written, 0 when it does not fit. */
static size_t put_record(uint8_t *p, size_t room, const struct addrinfo *ai)
{
	size_t name = ai->ai_canonname ? strlen(ai->ai_canonname) + 1 : 0;

	if (RECORD + ai->ai_addrlen + name > room)
		return 0;
	mica_rpc_put32(p, 0, (uint32_t)ai->ai_flags);
	mica_rpc_put32(p, 4, (uint32_t)ai->ai_family);
	mica_rpc_put32(p, 8, (uint32_t)ai->ai_socktype);
	mica_rpc_put32(p, 12, (uint32_t)ai->ai_protocol);
	mica_rpc_put32(p, 16, ai->ai_addrlen);
	mica_rpc_put32(p, 20, (uint32_t)name);
	memcpy(p + RECORD, ai->ai_addr, ai->ai_addrlen);
	if (name)
		memcpy(p + RECORD + ai->ai_addrlen, ai->ai_canonname, name);
	return RECORD + ai->ai_addrlen + name;
}

void do_getaddrinfo(struct call *c)
{
	struct addrinfo *list = NULL;
	struct question q;
	size_t used = 0;
	int32_t count = 0;
	int rc;

	if (refused()) {
		ret_fail(c, EACCES);
		return;
	}
	if (!read_question(c, &q)) {
		ret_fail(c, EINVAL);
		return;
	}
	rc = getaddrinfo(q.node, q.service, q.has_hints ? &q.hints : NULL, &list);
	for (struct addrinfo *ai = rc ? NULL : list; ai; ai = ai->ai_next) {
		size_t n = put_record(c->reply + BUF_AT + used, LIST_LIMIT - used, ai);

		if (!n)
			break;
		used += n;
		count++;
	}
	if (!rc && !count) /* a single record that does not fit: no list at all */
		rc = EAI_MEMORY;
	c->errnum = rc == EAI_SYSTEM ? errno : 0;
	reply_s32(c, 20, rc);
	reply_s32(c, 24, count);
	reply_s32(c, 28, (int32_t)used);
	reply_at(c, BUF_AT, used);
	if (list)
		freeaddrinfo(list);
}

/* ---- hostent ---- */

static bool append(uint8_t *p, size_t *used, const void *data, size_t n)
{
	if (n > MICA_RPC_DATA - 1 - *used)
		return false;
	memcpy(p + *used, data, n);
	*used += n;
	return true;
}

/* Everything packed behind the fixed part, addresses last. 0: does not fit. */
static size_t put_hostent(uint8_t *p, const struct hostent *h)
{
	uint32_t aliases = 0, addrs = 0, aliases_at;
	size_t used = HOSTENT;

	if (h->h_name && !append(p, &used, h->h_name, strlen(h->h_name) + 1))
		return 0;
	aliases_at = (uint32_t)used;
	for (; h->h_aliases && h->h_aliases[aliases]; aliases++) {
		if (!append(p, &used, h->h_aliases[aliases], strlen(h->h_aliases[aliases]) + 1))
			return 0;
	}
	mica_rpc_put32(p, 0, HOSTENT);
	mica_rpc_put32(p, 4, aliases_at);
	mica_rpc_put32(p, 12, (uint32_t)h->h_addrtype);
	mica_rpc_put32(p, 16, (uint32_t)h->h_length);
	mica_rpc_put32(p, 20, (uint32_t)used);
	/* The addresses that fit: any of them serves. */
	while (h->h_addr_list[addrs] &&
	       append(p, &used, h->h_addr_list[addrs], (size_t)h->h_length))
		addrs++;
	mica_rpc_put32(p, 8, aliases | addrs << 16);
	return addrs ? used : 0;
}

static void ret_hostent(struct call *c, int rc, const struct hostent *h)
{
	size_t used;

	if (rc || !h) {
		ret_fail(c, rc);
		return;
	}
	used = put_hostent(c->reply + HOSTENT_AT, h);
	reply_s32(c, 20, used ? (int32_t)used : MICA_RPC_TOO_LONG);
	if (used)
		reply_at(c, HOSTENT_AT, used);
	else
		memset(c->reply + HOSTENT_AT, 0, MICA_RPC_DATA);
}

void do_gethostbyname(struct call *c)
{
	const char *name = arg_str(c, 16, MICA_RPC_DATA);
	struct hostent room, *h = NULL;
	char buf[RESOLVE_BUF];
	int herr = 0, rc;

	if (!name || refused()) {
		ret_fail(c, errno);
		return;
	}
	rc = gethostbyname_r(name, &room, buf, sizeof(buf), &h, &herr);
	ret_hostent(c, rc, h);
}

void do_gethostbyaddr(struct call *c)
{
	uint32_t len = arg_u32(c, 12);
	const void *addr = arg_data(c, 20, len);
	struct hostent room, *h = NULL;
	char buf[RESOLVE_BUF];
	int herr = 0, rc;

	if (!addr || refused()) {
		ret_fail(c, errno);
		return;
	}
	rc = gethostbyaddr_r(addr, len, arg_s32(c, 16), &room, buf, sizeof(buf), &h, &herr);
	ret_hostent(c, rc, h);
}

/* ---- the rest ---- */

void do_gethostname(struct call *c)
{
	uint64_t len = arg_u64(c, 16);
	size_t room = len < MICA_RPC_DATA ? (size_t)len : MICA_RPC_DATA, used;
	char *name = (char *)c->reply + 24;
	int rc = gethostname(name, room);

	ret_s32(c, rc);
	if (rc) {
		memset(name, 0, MICA_RPC_DATA);
		return;
	}
	used = strnlen(name, room) + 1;
	if (used > room)
		used = room;
	reply_s32(c, 20, (int32_t)used);
	reply_at(c, 24, used);
}

void do_if_nameindex(struct call *c)
{
	struct if_nameindex *list;
	uint32_t n = 0;

	if (refused()) {
		ret_fail(c, EACCES);
		return;
	}
	list = if_nameindex();
	if (!list) {
		ret_fail(c, errno);
		return;
	}
	for (; n < IF_MAX && list[n].if_index; n++) {
		uint8_t *p = reply_at(c, IF_AT + n * IF_ENTRY, IF_ENTRY);
		size_t len = strnlen(list[n].if_name, IF_NAME - 1);

		mica_rpc_put32(p, 0, list[n].if_index);
		memcpy(p + 4, list[n].if_name, len);
	}
	if_freenameindex(list);
	reply_s32(c, 24, (int32_t)n);
}

void do_gai_strerror(struct call *c)
{
	const char *text = gai_strerror(arg_s32(c, 12));
	size_t len = strnlen(text, MICA_RPC_DATA - 1);

	memcpy(c->reply + 20, text, len);
	reply_s32(c, 16, 0);
}
