// SPDX-License-Identifier: BSD-3-Clause
/* Names and interfaces over rpc: answers are lists packed into one message, and are checked. */
#include <string.h>

#include "mica_rpc.h"
#include "rpc.h"

#define EAI_FAIL   (-4)
#define EAI_MEMORY (-10)
#define BUF_AT	   32u /* the list of 101 */
#define RECORD	   24u /* fixed part of an address record */
#define HOSTENT_AT 24u
#define HOSTENT	   24u /* fixed part */
#define IF_AT	   28u
#define IF_ENTRY   44u

/* ---- getaddrinfo ---- */

static bool add_text(struct rpc_call *c, uint32_t *used, const char *text)
{
	size_t len = text ? strlen(text) + 1 : 0;

	if (len > MICA_RPC_DATA - *used)
		return false;
	if (len)
		rpc_bytes(c, BUF_AT + *used, text, len);
	*used += (uint32_t)len;
	return true;
}

static bool ask_addresses(struct rpc_call *c, const char *node, const char *service,
			  const struct mica_addrinfo *hints)
{
	uint32_t used = 0;

	rpc_begin(c, MICA_RPC_GETADDRINFO);
	rpc_s32(c, 12, hints ? 1 : 0);
	if (hints) {
		rpc_s32(c, BUF_AT, hints->flags);
		rpc_s32(c, BUF_AT + 4, hints->family);
		rpc_s32(c, BUF_AT + 8, hints->socktype);
		rpc_s32(c, BUF_AT + 12, hints->protocol);
		used = RECORD;
	}
	rpc_s32(c, 20, (int32_t)used);
	if (!add_text(c, &used, node))
		return false;
	rpc_s32(c, 24, (int32_t)used);
	if (!add_text(c, &used, service))
		return false;
	rpc_s32(c, 28, (int32_t)used);
	rpc_length(c, BUF_AT + used);
	return true;
}

/* One record at *at; false: it does not end inside the list. */
static bool take_record(const struct rpc_call *c, size_t *at, size_t end,
			struct mica_addrinfo_list *list)
{
	struct mica_addrinfo *ai = &list->at[list->n];
	size_t p = BUF_AT + *at, name;

	if (end - *at < RECORD)
		return false;
	memset(ai, 0, sizeof(*ai));
	ai->flags = rpc_get_s32(c, p);
	ai->family = rpc_get_s32(c, p + 4);
	ai->socktype = rpc_get_s32(c, p + 8);
	ai->protocol = rpc_get_s32(c, p + 12);
	ai->addr_len = (uint32_t)rpc_get_s32(c, p + 16);
	name = (uint32_t)rpc_get_s32(c, p + 20);
	*at += RECORD;
	if (ai->addr_len > sizeof(ai->addr) || ai->addr_len > end - *at)
		return false;
	memcpy(ai->addr, c->bytes + BUF_AT + *at, ai->addr_len);
	*at += ai->addr_len;
	if (name > end - *at || (name && c->bytes[BUF_AT + *at + name - 1]))
		return false;
	if (name)
		ai->canonname = list->names + *at;
	*at += name;
	list->n++;
	return true;
}

static int system_error(int errnum)
{
	*mica_os_errno() = errnum;
	return MICA_EAI_SYSTEM;
}

int mica_getaddrinfo(const char *node, const char *service, const struct mica_addrinfo *hints,
		     struct mica_addrinfo_list *list)
{
	size_t at = 0, used, room = sizeof(list->at) / sizeof(list->at[0]);
	struct rpc_call c;
	int32_t count;
	int rc;

	list->n = 0;
	if (!ask_addresses(&c, node, service, hints))
		return EAI_MEMORY;
	rc = rpc_do(&c, 0);
	if (rc)
		return system_error(-rc);
	rc = rpc_get_s32(&c, 20);
	if (rc == MICA_EAI_SYSTEM || (rc == EAI_FAIL && rpc_get_s32(&c, MICA_RPC_AT_ERRNUM)))
		return system_error(rpc_error(&c));
	if (rc)
		return rc < 0 ? rc : system_error(RPC_EIO);
	count = rpc_get_s32(&c, 24);
	used = (uint32_t)rpc_get_s32(&c, 28);
	if (count < 1 || used > MICA_RPC_DATA || c.len < BUF_AT + used)
		return count == MICA_RPC_TOO_LONG ? EAI_MEMORY : system_error(RPC_EIO);
	memcpy(list->names, c.bytes + BUF_AT, used);
	for (int32_t i = 0; i < count && list->n < room; i++) {
		if (!take_record(&c, &at, used, list))
			return system_error(RPC_EIO);
	}
	return 0;
}

int mica_gai_strerror(int code, char *text, size_t size)
{
	struct rpc_call c;
	int rc;

	if (!size)
		return -RPC_EINVAL;
	rpc_begin(&c, MICA_RPC_GAI_STRERROR);
	rpc_s32(&c, 12, code);
	rc = rpc_do(&c, 0);
	if (rc)
		return rc;
	if (rpc_get_s32(&c, 16))
		return -rpc_error(&c);
	if (size > MICA_RPC_DATA)
		size = MICA_RPC_DATA;
	memcpy(text, c.bytes + 20, size);
	text[size - 1] = '\0';
	return 0;
}

/* ---- hostent ---- */

/* n texts one behind the other from *at on. */
static bool take_texts(struct mica_hostent *h, size_t *at, size_t end, char **out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const uint8_t *nul = memchr(h->bytes + *at, '\0', end - *at);

		if (!nul)
			return false;
		out[i] = (char *)h->bytes + *at;
		*at = (size_t)(nul - h->bytes) + 1;
	}
	return true;
}

static bool take_hostent(struct mica_hostent *h, size_t used)
{
	uint32_t aliases_at = mica_rpc_get32(h->bytes, 4), counts = mica_rpc_get32(h->bytes, 8);
	uint32_t addrs_at = mica_rpc_get32(h->bytes, 20), n_aliases = counts & 0xffffu;
	uint32_t n_addrs = counts >> 16;
	size_t at = HOSTENT;

	h->addrtype = (int)mica_rpc_get32(h->bytes, 12);
	h->length = (int)mica_rpc_get32(h->bytes, 16);
	if (n_aliases > MICA_NET_MAX || n_addrs > MICA_NET_MAX || h->length < 1 ||
	    h->length > (int)MICA_RPC_DATA || aliases_at < HOSTENT || addrs_at < aliases_at ||
	    addrs_at > used || n_addrs * (uint32_t)h->length > used - addrs_at)
		return false;
	if (aliases_at > HOSTENT && !take_texts(h, &at, aliases_at, &h->name, 1))
		return false;
	at = aliases_at;
	if (!take_texts(h, &at, addrs_at, h->aliases, n_aliases))
		return false;
	for (uint32_t i = 0; i < n_addrs; i++)
		h->addrs[i] = (char *)h->bytes + addrs_at + i * (uint32_t)h->length;
	return true;
}

static int ask_hostent(struct rpc_call *c, struct mica_hostent *h)
{
	int rc = rpc_do(c, 0), used;

	memset(h, 0, sizeof(*h));
	if (rc)
		return rc;
	used = rpc_get_s32(c, 20);
	if (used == 0)
		return rpc_get_s32(c, MICA_RPC_AT_ERRNUM) ? -rpc_error(c) : -RPC_ENOENT;
	if (used < 0)
		return -RPC_EMSGSIZE;
	if (used < (int)HOSTENT || used > (int)sizeof(h->bytes) ||
	    c->len < HOSTENT_AT + (size_t)used)
		return -RPC_EIO;
	memcpy(h->bytes, c->bytes + HOSTENT_AT, (size_t)used);
	return take_hostent(h, (size_t)used) ? 0 : -RPC_EIO;
}

int mica_gethostbyname(const char *name, struct mica_hostent *h)
{
	struct rpc_call c;

	rpc_begin(&c, MICA_RPC_GETHOSTBYNAME);
	if (!rpc_text(&c, 16, name, MICA_RPC_DATA))
		return -RPC_ENAME;
	return ask_hostent(&c, h);
}

int mica_gethostbyaddr(const void *addr, uint32_t len, int type, struct mica_hostent *h)
{
	struct rpc_call c;

	if (len > MICA_RPC_DATA)
		return -RPC_EINVAL;
	rpc_begin(&c, MICA_RPC_GETHOSTBYADDR);
	rpc_s32(&c, 12, (int32_t)len);
	rpc_s32(&c, 16, type);
	rpc_bytes(&c, 20, addr, len);
	rpc_length(&c, 24 + len);
	return ask_hostent(&c, h);
}

/* ---- the rest ---- */

int mica_gethostname(char *name, size_t size)
{
	struct rpc_call c;
	size_t len;
	int rc;

	rpc_begin(&c, MICA_RPC_GETHOSTNAME);
	rpc_u64(&c, 16, size < MICA_RPC_DATA ? size : MICA_RPC_DATA);
	rc = rpc_result32(&c);
	if (rc < 0)
		return rc;
	len = (uint32_t)rpc_get_s32(&c, 20);
	if (len > size || len > c.len - 24)
		return -RPC_EIO;
	memcpy(name, c.bytes + 24, len);
	return 0;
}

int mica_if_nameindex(struct mica_if_name list[10])
{
	struct rpc_call c;
	int rc, n;

	rpc_begin(&c, MICA_RPC_IF_NAMEINDEX);
	rc = rpc_do(&c, 0);
	if (rc)
		return rc;
	n = rpc_get_s32(&c, 24);
	if (n == 0 && rpc_get_s32(&c, MICA_RPC_AT_ERRNUM))
		return -rpc_error(&c);
	if (n < 0 || n > 10 || c.len < IF_AT + (size_t)n * IF_ENTRY)
		return -RPC_EIO;
	for (size_t i = 0; i < (size_t)n; i++) {
		list[i].index = (uint32_t)rpc_get_s32(&c, IF_AT + i * IF_ENTRY);
		memcpy(list[i].name, c.bytes + IF_AT + i * IF_ENTRY + 4, sizeof(list[i].name));
		list[i].name[sizeof(list[i].name) - 1] = '\0';
	}
	return n;
}
