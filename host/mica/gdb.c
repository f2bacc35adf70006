/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A debugger on a client: the daemon says where its socket and its image are. For debuggers that
 * know TCP only, this process joins one connection of 127.0.0.1 after the other to the socket.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli.h"
#include "link.h"
#include "options.h"

#define GDB_ENV	 "MICA_GDB"
#define ARGS_MAX 256

/* The client's part of `status`, one reference; NULL: *err. */
static struct json_object *look(struct cli *cli, const char *name, struct mica_error *err)
{
	struct json_object *reply = NULL, *list, *one;

	if (link_once(cli->socket, "List", json_strings("name", name), &reply, err))
		return NULL;
	list = json_list(reply, "clients");
	one = list ? json_object_get(json_object_array_get_idx(list, 0)) : NULL;
	json_object_put(reply);
	if (!one)
		cli_error(err, MICA_E_UNKNOWN, "no client named '%s'", name);
	return one;
}

/* 0, or why there is no debugger. */
static int check(struct json_object *client, const char *name, struct mica_error *err)
{
	const char *state = json_text(client, "state");

	if (*json_text(client, "debugger"))
		return 0;
	if (!json_flag(client, "debug"))
		return cli_error(err, MICA_E_CONFIG,
				 "client '%s' is not set up for a debugger: write Debug=yes into "
				 "its configuration, remove it and create it again",
				 name);
	if (strcmp(state, "Running") != 0 && strcmp(state, "Ready") != 0)
		return cli_error(err, MICA_E_STATE, "client '%s' is in state %s: start it first",
				 name, state);
	return cli_error(err, MICA_E_STATE,
			 "the image of client '%s' has no ring pair for a debugger (entry 129 of "
			 "its resource table): start one that was built for debugging",
			 name);
}

/* ---- TCP ---- */

static int connect_unix(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	if (fd >= 0 && !connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* What has arrived at `from` goes to `to`. False: one of them is gone. */
static bool pass(int from, int to)
{
	char buf[4096], *p = buf;
	ssize_t n = read(from, buf, sizeof(buf));

	if (n < 0)
		return errno == EINTR;
	while (n > 0) {
		ssize_t sent = send(to, p, (size_t)n, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return false;
		p += sent;
		n -= sent;
	}
	return p != buf;
}

static void join(int tcp, int client)
{
	struct pollfd fds[] = { { .fd = tcp, .events = POLLIN },
				{ .fd = client, .events = POLLIN } };

	for (;;) {
		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[0].revents && !pass(tcp, client))
			return;
		if (fds[1].revents && !pass(client, tcp))
			return;
	}
}

static int serve(struct cli *cli, const char *path, unsigned int port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_port = htons((uint16_t)port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int on = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(addr);
	struct mica_error err;

	if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(listener, (struct sockaddr *)&addr, len) || listen(listener, 1) ||
	    getsockname(listener, (struct sockaddr *)&addr, &len)) {
		cli_error(&err, MICA_E_FAILED, "cannot listen on 127.0.0.1:%u: %s", port,
			  strerror(errno));
		return cli_fail(cli, &err);
	}
	printf("target extended-remote 127.0.0.1:%u\n", ntohs(addr.sin_port));
	fflush(stdout);
	for (;;) {
		int tcp = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		int client = tcp < 0 ? -1 : connect_unix(path);

		if (tcp >= 0 && client < 0) {
			cli_error(&err, MICA_E_STATE, "the client has ended: %s: %s", path,
				  strerror(errno));
			return cli_fail(cli, &err);
		}
		if (client >= 0) {
			join(tcp, client);
			close(client);
		}
		if (tcp >= 0)
			close(tcp);
	}
}

/* ---- the debugger ---- */

/* Returns only if it cannot be started. */
static int start_gdb(struct cli *cli, struct json_object *client, char **more)
{
	static const char *const names[] = { "gdb-multiarch", "gdb", NULL };
	const char *own = getenv(GDB_ENV);
	const char *args[ARGS_MAX + 12], *image = json_text(client, "image_path");
	struct mica_error err;
	char target[512];
	size_t n = 1;

	snprintf(target, sizeof(target), "target extended-remote %s",
		 json_text(client, "debugger"));
	args[n++] = "-q";
	/* A client takes its time to start afresh. */
	args[n++] = "-iex";
	args[n++] = "set remotetimeout 10";
	if (!strcmp(json_text(client, "pedestal"), "native")) {
		/* Its libraries are this machine's. */
		args[n++] = "-iex";
		args[n++] = "set sysroot /";
	}
	args[n++] = "-ex";
	args[n++] = target;
	while (*more && n < ARGS_MAX)
		args[n++] = *more++;
	/* Raw images have no symbols. */
	if (*image && !access(image, R_OK))
		args[n++] = image;
	args[n] = NULL;
	for (const char *const *name = names; *name; name++) {
		args[0] = own && *own ? own : *name;
		execvp(args[0], (char *const *)args);
		if (own && *own)
			break;
	}
	cli_error(&err, MICA_E_FAILED,
		  "cannot start %s: %s; install gdb-multiarch, or name a debugger in $" GDB_ENV
		  "; --print-socket tells where to connect",
		  own && *own ? own : "gdb-multiarch or gdb", strerror(errno));
	return cli_fail(cli, &err);
}

static int run(struct cli *cli, int argc, char **argv)
{
	bool print = false;
	long long port = -1;
	const struct cli_option options[] = {
		{ .name = "port", .number = &port, .max = UINT16_MAX },
		{ .name = "print-socket", .flag = &print },
		{ 0 },
	};
	int ret = cli_options(cli, &verb_gdb, &argc, &argv, options, "NAME [GDB-ARG]...");
	struct json_object *client;
	struct mica_error err;

	if (ret >= 0)
		return ret;
	client = look(cli, argv[0], &err);
	if (!client)
		return cli_fail(cli, &err);
	if (check(client, argv[0], &err))
		ret = cli_fail(cli, &err);
	else if (cli->json)
		cli_print_json(json_strings("name", argv[0], "socket",
					    json_text(client, "debugger"), "image",
					    json_text(client, "image_path")));
	else if (print)
		printf("%s\n", json_text(client, "debugger"));
	else if (port >= 0)
		ret = serve(cli, json_text(client, "debugger"), (unsigned int)port);
	else
		ret = start_gdb(cli, client, argv + 1);
	json_object_put(client);
	return ret < 0 ? MICA_OK : ret;
}

const struct verb verb_gdb = {
	.name = "gdb",
	.args = "[OPTION] NAME [-- GDB-ARGS]",
	.summary = "Debug a client that has Debug=yes",
	.help = "Starts gdb-multiarch, or gdb, or what $MICA_GDB names, with the client's image\n"
		"and connected to it.\n"
		"  --port N         start nothing, join 127.0.0.1:N to the client until it ends;\n"
		"                   0 takes a free port\n"
		"  --print-socket   start nothing, print where a debugger can connect\n",
	.run = run,
};
