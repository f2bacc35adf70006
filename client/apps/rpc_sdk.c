// SPDX-License-Identifier: BSD-3-Clause
/* "rpc sdk": formats, wide characters, vectors, sockets and names of the network. */
#include <string.h>

#include "mica_os.h"
#include "mica_posix.h"
#include "mica_rpc.h"
#include "rpc_test.h"
#include "shell.h"

#define show rpc_show

#define AF_INET	    2
#define SOCK_STREAM 1
#define SOCK_DGRAM  2
#define NONBLOCK    04000
#define SOL_SOCKET  1
#define SO_TYPE	    3

struct address {
	uint16_t family;
	uint8_t port[2], ip[4], zero[8];
};

static const struct address loopback = { .family = AF_INET, .ip = { 127, 0, 0, 1 } };

static void test_formats(void)
{
	mica_file f = mica_fopen("/rpc-format", "w+");
	char word[40] = "", set[16] = "", pair[2] = "";
	int a = 0, b = 0;
	uint64_t wide = 0;
	int64_t n;

	n = mica_fprintf(f, "%d %5.3u|%-4s|%#x\nabcdefghijklmnopqrstuvwxyz key=value99;xy %llu",
			 -42, 7u, "ab", 255u, 1234567890123456789ull);
	show("fprintf", n, n == 81);
	mica_fseek(f, 0, MICA_SEEK_SET);
	n = mica_fscanf(f, "%d %d|%*s%*s", &a, &b);
	show("fscanf", n, n == 2 && a == -42 && b == 7);
	n = mica_fscanf(f, "%39s key=%8[a-z]%d;%2c %llu", word, set, &a, pair,
			(unsigned long long *)&wide);
	show("words", n,
	     n == 5 && strcmp(word, "abcdefghijklmnopqrstuvwxyz") == 0 &&
		     strcmp(set, "value") == 0 && a == 99 && memcmp(pair, "xy", 2) == 0 &&
		     wide == 1234567890123456789ull);
	n = mica_fscanf(f, "%d", &a);
	show("scan end", n, n == -1);
	mica_fseek(f, 0, MICA_SEEK_SET);
	n = mica_fscanf(f, "%d x%d", &a, &b);
	show("mismatch", n, n == 1 && a == -42);
	mica_fclose(f);
	mica_unlink("/rpc-format");
}

static void test_characters(void)
{
	mica_file f = mica_fopen("/rpc-chars", "w+");
	int64_t n;

	n = mica_putwc('w', f);
	show("putwc", n, n == 'w');
	mica_fseek(f, 0, MICA_SEEK_SET);
	n = mica_getwc(f);
	show("getwc", n, n == 'w');
	n = mica_ungetwc('v', f);
	show("ungetwc", n, n == 'v' && mica_getwc(f) == 'v');
	n = mica_getwc(f);
	show("wide end", n, n == -1);
	mica_fclose(f);
	f = mica_fopen("/rpc-chars", "r");
	n = mica_getc_unlocked(f);
	show("unlocked", n, n == 'w');
	mica_fclose(f);
	mica_unlink("/rpc-chars");
	n = mica_putchar('!');
	show("putchar", n, n == '!' && mica_putchar('\n') == '\n');
	n = mica_setvbuf(MICA_STDOUT, MICA_IONBF);
	show("setvbuf", n, n == 0);
}

static void test_vectors(void)
{
	static char big[600], back[600];
	char head[4] = "", rest[10] = "";
	struct mica_iovec out[] = { { (void *)(uintptr_t) "one ", 4 },
				    { NULL, 0 },
				    { (void *)(uintptr_t) "two", 3 } };
	struct mica_iovec large[] = { { big, sizeof(big) }, { big, 100 } };
	struct mica_iovec in[] = { { head, 4 }, { rest, sizeof(rest) } };
	int fd = mica_open("/rpc-vector", MICA_O_RDWR | MICA_O_CREAT, 0600);
	int64_t n;

	memset(big, 'b', sizeof(big));
	n = mica_writev(fd, out, 3);
	show("writev", n, n == 7);
	mica_lseek(fd, 0, MICA_SEEK_SET);
	n = mica_readv(fd, in, 2);
	show("readv", n, n == 7 && memcmp(head, "one ", 4) == 0 && memcmp(rest, "two", 3) == 0);
	n = mica_writev(fd, large, 2);
	show("large", n, n == 700);
	n = mica_writev(fd, large + 1, 1);
	show("gathered", n, n == 100);
	mica_lseek(fd, 7, MICA_SEEK_SET);
	n = mica_read(fd, back, sizeof(back));
	show("back", n, n == sizeof(back) && memcmp(big, back, sizeof(back)) == 0);
	mica_close(fd);
	mica_unlink("/rpc-vector");
}

static void test_select(void)
{
	struct mica_timeval tv = { 0, 50000 };
	struct mica_fd_set r = { { 0 } };
	char bytes[600] = "";
	int fd[2] = { -1, -1 };
	int64_t n;

	mica_pipe(fd);
	r.word[fd[0] / 64] = 1ull << (fd[0] % 64);
	n = mica_select(fd[0] + 1, &r, NULL, NULL, &tv);
	show("select", n, n == 0 && !r.word[fd[0] / 64]);
	mica_write(fd[1], bytes, 432);
	r.word[fd[0] / 64] = 1ull << (fd[0] % 64);
	n = mica_select(fd[0] + 1, &r, NULL, NULL, NULL);
	show("ready", n, n == 1 && r.word[fd[0] / 64] == 1ull << (fd[0] % 64));
	/* Exactly one piece is there: a second one would wait for ever. */
	n = mica_read(fd[0], bytes, sizeof(bytes));
	show("piece", n, n == 432);
	mica_close(fd[0]);
	mica_close(fd[1]);
}

/* A listener and a connection to it; *port is filled in. */
static int listener(struct address *at, int type)
{
	uint32_t len = sizeof(*at);
	int fd = mica_socket(AF_INET, type, 0);

	*at = loopback;
	if (mica_bind(fd, at, sizeof(*at)) < 0 || (type == SOCK_STREAM && mica_listen(fd, 4) < 0) ||
	    mica_getsockname(fd, at, &len) < 0)
		return -1;
	return fd;
}

static void test_tcp(void)
{
	struct address at, from = { 0 };
	int l = listener(&at, SOCK_STREAM), fd = mica_socket(AF_INET, SOCK_STREAM, 0), peer,
	    type = 0;
	uint32_t len = sizeof(from);
	static char big[1000];
	char got[8] = "";
	int64_t n = mica_connect(fd, &at, sizeof(at));

	show("connect", n, n == 0);
	peer = mica_accept4(l, &from, &len, NONBLOCK);
	show("accept4", peer, peer >= 0 && len == sizeof(from) && from.family == AF_INET);
	n = mica_recv(peer, got, sizeof(got), 0);
	show("nonblock", n, n == -11);
	n = mica_send(fd, "tcp", 3, 0);
	n = mica_fcntl(peer, 4, 0);
	n = mica_recv(peer, got, sizeof(got), 0);
	show("recv", n, n == 3 && memcmp(got, "tcp", 3) == 0);
	len = sizeof(type);
	n = mica_getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len);
	show("getsockopt", n, n == 0 && len == 4 && type == SOCK_STREAM);
	/* POSIX: a stream takes all of it. */
	n = mica_posix_send(fd, big, sizeof(big), 0);
	show("send all", n, n == sizeof(big));
	for (n = 0; n < (int64_t)sizeof(big);) {
		int64_t more = mica_recv(peer, big, sizeof(big), 0);

		if (more < 1)
			break;
		n += more;
	}
	show("recv all", n, n == sizeof(big));
	mica_close(fd);
	mica_close(peer);
	mica_close(l);
}

static void test_udp(void)
{
	struct address at, from = { 0 };
	int a = listener(&at, SOCK_DGRAM), b = mica_socket(AF_INET, SOCK_DGRAM, 0);
	uint32_t len = sizeof(from);
	static const char large[433];
	char got[16] = "";
	int64_t n = mica_sendto(b, "datagram", 8, 0, &at, sizeof(at));

	show("sendto", n, n == 8);
	n = mica_recvfrom(a, got, sizeof(got), 0, &from, &len);
	show("recvfrom", n,
	     n == 8 && memcmp(got, "datagram", 8) == 0 && len == sizeof(from) &&
		     memcmp(from.ip, loopback.ip, 4) == 0);
	n = mica_posix_sendto(b, large, sizeof(large), 0, (const void *)&at, sizeof(at));
	show("too long", n, n == -1 && *mica_os_errno() == 90);
	mica_close(a);
	mica_close(b);
}

static void test_network_names(void)
{
	static struct mica_addrinfo_list list;
	static struct mica_hostent h;
	static struct mica_if_name ifs[10];
	struct mica_addrinfo hints = { .flags = 4, .family = AF_INET, .socktype = SOCK_STREAM };
	char text[64] = "";
	const struct address *at = (const void *)list.at[0].addr;
	int64_t n = mica_getaddrinfo("127.0.0.1", "80", &hints, &list);

	show("getaddrinf", n,
	     n == 0 && list.n == 1 && list.at[0].addr_len == sizeof(*at) && at->port[1] == 80 &&
		     memcmp(at->ip, loopback.ip, 4) == 0);
	n = mica_getaddrinfo("no number", NULL, &hints, &list);
	show("no name", n, n == -2);
	n = mica_gai_strerror(-2, text, sizeof(text));
	show("strerror", n, n == 0 && strlen(text) > 5);
	n = mica_gethostbyname("127.0.0.1", &h);
	show("byname", n,
	     n == 0 && h.addrtype == AF_INET && h.length == 4 &&
		     memcmp(h.addrs[0], loopback.ip, 4) == 0 && !h.addrs[1]);
	n = mica_gethostbyaddr(loopback.ip, 4, AF_INET, &h);
	show("byaddr", n, (n == 0 && h.name && *h.name) || n == -2);
	n = mica_gethostname(text, sizeof(text));
	show("hostname", n, n == 0 && *text);
	n = mica_if_nameindex(ifs);
	show("nameindex", n, n >= 1 && ifs[0].index > 0 && *ifs[0].name);
}

void rpc_test_sdk(void)
{
	test_formats();
	test_characters();
	test_vectors();
	test_select();
	test_tcp();
	test_udp();
	test_network_names();
	shell_printf("rpc: sdk done\n");
}
