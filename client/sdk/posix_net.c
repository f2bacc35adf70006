// SPDX-License-Identifier: BSD-3-Clause
/* Retargeted POSIX code: sockets, names of the network. */
#include <string.h>

#include "fmt.h"
#include "posix.h"

#define LISTS		 4
#define ADDRESSES	 10
#define AF_INET_	 2
#define SOL_SOCKET_	 1
#define SO_TYPE_	 3
#define SOCK_STREAM_	 1
#define EAI_MEMORY_	 (-10)
#define RPC_ENOSPC	 28
#define RPC_ENXIO	 6
#define RPC_ENOMEM	 12
#define RPC_EAFNOSUPPORT 97

/* ---- sockets ---- */

int mica_posix_socket(int domain, int type, int protocol)
{
	return posix_int(mica_socket(domain, type, protocol));
}

int mica_posix_bind(int fd, const struct mica_posix_sockaddr *addr, unsigned int len)
{
	return posix_int(mica_bind(fd, addr, len));
}

int mica_posix_connect(int fd, const struct mica_posix_sockaddr *addr, unsigned int len)
{
	return posix_int(mica_connect(fd, addr, len));
}

int mica_posix_listen(int fd, int backlog)
{
	return posix_int(mica_listen(fd, backlog));
}

int mica_posix_accept(int fd, struct mica_posix_sockaddr *addr, unsigned int *len)
{
	return posix_int(mica_accept(fd, addr, len));
}

int mica_posix_accept4(int fd, struct mica_posix_sockaddr *addr, unsigned int *len, int flags)
{
	return posix_int(mica_accept4(fd, addr, len, flags));
}

int mica_posix_getsockname(int fd, struct mica_posix_sockaddr *addr, unsigned int *len)
{
	return posix_int(mica_getsockname(fd, addr, len));
}

int mica_posix_getpeername(int fd, struct mica_posix_sockaddr *addr, unsigned int *len)
{
	return posix_int(mica_getpeername(fd, addr, len));
}

int mica_posix_setsockopt(int fd, int level, int name, const void *value, unsigned int len)
{
	return posix_int(mica_setsockopt(fd, level, name, value, len));
}

int mica_posix_getsockopt(int fd, int level, int name, void *value, unsigned int *len)
{
	return posix_int(mica_getsockopt(fd, level, name, value, len));
}

int mica_posix_shutdown(int fd, int how)
{
	return posix_int(mica_shutdown(fd, how));
}

static bool is_stream(int fd)
{
	uint32_t len = sizeof(int);
	int type = 0;

	return mica_getsockopt(fd, SOL_SOCKET_, SO_TYPE_, &type, &len) == 0 && type == SOCK_STREAM_;
}

long mica_posix_sendto(int fd, const void *data, size_t len, int flags,
		       const struct mica_posix_sockaddr *addr, unsigned int addr_len)
{
	size_t done = 0;

	if (len > MICA_RPC_DATA - (addr && addr_len < MICA_RPC_DATA ? addr_len : 0) &&
	    !is_stream(fd))
		return posix_result(-RPC_EMSGSIZE);
	do {
		int64_t n = mica_sendto(fd, (const uint8_t *)data + done, len - done, flags, addr,
					addr_len);

		if (n < 0)
			return done ? (long)done : posix_result(n);
		done += (size_t)n;
		if (!n)
			break;
	} while (done < len);
	return (long)done;
}

long mica_posix_send(int fd, const void *data, size_t len, int flags)
{
	return mica_posix_sendto(fd, data, len, flags, NULL, 0);
}

long mica_posix_recv(int fd, void *data, size_t len, int flags)
{
	return posix_result(mica_recv(fd, data, len, flags));
}

long mica_posix_recvfrom(int fd, void *data, size_t len, int flags,
			 struct mica_posix_sockaddr *addr, unsigned int *addr_len)
{
	return posix_result(mica_recvfrom(fd, data, len, flags, addr, addr_len));
}

/* ---- names ---- */

struct info_list {
	struct mica_posix_addrinfo ai[ADDRESSES]; /* first: that is how it is found again */
	struct mica_addrinfo_list in;
	bool used;
};

static struct info_list infos[LISTS];

static struct info_list *take_info(void)
{
	struct info_list *l = NULL;
	unsigned long key = mica_os_critical_enter();

	for (size_t i = 0; i < LISTS && !l; i++) {
		if (!infos[i].used)
			l = &infos[i];
	}
	if (l)
		l->used = true;
	mica_os_critical_exit(key);
	return l;
}

static void fill_info(struct info_list *l)
{
	for (size_t i = 0; i < l->in.n; i++) {
		struct mica_addrinfo *from = &l->in.at[i];

		l->ai[i] = (struct mica_posix_addrinfo){
			.ai_flags = from->flags,
			.ai_family = from->family,
			.ai_socktype = from->socktype,
			.ai_protocol = from->protocol,
			.ai_addrlen = from->addr_len,
			.ai_addr = (struct mica_posix_sockaddr *)(void *)from->addr,
			.ai_canonname = (char *)(uintptr_t)from->canonname,
			.ai_next = i + 1 < l->in.n ? &l->ai[i + 1] : NULL,
		};
	}
}

int mica_posix_getaddrinfo(const char *node, const char *service,
			   const struct mica_posix_addrinfo *hints,
			   struct mica_posix_addrinfo **list)
{
	struct info_list *l = take_info();
	struct mica_addrinfo h = { 0 };
	int rc;

	if (!l)
		return EAI_MEMORY_;
	if (hints) {
		h.flags = hints->ai_flags;
		h.family = hints->ai_family;
		h.socktype = hints->ai_socktype;
		h.protocol = hints->ai_protocol;
	}
	rc = mica_getaddrinfo(node, service, hints ? &h : NULL, &l->in);
	if (rc) {
		l->used = false;
		return rc;
	}
	fill_info(l);
	*list = l->ai;
	return 0;
}

void mica_posix_freeaddrinfo(struct mica_posix_addrinfo *list)
{
	for (size_t i = 0; i < LISTS; i++) {
		if (list == infos[i].ai)
			infos[i].used = false;
	}
}

const char *mica_posix_gai_strerror(int code)
{
	static char text[64];

	if (mica_gai_strerror(code, text, sizeof(text)))
		fmt(text, sizeof(text), "getaddrinfo: error %d", code);
	return text;
}

static struct mica_hostent host;
static struct mica_posix_hostent host_posix;

static struct mica_posix_hostent *fill_host(int rc)
{
	if (posix_result(rc) < 0)
		return NULL;
	host_posix = (struct mica_posix_hostent){ host.name, host.aliases, host.addrtype,
						  host.length, host.addrs };
	return &host_posix;
}

struct mica_posix_hostent *mica_posix_gethostbyname(const char *name)
{
	return fill_host(mica_gethostbyname(name, &host));
}

struct mica_posix_hostent *mica_posix_gethostbyaddr(const void *addr, unsigned int len, int type)
{
	return fill_host(mica_gethostbyaddr(addr, len, type, &host));
}

/* ---- interfaces ---- */

struct if_list {
	struct mica_posix_if_nameindex at[ADDRESSES + 1];
	struct mica_if_name names[ADDRESSES];
	bool used;
};

static struct if_list ifs[LISTS];

struct mica_posix_if_nameindex *mica_posix_if_nameindex(void)
{
	struct if_list *l = NULL;
	unsigned long key = mica_os_critical_enter();
	int n;

	for (size_t i = 0; i < LISTS && !l; i++) {
		if (!ifs[i].used)
			l = &ifs[i];
	}
	if (l)
		l->used = true;
	mica_os_critical_exit(key);
	n = l ? mica_if_nameindex(l->names) : -RPC_ENOMEM;
	if (n < 0) {
		posix_result(n);
		if (l)
			l->used = false;
		return NULL;
	}
	for (int i = 0; i < n; i++)
		l->at[i] = (struct mica_posix_if_nameindex){ l->names[i].index, l->names[i].name };
	l->at[n] = (struct mica_posix_if_nameindex){ 0, NULL };
	return l->at;
}

void mica_posix_if_freenameindex(struct mica_posix_if_nameindex *list)
{
	for (size_t i = 0; i < LISTS; i++) {
		if (list == ifs[i].at)
			ifs[i].used = false;
	}
}

unsigned int mica_posix_if_nametoindex(const char *name)
{
	struct mica_if_name list[ADDRESSES];
	int n = mica_if_nameindex(list);

	for (int i = 0; i < n; i++) {
		if (strcmp(list[i].name, name) == 0)
			return list[i].index;
	}
	posix_result(n < 0 ? n : -RPC_ENXIO);
	return 0;
}

char *mica_posix_if_indextoname(unsigned int index, char *name)
{
	struct mica_if_name list[ADDRESSES];
	int n = mica_if_nameindex(list);

	for (int i = 0; i < n; i++) {
		if (list[i].index != index)
			continue;
		memcpy(name, list[i].name, 16);
		name[15] = '\0';
		return name;
	}
	posix_result(n < 0 ? n : -RPC_ENXIO);
	return NULL;
}

/* ---- addresses as text ---- */

/* Four numbers without leading zeros, nothing behind them. */
static bool parse_ipv4(const char *p, uint8_t out[4])
{
	for (int i = 0; i < 4; i++) {
		unsigned int v = 0, digits = 0;

		for (; *p >= '0' && *p <= '9' && digits < 3; p++, digits++)
			v = v * 10 + (unsigned int)(*p - '0');
		if (!digits || v > 255 || (digits > 1 && p[-(int)digits] == '0') ||
		    *p != (i < 3 ? '.' : '\0'))
			return false;
		out[i] = (uint8_t)v;
		p += i < 3;
	}
	return true;
}

int mica_posix_inet_pton(int family, const char *text, void *addr)
{
	uint8_t bytes[4];

	if (family != AF_INET_)
		return posix_int(-RPC_EAFNOSUPPORT);
	if (!parse_ipv4(text, bytes))
		return 0;
	memcpy(addr, bytes, sizeof(bytes));
	return 1;
}

const char *mica_posix_inet_ntop(int family, const void *addr, char *text, unsigned int size)
{
	const uint8_t *b = addr;
	char full[16];
	size_t len;

	if (family != AF_INET_) {
		posix_result(-RPC_EAFNOSUPPORT);
		return NULL;
	}
	len = fmt(full, sizeof(full), "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
	if (len >= size) {
		posix_result(-RPC_ENOSPC);
		return NULL;
	}
	memcpy(text, full, len + 1);
	return text;
}

uint32_t mica_posix_inet_addr(const char *text)
{
	uint32_t addr;

	return mica_posix_inet_pton(AF_INET_, text, &addr) == 1 ? addr : UINT32_MAX;
}
