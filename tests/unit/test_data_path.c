/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A message is copied once between a ring (or a lane) and a socket or terminal: by the kernel, from
 * or to the memory that is shared with the client. The calls that move data are replaced by ones
 * that look where it lies.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "client_priv.h"
#include "link.h"
#include "mica/abi.h"

#include "host_help.h"
#include "native_peer.h"
#include "raw_client.h"

#define MARK        \
	"\x7f"      \
	"a marked " \
	"message"
#define SIZE 400

/* Calls with a buffer that begins with MARK. */
static struct {
	const struct mica_client *client; /* NULL: nobody looks */
	unsigned int in, out; /* in shared memory: taken from, given to the application */
	unsigned int elsewhere;
	size_t longest; /* what readv() gave at most */
} seen;

static void note(const void *buf, ssize_t len, unsigned int *count)
{
	const struct mica_window *win;

	if (!seen.client || len < (ssize_t)sizeof(MARK) || memcmp(buf, MARK, sizeof(MARK)) != 0)
		return;
	win = seen.client->link->win;
	if ((uintptr_t)buf - (uintptr_t)win->va < win->size)
		(*count)++;
	else
		seen.elsewhere++;
}

/* ---- instead of the C library's, for libmica; this file itself asks the kernel ---- */

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	ssize_t n = syscall(SYS_recvmsg, fd, msg, flags);

	if (n > 0)
		note(msg->msg_iov[0].iov_base, n, &seen.in);
	return n;
}

ssize_t read(int fd, void *buf, size_t len)
{
	ssize_t n = syscall(SYS_read, fd, buf, len);

	note(buf, n, &seen.in);
	return n;
}

ssize_t readv(int fd, const struct iovec *iov, int n_iov)
{
	ssize_t n = syscall(SYS_readv, fd, iov, n_iov);

	if (n > 0)
		note(iov[0].iov_base, n, &seen.in);
	if (n > 0 && (size_t)n > seen.longest)
		seen.longest = (size_t)n;
	return n;
}

ssize_t send(int fd, const void *buf, size_t len, int flags)
{
	note(buf, (ssize_t)len, &seen.out);
	return syscall(SYS_sendto, fd, buf, len, flags, NULL, 0);
}

ssize_t write(int fd, const void *buf, size_t len)
{
	note(buf, (ssize_t)len, &seen.out);
	return syscall(SYS_write, fd, buf, len);
}

/* ---- there and back ---- */

static void watch(const struct mica_client *c)
{
	memset(&seen, 0, sizeof(seen));
	seen.client = c;
}

static void check_once(void)
{
	seen.client = NULL;
	assert_int_equal(seen.in, 1);
	assert_int_equal(seen.out, 1);
	assert_int_equal(seen.elsewhere, 0);
}

struct back {
	int fd;
	uint8_t data[SIZE];
	size_t len;
};

static bool all_back(void *arg)
{
	struct back *b = arg;
	long n = syscall(SYS_read, b->fd, b->data + b->len, sizeof(b->data) - b->len);

	b->len += n > 0 ? (size_t)n : 0;
	return b->len == sizeof(b->data);
}

static void there_and_back(const struct mica_client *c, int fd)
{
	uint8_t data[SIZE] = MARK;
	struct back b = { .fd = fd };

	for (size_t i = sizeof(MARK); i < sizeof(data); i++)
		data[i] = (uint8_t)i;
	watch(c);
	assert_int_equal(syscall(SYS_write, fd, data, sizeof(data)), sizeof(data));
	assert_true(run_until(all_back, &b, LIMIT_MS));
	assert_memory_equal(b.data, data, sizeof(data));
	check_once();
	close(fd);
}

static const char *device_of(struct mica_client *c, const char *name)
{
	struct mica_client_info *info = info_of(c);

	for (unsigned int i = 0; i < info->n_services; i++) {
		if (!strcmp(info->service[i].name, name))
			return info->service[i].device;
	}
	return "";
}

static const char *wanted;

static bool has_device(void *client)
{
	return device_of(client, wanted)[0] != '\0';
}

static const char *wait_for(struct mica_client *c, const char *name)
{
	wanted = name;
	assert_true(run_until(has_device, c, LIMIT_MS));
	return device_of(c, name);
}

static int connected(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

static void socket_over_vrings(void **state)
{
	struct mica_client *c = start_one("rings", RAW_NAMES);

	(void)state;
	there_and_back(c, connected(wait_for(c, "two words")));
	stop_and_remove(c);
}

static struct mica_client *start_reference(const char *name)
{
	struct mica_config cfg = config(name);
	struct mica_client *c;

	snprintf(cfg.image, sizeof(cfg.image), "%s", peer_image("ref"));
	assert_int_equal(create(&cfg), MICA_OK);
	c = result.client;
	if (act(mica_client_start, c) != MICA_OK)
		fail_msg("start: %s", result.err.text);
	assert_true(c->link->features & MICA_F_LANES);
	return c;
}

static void socket_over_lanes(void **state)
{
	struct mica_client *c = start_reference("lanes");

	(void)state;
	there_and_back(c, connected(wait_for(c, "mica-echo")));
	stop_and_remove(c);
}

static void terminal(void **state)
{
	struct mica_client *c = start_one("tty", RAW_ECHO);

	(void)state;
	there_and_back(c, open(wait_for(c, "rpmsg-tty"), O_RDWR | O_NOCTTY | O_NONBLOCK));
	stop_and_remove(c);
}

/* The shell's prompt, or what it sends back: each ends the same way. */
struct until {
	int fd;
	const char *end;
	char text[8 * SIZE];
	size_t len;
};

static bool came(void *arg)
{
	struct until *u = arg;
	size_t end = strlen(u->end);
	long n = syscall(SYS_read, u->fd, u->text + u->len, sizeof(u->text) - u->len);

	u->len += n > 0 ? (size_t)n : 0;
	return u->len >= end && !memcmp(u->text + u->len - end, u->end, end);
}

/* What waits in the terminal goes to the client by one call, as far as it may be sent. */
static void terminal_over_lanes(void **state)
{
	struct until u = { .end = "mica:~$ " };
	struct mica_client *c = start_reference("tty");
	char data[3 * SIZE];

	(void)state;
	u.fd = open(wait_for(c, "rpmsg-tty"), O_RDWR | O_NOCTTY | O_NONBLOCK);
	assert_true(run_until(came, &u, LIMIT_MS));
	u.end = "cat 1200\r\n";
	u.len = 0;
	assert_int_equal(syscall(SYS_write, u.fd, "cat 1200\n", 9), 9);
	assert_true(run_until(came, &u, LIMIT_MS));
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (char)('a' + i % 23);
	u.end = "\r\nmica:~$ ";
	u.len = 0;
	watch(c);
	assert_int_equal(syscall(SYS_write, u.fd, data, sizeof(data)), sizeof(data));
	assert_true(run_until(came, &u, LIMIT_MS));
	seen.client = NULL;
	assert_int_equal(seen.longest, sizeof(data));
	assert_int_equal(u.len, sizeof(data) + strlen(u.end));
	assert_memory_equal(u.text, data, sizeof(data));
	close(u.fd);
	stop_and_remove(c);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(socket_over_vrings),
		cmocka_unit_test(socket_over_lanes),
		cmocka_unit_test(terminal),
		cmocka_unit_test(terminal_over_lanes),
	};

	(void)argc;
	(void)argv;
	raw_client_main();
	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
