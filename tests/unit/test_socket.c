/* SPDX-License-Identifier: BSD-3-Clause */
/* Endpoints as sockets: names of files, what is held, hostile names, rights, programs that want
 * the endpoint for themselves. */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "held.h"
#include "host_help.h"
#include "mica/app.h"
#include "mica/endpoint.h"
#include "raw_client.h"
#include "socket_path.h"

/* ---- names ---- */

static void check_name(const char *endpoint, const char *expected)
{
	char name[MICA_SOCKET_NAME_MAX];

	assert_int_equal(mica_socket_name(endpoint, name), 0);
	assert_string_equal(name, expected);
}

static void names_are_escaped(void **state)
{
	char name[MICA_SOCKET_NAME_MAX], longest[32];

	(void)state;
	check_name("mica-echo", "mica-echo");
	check_name("Az09_.-", "Az09_.-");
	check_name(".", "%2E");
	check_name("..", "%2E.");
	check_name(".new", "%2Enew");
	check_name("../../evil", "%2E.%2F..%2Fevil");
	check_name("a/b", "a%2Fb");
	check_name("100%41", "100%2541");
	check_name("a b\n", "a%20b%0A");
	check_name("\xff\xc3\xa4~", "%FF%C3%A4%7E");
	memset(longest, '/', 31);
	longest[31] = '\0';
	assert_int_equal(mica_socket_name(longest, name), 0);
	assert_int_equal(strlen(name), 93);
	assert_int_equal(mica_socket_name("", name), -1);
	assert_int_equal(mica_socket_name("12345678901234567890123456789012", name), -1);
}

static void long_paths_get_a_short_name(void **state)
{
	const size_t room = sizeof(((struct sockaddr_un *)0)->sun_path);
	char dir[PATH_MAX] = "/run/mica/clients/one", path[PATH_MAX], again[PATH_MAX];

	(void)state;
	assert_int_equal(mica_socket_path(dir, "echo", path, sizeof(path)), 0);
	assert_string_equal(path, "/run/mica/clients/one/ept/echo");
	/* FNV-1a of 64 bits of "a" and "foobar", as published. */
	mica_socket_short_name("a", path);
	assert_string_equal(path, "~af63dc4c8601ec8c");
	mica_socket_short_name("foobar", path);
	assert_string_equal(path, "~85944171f73967e8");
	memset(dir, 'd', room);
	dir[0] = '/';
	for (size_t len = room - 1; len > 20; len--) {
		const char *endpoint = "/////////////////////////";
		size_t total = len + sizeof("/ept/") - 1;

		dir[len] = '\0';
		errno = 0;
		if (mica_socket_path(dir, endpoint, path, sizeof(path))) {
			assert_int_equal(errno, ENAMETOOLONG);
			assert_true(total + 17 >= room);
			continue;
		}
		assert_true(strlen(path) < room);
		assert_int_equal(path[total] == '~', total + 75 >= room);
		assert_int_equal(mica_socket_path(dir, endpoint, again, strlen(path)), -1);
		assert_int_equal(mica_socket_path(dir, endpoint, again, strlen(path) + 1), 0);
		assert_string_equal(again, path);
	}
	assert_int_equal(mica_socket_path(dir, "", path, sizeof(path)), -1);
	assert_int_equal(errno, EINVAL);
}

/* ---- what is held ---- */

static void holds_in_order_and_within_bounds(void **state)
{
	struct mica_held h = { 0 };
	size_t lost, len;
	uint32_t n;

	(void)state;
	assert_null(mica_held_peek(&h, &len));
	mica_held_take(&h);
	for (n = 0; n < MICA_HELD_MAX; n++)
		assert_false(mica_held_put(&h, &n, n % 5, &lost));
	/* Full: one of no bytes pushes nobody out, another one does. */
	assert_true(mica_held_put(&h, NULL, 0, &lost));
	assert_int_equal(lost, 0);
	assert_int_equal(h.n, MICA_HELD_MAX);
	mica_held_take(&h);
	assert_false(mica_held_put(&h, &n, 4, &lost));
	assert_true(mica_held_put(&h, &n, 4, &lost));
	assert_int_equal(lost, 1);
	for (n = 2; n < MICA_HELD_MAX; n++) {
		const void *p = mica_held_peek(&h, &len);

		assert_int_equal(len, n % 5);
		assert_memory_equal(p, &n, len);
		mica_held_take(&h);
	}
	assert_int_equal(h.n, 2);
	mica_held_free(&h);
	assert_int_equal(h.n, 0);
	assert_null(mica_held_peek(&h, &len));
}

/* ---- a client with odd names ---- */

static const char *const odd[] = RAW_ODD_NAMES;

#define N_ODD (sizeof(odd) / sizeof(odd[0]))

static bool all_announced(void *client)
{
	return info_of(client)->n_services == N_ODD + 1;
}

static int connected(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_true(strlen(path) < sizeof(addr.sun_path));
	memcpy(addr.sun_path, path, strlen(path));
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

static bool readable(void *fd)
{
	char byte;

	return recv(*(int *)fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
}

static ssize_t received(int fd, void *buf, size_t size)
{
	assert_true(run_until(readable, &fd, LIMIT_MS));
	return recv(fd, buf, size, MSG_DONTWAIT);
}

static unsigned int files_in(const char *dir)
{
	DIR *d = opendir(dir);
	unsigned int n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n - 2;
}

static void hostile_names_stay_in_their_folder(void **state)
{
	struct mica_client *c = start_one("odd", RAW_NAMES);
	char folder[sizeof(root) + 32], want[PATH_MAX], buf[512];
	struct mica_client_info *info;
	unsigned int sockets = 0;
	struct stat st;

	(void)state;
	assert_true(run_until(all_announced, c, LIMIT_MS));
	snprintf(folder, sizeof(folder), "%s/clients/odd/ept", root);
	info = info_of(c);
	for (unsigned int i = 0; i < info->n_services; i++) {
		const struct mica_service_info *s = &info->service[i];
		int fd;

		if (!s->device[0] || strstr(s->device, "ttyRPMSG"))
			continue;
		snprintf(want, sizeof(want), "%s/clients/odd", root);
		assert_int_equal(mica_socket_path(want, s->name, buf, sizeof(buf)), 0);
		assert_string_equal(s->device, buf);
		assert_int_equal(strncmp(s->device, folder, strlen(folder)), 0);
		assert_null(strchr(s->device + strlen(folder) + 1, '/'));
		assert_int_equal(lstat(s->device, &st), 0);
		assert_int_equal(st.st_mode, S_IFSOCK | 0600);
		fd = connected(s->device);
		assert_int_equal(send(fd, s->name, strlen(s->name), 0), strlen(s->name));
		assert_int_equal(received(fd, buf, sizeof(buf)), strlen(s->name));
		assert_memory_equal(buf, s->name, strlen(s->name));
		close(fd);
		sockets++;
		info = info_of(c);
	}
	/* One of the two of one name. */
	assert_int_equal(sockets, N_ODD - 1);
	assert_int_equal(files_in(folder), N_ODD - 1);
	stop_and_remove(c);
	assert_int_not_equal(lstat(folder, &st), 0);
	assert_int_equal(client_folders(), 0);
}

/* ---- with a program that uses the same endpoint ---- */

struct seen {
	unsigned int messages;
};

static bool on_message(void *arg, const void *data, size_t len)
{
	(void)data;
	(void)len;
	((struct seen *)arg)->messages++;
	return true;
}

static bool has_message(void *arg)
{
	return ((struct seen *)arg)->messages > 0;
}

static bool can_send(void *ep)
{
	return mica_endpoint_can_send(ep);
}

static const char *path_of(struct mica_client *c, const char *name)
{
	struct mica_client_info *info = info_of(c);

	for (unsigned int i = 0; i < info->n_services; i++) {
		if (!strcmp(info->service[i].name, name))
			return info->service[i].device;
	}
	return "";
}

static void program_goes_first(void **state)
{
	const struct mica_endpoint_ops ops = { .message = on_message };
	struct mica_client *c = start_one("odd", RAW_NAMES);
	struct mica_endpoint *ep = NULL;
	char path[128], buf[8];
	struct seen seen = { 0 };
	struct mica_error err;
	struct stat st;
	int fd;

	(void)state;
	assert_true(run_until(all_announced, c, LIMIT_MS));
	snprintf(path, sizeof(path), "%s", path_of(c, "two words"));
	fd = connected(path);
	assert_int_equal(send(fd, "one", 3, 0), 3);
	assert_int_equal(received(fd, buf, sizeof(buf)), 3);
	if (mica_endpoint_open(c, "two words", &ops, &seen, &ep, &err))
		fail_msg("%s", err.text);
	/* The application sees the end, and the file is gone. */
	assert_int_equal(received(fd, buf, sizeof(buf)), 0);
	assert_int_equal(send(fd, "two", 3, MSG_NOSIGNAL), -1);
	assert_int_equal(errno, EPIPE);
	close(fd);
	assert_int_not_equal(lstat(path, &st), 0);
	assert_string_equal(path_of(c, "two words"), "");
	assert_true(run_until(can_send, ep, LIMIT_MS));
	assert_int_equal(mica_endpoint_send(ep, "x", 1), 0);
	assert_true(run_until(has_message, &seen, LIMIT_MS));
	/* It gets its socket back. */
	mica_endpoint_close(ep);
	assert_string_equal(path_of(c, "two words"), path);
	fd = connected(path);
	assert_int_equal(send(fd, "three", 5, 0), 5);
	assert_int_equal(received(fd, buf, sizeof(buf)), 5);
	close(fd);
	stop_and_remove(c);
}

/* ---- who gets one ---- */

static struct mica_client *started_with(const char *patterns, const char *group, bool sockets)
{
	struct mica_config cfg = config("odd");
	struct mica_client *c;

	snprintf(cfg.endpoints, sizeof(cfg.endpoints), "%s", patterns);
	snprintf(cfg.endpoint_group, sizeof(cfg.endpoint_group), "%s", group);
	cfg.endpoint_sockets = sockets;
	setenv(RAW_CLIENT_ENV, RAW_NAMES, 1);
	assert_int_equal(create(&cfg), MICA_OK);
	c = result.client;
	assert_int_equal(act(mica_client_start, c), MICA_OK);
	assert_true(run_until(all_announced, c, LIMIT_MS));
	return c;
}

static void only_those_that_are_wanted(void **state)
{
	struct mica_client *c = started_with("  p*.[xy]\tt?ice", "", true);

	(void)state;
	assert_string_not_equal(path_of(c, "plain-Name_1.x"), "");
	assert_string_not_equal(path_of(c, "twice"), "");
	assert_string_equal(path_of(c, "two words"), "");
	assert_string_equal(path_of(c, "."), "");
	stop_and_remove(c);
	c = started_with("", "", false);
	assert_string_equal(path_of(c, "plain-Name_1.x"), "");
	stop_and_remove(c);
}

static void unknown_group_opens_to_nobody(void **state)
{
	struct mica_client *c = started_with("", "no-such-group-at-all", true);
	struct stat st;

	(void)state;
	assert_int_equal(stat(path_of(c, "twice"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	stop_and_remove(c);
}

/* ---- the library's way of asking ---- */

static int named(const char *path, const char *name)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(addr.sun_path + 1, sizeof(addr.sun_path) - 1, "%s%d", name, getpid());
	assert_int_equal(bind(fd, (struct sockaddr *)&addr,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
					  strlen(addr.sun_path + 1))),
			 0);
	memset(&addr, 0, sizeof(addr));
	addr.sun_family = AF_UNIX;
	memcpy(addr.sun_path, path, strlen(path));
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

static void one_at_a_time(void **state)
{
	struct mica_client *c = start_one("odd", RAW_NAMES);
	struct mica_app_answer answer;
	int first, second, third;
	char path[128], buf[8];

	(void)state;
	assert_true(run_until(all_announced, c, LIMIT_MS));
	snprintf(path, sizeof(path), "%s", path_of(c, "twice"));
	first = named(path, MICA_APP_NAME);
	assert_int_equal(received(first, &answer, sizeof(answer)), sizeof(answer));
	assert_int_equal(answer.error, 0);
	assert_int_equal(answer.message_max, MICA_APP_MESSAGE);
	/* Told, or just ended. */
	second = named(path, MICA_APP_NAME "b");
	third = named(path, "somebody");
	assert_int_equal(received(second, &answer, sizeof(answer)), sizeof(answer));
	assert_int_equal(answer.error, EBUSY);
	assert_int_equal(received(second, &answer, sizeof(answer)), 0);
	assert_int_equal(received(third, &answer, sizeof(answer)), 0);
	close(second);
	close(third);
	/* The last words of one that has gone reach the client before the next one is taken. */
	assert_int_equal(send(first, "last", 4, 0), 4);
	close(first);
	second = named(path, MICA_APP_NAME);
	assert_int_equal(received(second, &answer, sizeof(answer)), sizeof(answer));
	assert_int_equal(answer.error, 0);
	/* The echo of it is for whoever reads next. */
	assert_int_equal(received(second, buf, sizeof(buf)), 4);
	assert_memory_equal(buf, "last", 4);
	close(second);
	stop_and_remove(c);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_escaped),
		cmocka_unit_test(long_paths_get_a_short_name),
		cmocka_unit_test(holds_in_order_and_within_bounds),
		cmocka_unit_test(hostile_names_stay_in_their_folder),
		cmocka_unit_test(program_goes_first),
		cmocka_unit_test(only_those_that_are_wanted),
		cmocka_unit_test(unknown_group_opens_to_nobody),
		cmocka_unit_test(one_at_a_time),
	};

	(void)argc;
	(void)argv;
	raw_client_main();
	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
