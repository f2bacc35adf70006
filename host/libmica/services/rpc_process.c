/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Starting micarpc: standard output is a pipe, the client's console, whose lines go to its log;
 * descriptor 3 a socket. Both handles live on until the process has ended.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rpc_process.h"

#define PROGRAM	     "micarpc"
#define SYSTEM_RUN   "/run/mica"
#define SYSTEM_STATE "/var/lib/mica"
/* Above what systemd gives to containers, below where some programs take numbers for negative. */
#define USER_FIRST     0x70000000u
#define USER_COUNT     0x100000u
#define LINE_MAX_BYTES 240u
#define TURN_BYTES     8192u /* of the console, taken in one turn of the loop */

struct process {
	uv_process_t uv; /* first: mica_handle_free() frees this */
	struct mica_host *host;
};

struct console {
	struct mica_host *host;
	uv_poll_t *poll;
	int fd;
	char name[MICA_NAME_MAX + 1];
	char line[LINE_MAX_BYTES + 1];
	size_t len;
};

/* ---- where, who ---- */

int mica_rpc_root(const struct mica_client *client, char path[PATH_MAX])
{
	const char *run = client->host->run_root, *name = client->cfg.name, *dir;
	int n;

	if (client->cfg.rpc_root[0])
		n = snprintf(path, PATH_MAX, "%s", client->cfg.rpc_root);
	else if (geteuid() == 0 && !strcmp(run, SYSTEM_RUN))
		n = snprintf(path, PATH_MAX, "%s/%s", SYSTEM_STATE, name);
	else if (geteuid() != 0 && (dir = getenv("XDG_STATE_HOME")) && *dir == '/')
		n = snprintf(path, PATH_MAX, "%s/mica/%s", dir, name);
	else
		n = snprintf(path, PATH_MAX, "%s/files/%s", run, name);
	return n < PATH_MAX ? 0 : -1;
}

uint32_t mica_rpc_user(const struct mica_config *cfg)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	if (cfg->rpc_user)
		return cfg->rpc_user;
	for (const char *p = cfg->name; *p; p++)
		hash = (hash ^ (uint8_t)*p) * 16777619u;
	return USER_FIRST + hash % USER_COUNT;
}

/* Beside the daemon, as it is built, or where it is installed. */
static int find_program(char path[PATH_MAX], struct mica_error *err)
{
	static const char *const places[] = { "", "../libexec/mica/" };
	char self[PATH_MAX - 64], *slash;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[n < 0 ? 0 : n] = '\0';
	slash = strrchr(self, '/');
	if (!slash)
		return mica_fail(err, MICA_E_FAILED, "/proc/self/exe: %s", strerror(errno));
	slash[1] = '\0';
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, PATH_MAX, "%s%s%s", self, places[i], PROGRAM);
		if (access(path, X_OK) == 0)
			return 0;
	}
	return mica_fail(err, MICA_E_PLATFORM, "rpc: no program %s; is it installed?", path);
}

/* ---- console ---- */

static void end_line(struct console *c)
{
	c->line[c->len] = '\0';
	if (c->len)
		mica_log_from(c->host, LOG_INFO, c->name, "rpc", c->line);
	c->len = 0;
}

static void take_text(struct console *c, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n' || c->len == LINE_MAX_BYTES)
			end_line(c);
		if (text[i] == '\r' || text[i] == '\n')
			continue;
		/* No control characters in a log. */
		c->line[c->len++] =
			(unsigned char)text[i] < 0x20 && text[i] != '\t' ? '.' : text[i];
	}
}

static void console_end(struct console *c)
{
	struct mica_host *host = c->host;

	end_line(c);
	uv_poll_stop(c->poll);
	mica_handle_free(host, c->poll);
	close(c->fd);
	free(c);
	mica_host_unref(host);
}

static void on_text(uv_poll_t *poll, int status, int events)
{
	struct console *c = poll->data;
	char text[TURN_BYTES];
	ssize_t n = status < 0 ? 0 : read(c->fd, text, sizeof(text));

	(void)events;
	if (n > 0)
		take_text(c, text, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		console_end(c); /* the last that could have printed is gone */
}

/* Takes fd over, also when it fails. */
static int console_start(struct mica_client *client, int fd, struct mica_error *err)
{
	struct console *c = calloc(1, sizeof(*c));
	int rc = UV_ENOMEM;

	if (c)
		c->poll = calloc(1, sizeof(*c->poll));
	if (c && c->poll)
		rc = uv_poll_init(client->host->loop, c->poll, fd);
	if (rc) {
		if (c)
			free(c->poll);
		free(c);
		close(fd);
		return mica_fail(err, MICA_E_FAILED, "rpc: %s", uv_strerror(rc));
	}
	c->host = client->host;
	c->fd = fd;
	snprintf(c->name, sizeof(c->name), "%s", client->cfg.name);
	c->poll->data = c;
	mica_host_ref(c->host);
	uv_poll_start(c->poll, UV_READABLE, on_text);
	return 0;
}

/* ---- process ---- */

static void on_exit_cb(uv_process_t *uv, int64_t status, int term_signal)
{
	struct process *p = (struct process *)uv;
	struct mica_host *host = p->host;

	(void)status;
	(void)term_signal; /* the socket's end tells whoever waits for it */
	mica_handle_free(host, p);
	mica_host_unref(host);
}

static int spawn(struct mica_client *client, int sock, int out, struct mica_error *err)
{
	const struct mica_config *cfg = &client->cfg;
	char program[PATH_MAX], root[PATH_MAX], uid[16], machine[16];
	static char opt_root[] = "--root", opt_uid[] = "--uid", opt_machine[] = "--machine",
		    opt_system[] = "--system", opt_network[] = "--network",
		    path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char *args[12], *env[] = { path, NULL };
	uv_stdio_container_t stdio[4] = {
		{ .flags = UV_IGNORE },
		{ .flags = UV_INHERIT_FD, .data.fd = out },
		{ .flags = UV_INHERIT_FD, .data.fd = out },
		{ .flags = UV_INHERIT_FD, .data.fd = sock },
	};
	uv_process_options_t opt = { .exit_cb = on_exit_cb, .stdio = stdio, .stdio_count = 4 };
	struct process *p;
	int n = 0, rc;

	if (find_program(program, err))
		return -1;
	if (mica_rpc_root(client, root))
		return mica_fail(err, MICA_E_FAILED, "rpc: path of the root folder is too long");
	snprintf(uid, sizeof(uid), "%u", mica_rpc_user(cfg));
	snprintf(machine, sizeof(machine), "%u", client->ops->caps.elf_machine[0]);
	args[n++] = program;
	args[n++] = opt_root;
	args[n++] = root;
	args[n++] = opt_uid;
	args[n++] = uid;
	args[n++] = opt_machine;
	args[n++] = machine;
	if (cfg->rpc_system)
		args[n++] = opt_system;
	if (cfg->rpc_network)
		args[n++] = opt_network;
	args[n] = NULL;
	opt.file = program;
	opt.args = args;
	opt.env = env;
	p = calloc(1, sizeof(*p));
	if (!p)
		return mica_fail(err, MICA_E_FAILED, "out of memory");
	rc = uv_spawn(client->host->loop, &p->uv, &opt);
	if (rc) {
		mica_handle_free(client->host, p);
		return mica_fail(err, MICA_E_FAILED, "rpc: cannot start %s: %s", program,
				 uv_strerror(rc));
	}
	p->host = client->host;
	mica_host_ref(p->host);
	return 0;
}

int mica_rpc_process_start(struct mica_client *client, int *sock, struct mica_error *err)
{
	int pair[2], out[2], rc;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return mica_fail(err, MICA_E_FAILED, "rpc: socket: %s", strerror(errno));
	if (pipe2(out, O_CLOEXEC)) {
		close(pair[0]);
		close(pair[1]);
		return mica_fail(err, MICA_E_FAILED, "rpc: pipe: %s", strerror(errno));
	}
	/* Ours only: the process waits for us, we never for it. */
	(void)fcntl(pair[0], F_SETFL, O_NONBLOCK);
	(void)fcntl(out[0], F_SETFL, O_NONBLOCK);
	rc = spawn(client, pair[1], out[1], err);
	close(pair[1]);
	close(out[1]);
	if (rc)
		close(out[0]);
	else
		rc = console_start(client, out[0], err);
	if (rc) {
		close(pair[0]);
		return -1;
	}
	*sock = pair[0];
	return 0;
}
