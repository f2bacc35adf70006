/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "link.h"
#include "mica/control.h"

#define HELLO_MS   10000
#define FIRST_SIZE 4096u
#define REPLY_MAX  (16u << 20)

static int no_daemon(struct mica_error *err, const char *socket)
{
	if (errno == EACCES || errno == EPERM)
		return cli_error(err, MICA_E_PERMISSION,
				 "no permission to talk to micad (%s): become root or a member of "
				 "the group " MICA_GROUP,
				 socket);
	return cli_error(err, MICA_E_NO_DAEMON,
			 "micad does not run (%s: %s); start it with 'systemctl start micad' or "
			 "'/etc/init.d/micad start'",
			 socket, strerror(errno));
}

static int gone(struct mica_error *err)
{
	return cli_error(err, MICA_E_NO_DAEMON, "micad ended before it answered; try again");
}

static int send_all(struct link *link, const char *text, struct mica_error *err)
{
	size_t len = strlen(text) + 1, done = 0;

	while (done < len) {
		ssize_t n = send(link->fd, text + done, len - done, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		/* A daemon that refuses closes its end; its reason is in what it sent before. */
		if (n < 0 && errno == EPIPE)
			return 0;
		if (n < 0)
			return gone(err);
		done += (size_t)n;
	}
	return 0;
}

static int send_call(struct link *link, const char *method, struct json_object *params, bool more,
		     struct mica_error *err)
{
	struct json_object *call = json_object_new_object();
	char name[96];
	int ret;

	snprintf(name, sizeof(name), MICA_CONTROL_IFACE ".%s", method);
	json_object_object_add(call, "method", json_object_new_string(name));
	json_object_object_add(call, "parameters", params ? params : json_object_new_object());
	if (more)
		json_object_object_add(call, "more", json_object_new_boolean(true));
	ret = send_all(link, json_object_to_json_string_ext(call, JSON_C_TO_STRING_PLAIN), err);
	json_object_put(call);
	return ret;
}

static long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ll + ts.tv_nsec / 1000000;
}

static int grow(struct link *link, struct mica_error *err)
{
	size_t size = link->size * 2;
	char *buf;

	if (link->len < link->size)
		return 0;
	buf = size <= REPLY_MAX ? realloc(link->buf, size) : NULL;
	if (!buf)
		return cli_error(err, MICA_E_PROTOCOL, "reply of micad is too large");
	link->buf = buf;
	link->size = size;
	return 0;
}

/* 1: a whole message is at the start of buf; 0: time is up; -1: error. */
static int receive(struct link *link, int timeout_ms, struct mica_error *err)
{
	long long end = now_ms() + timeout_ms;
	size_t seen = 0;

	for (;;) {
		struct pollfd p = { .fd = link->fd, .events = POLLIN };
		long long left = timeout_ms < 0 ? -1 : end - now_ms();
		ssize_t n;

		if (memchr(link->buf + seen, '\0', link->len - seen))
			return 1;
		seen = link->len;
		if (grow(link, err))
			return -1;
		if (timeout_ms >= 0 && left < 0)
			left = 0;
		n = poll(&p, 1, (int)left);
		if (n == 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return gone(err);
		if (n < 0)
			continue;
		n = recv(link->fd, link->buf + link->len, link->size - link->len, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return gone(err);
		link->len += (size_t)n;
	}
}

static struct json_object *parse_first(struct link *link)
{
	size_t used = strlen(link->buf) + 1;
	struct json_object *o = json_tokener_parse(link->buf);

	memmove(link->buf, link->buf + used, link->len - used);
	link->len -= used;
	return o;
}

/* Errors of org.varlink.service: this program and the daemon do not fit together. */
static int foreign_error(const char *error, struct json_object *params, struct mica_error *err)
{
	if (!strcmp(error, "org.varlink.service.InvalidParameter"))
		return cli_error(err, MICA_E_PROTOCOL, "micad does not accept parameter '%s'",
				 json_text(params, "parameter"));
	return cli_error(err, MICA_E_PROTOCOL, "micad answered %s; is it of another version?",
			 error);
}

static int take_error(struct json_object *root, struct mica_error *err)
{
	const char *error = json_text(root, "error");
	struct json_object *params = NULL;
	long long code;

	json_object_object_get_ex(root, "parameters", &params);
	if (strcmp(error, MICA_CONTROL_IFACE ".Error") != 0)
		return foreign_error(error, params, err);
	code = json_number(params, "code");
	return cli_error(err, code > 0 && code < 64 ? (enum mica_code)code : MICA_E_FAILED, "%s",
			 json_text(params, "message"));
}

int link_next(struct link *link, int timeout_ms, struct json_object **reply, struct mica_error *err)
{
	struct json_object *root, *params = NULL;
	int ret = receive(link, timeout_ms, err);

	if (ret <= 0)
		return ret;
	root = parse_first(link);
	if (!json_object_is_type(root, json_type_object)) {
		json_object_put(root);
		return cli_error(err, MICA_E_PROTOCOL,
				 "micad's answer is not understood; is it "
				 "of another version?");
	}
	if (*json_text(root, "error")) {
		ret = take_error(root, err);
	} else if (reply) {
		json_object_object_get_ex(root, "parameters", &params);
		*reply = json_object_get(params);
	}
	json_object_put(root);
	return ret;
}

int link_call(struct link *link, const char *method, struct json_object *params,
	      struct json_object **reply, struct mica_error *err)
{
	if (send_call(link, method, params, false, err))
		return -1;
	return link_next(link, LINK_FOREVER, reply, err) < 0 ? -1 : 0;
}

int link_watch(struct link *link, const char *method, struct json_object *params,
	       struct mica_error *err)
{
	return send_call(link, method, params, true, err);
}

static int hello(struct link *link, struct mica_error *err)
{
	struct json_object *params = json_object_new_object(), *reply = NULL;
	long long theirs;
	int ret;

	json_object_object_add(params, "protocol", json_object_new_int(MICA_PROTOCOL));
	if (send_call(link, "Version", params, false, err))
		return -1;
	ret = link_next(link, HELLO_MS, &reply, err);
	if (ret < 0)
		return -1;
	if (ret == 0)
		return cli_error(err, MICA_E_NO_DAEMON,
				 "micad does not answer within %d seconds; 'journalctl -u micad' "
				 "may say why",
				 HELLO_MS / 1000);
	theirs = json_number(reply, "protocol");
	if (theirs != MICA_PROTOCOL)
		cli_error(err, MICA_E_PROTOCOL,
			  "micad (%s) speaks protocol %lld, this mica (%s) %d; install both from "
			  "the same release",
			  json_text(reply, "version"), theirs, MICA_VERSION, MICA_PROTOCOL);
	json_object_put(reply);
	return theirs == MICA_PROTOCOL ? 0 : -1;
}

int link_open(struct link *link, const char *socket_path, struct mica_error *err)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	memset(link, 0, sizeof(*link));
	link->fd = -1;
	if (strlen(socket_path) >= sizeof(addr.sun_path)) {
		cli_error(err, MICA_E_USAGE, "'%.120s' is too long for a socket path", socket_path);
		return -1;
	}
	strcpy(addr.sun_path, socket_path);
	link->buf = malloc(FIRST_SIZE);
	if (!link->buf) {
		cli_error(err, MICA_E_FAILED, "out of memory");
		return -1;
	}
	link->size = FIRST_SIZE;
	link->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (link->fd < 0 || connect(link->fd, (struct sockaddr *)&addr, sizeof(addr))) {
		no_daemon(err, socket_path);
		link_close(link);
		return -1;
	}
	if (hello(link, err)) {
		link_close(link);
		return -1;
	}
	return 0;
}

void link_close(struct link *link)
{
	if (link->fd >= 0)
		close(link->fd);
	free(link->buf);
	memset(link, 0, sizeof(*link));
	link->fd = -1;
}

int link_once(const char *socket_path, const char *method, struct json_object *params,
	      struct json_object **reply, struct mica_error *err)
{
	struct link link;
	int ret;

	if (link_open(&link, socket_path, err)) {
		json_object_put(params);
		return -1;
	}
	ret = link_call(&link, method, params, reply, err);
	link_close(&link);
	return ret;
}
