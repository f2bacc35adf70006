/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The user's terminal joined to a client's. Three descriptors: standard input, the client's tty,
 * and the daemon's connection that tells when the client ends. A tty that goes away while the
 * client runs means that the daemon is being replaced: the console waits for the next one.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "link.h"
#include "options.h"
#include "terminal.h"
#include "until.h"
#include "watch.h"

#define ESCAPE	     0x1d /* Ctrl-] */
#define REOPEN_MS    10000
#define RETRY_MS     100
#define QUIET_MS     200 /* what the client said before its end arrives within this */
#define DRAIN_MAX_MS 60000
#define LINGER_MS    1000
#define UNTIL_MS     60000
#define LINGER_MAX_S 3600

struct console {
	struct cli *cli;
	const char *name, *service;
	int linger_ms;
	struct until until;
	struct link watch;
	int tty;
	bool interactive;
	bool input_ended;
	char out[4096]; /* towards the client */
	size_t out_len;
};

enum verdict { GO_ON, LEAVE, ENDED, LOST, BROKEN, SILENT };

static void say(const struct console *c, const char *text)
{
	fprintf(stderr, "%s[%s: %s]%s\n", c->interactive ? "\r\n" : "", c->name, text,
		c->interactive ? "\r" : "");
}

static long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ll + ts.tv_nsec / 1000000;
}

static int find_tty(struct console *c, char *out, size_t size, struct mica_error *err)
{
	struct json_object *reply = NULL;

	if (link_once(c->cli->socket, "GetTty",
		      json_strings("name", c->name, "service", c->service), &reply, err))
		return -1;
	snprintf(out, size, "%s", json_text(reply, "device"));
	json_object_put(reply);
	return 0;
}

/* Of two readers of one terminal each would get a part. */
static int lock_tty(struct console *c, const char *path, struct mica_error *err)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (!fcntl(c->tty, F_SETLK, &lock) || (errno != EAGAIN && errno != EACCES))
		return 0;
	if (fcntl(c->tty, F_GETLK, &lock) || lock.l_type == F_UNLCK)
		lock.l_pid = 0;
	close(c->tty);
	c->tty = -1;
	return cli_error(
		err, MICA_E_BUSY,
		"%s of %s is in use by another 'mica console' (process %d): a terminal has "
		"one reader",
		path, c->name, (int)lock.l_pid);
}

static int open_tty(struct console *c, char *path, size_t size, struct mica_error *err)
{
	struct termios t;

	if (find_tty(c, path, size, err))
		return -1;
	c->tty = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (c->tty < 0)
		return cli_error(err, errno == EACCES ? MICA_E_PERMISSION : MICA_E_FAILED,
				 "cannot open %s: %s", path, strerror(errno));
	if (lock_tty(c, path, err))
		return -1;
	/* Whoever used it before may have left it with echo: the client's text would come back. */
	if (!tcgetattr(c->tty, &t)) {
		cfmakeraw(&t);
		tcsetattr(c->tty, TCSANOW, &t);
	}
	return 0;
}

static int write_all(int fd, const char *p, size_t len)
{
	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR && !terminal_stop)
			continue;
		if (n < 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Everything that is there now. */
static enum verdict from_client(struct console *c)
{
	char buf[4096];
	ssize_t n;

	n = read(c->tty, buf, sizeof(buf));
	if (n > 0) {
		until_look(&c->until, buf, (size_t)n);
		return write_all(STDOUT_FILENO, buf, (size_t)n) ? LEAVE : GO_ON;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return GO_ON;
	return LOST; /* EIO or end: the daemon's side is closed */
}

static enum verdict from_user(struct console *c)
{
	char *p = c->out + c->out_len, *esc;
	ssize_t n = read(STDIN_FILENO, p, sizeof(c->out) - c->out_len);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return GO_ON;
	if (n <= 0) {
		c->input_ended = true;
		return c->interactive ? LEAVE : GO_ON;
	}
	/* Only a person presses keys: what is piped in goes through whole. */
	esc = c->interactive ? memchr(p, ESCAPE, (size_t)n) : NULL;
	c->out_len += esc ? (size_t)(esc - p) : (size_t)n;
	return esc ? LEAVE : GO_ON;
}

static enum verdict to_client(struct console *c)
{
	ssize_t n = write(c->tty, c->out, c->out_len);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? GO_ON : LOST;
	c->out_len -= (size_t)n;
	memmove(c->out, c->out + n, c->out_len);
	return GO_ON;
}

static enum verdict from_daemon(struct console *c, struct watch_event *e)
{
	struct mica_error err;
	int ret;

	while ((ret = watch_next(&c->watch, 0, e, &err)) > 0)
		if (watch_is_end(e->state))
			return ENDED;
	return ret < 0 ? LOST : GO_ON;
}

/* The last words of a client that ended, or the answer to the last of piped input. */
static void drain(struct console *c, int quiet_ms)
{
	struct pollfd p = { .fd = c->tty, .events = POLLIN };
	long long end = now_ms() + DRAIN_MAX_MS;

	while (!terminal_stop && now_ms() < end && poll(&p, 1, quiet_ms) > 0)
		if (from_client(c) != GO_ON)
			return;
}

/* All input is on its way: the line that is waited for. */
static enum verdict answer(struct console *c, struct watch_event *e)
{
	struct pollfd p[2] = {
		{ .fd = c->tty, .events = POLLIN },
		{ .fd = c->watch.fd, .events = POLLIN },
	};
	enum verdict v = GO_ON;
	int ret;

	while (v == GO_ON && !terminal_stop && !c->until.seen) {
		ret = poll(p, 2, c->linger_ms);
		if (!ret)
			return SILENT;
		if (ret < 0)
			continue; /* by a signal */
		if (p[0].revents)
			v = from_client(c);
		if (v == GO_ON && p[1].revents)
			v = from_daemon(c, e);
	}
	return v == GO_ON ? LEAVE : v;
}

static enum verdict turn(struct console *c, struct watch_event *e)
{
	bool room = !c->input_ended && c->out_len < sizeof(c->out);
	struct pollfd p[3] = {
		{ .fd = room ? STDIN_FILENO : -1, .events = POLLIN },
		{ .fd = c->tty, .events = (short)(POLLIN | (c->out_len ? POLLOUT : 0)) },
		{ .fd = c->watch.fd, .events = POLLIN },
	};
	enum verdict v = GO_ON;

	if (poll(p, 3, -1) < 0)
		return errno == EINTR ? GO_ON : BROKEN;
	if (p[1].revents & (POLLIN | POLLHUP | POLLERR))
		v = from_client(c);
	if (v == GO_ON && (p[1].revents & POLLOUT))
		v = to_client(c);
	if (v == GO_ON && p[2].revents)
		v = from_daemon(c, e);
	if (v == GO_ON && p[0].revents)
		v = from_user(c);
	return v;
}

static enum verdict talk(struct console *c, struct watch_event *e)
{
	enum verdict v = GO_ON;

	while (v == GO_ON && !terminal_stop) {
		if (c->input_ended && !c->out_len) {
			if (c->until.set)
				return answer(c, e);
			drain(c, c->linger_ms);
			return LEAVE;
		}
		v = turn(c, e);
	}
	return v == GO_ON ? LEAVE : v;
}

static void close_all(struct console *c)
{
	if (c->tty >= 0)
		close(c->tty);
	c->tty = -1;
	link_close(&c->watch);
}

/* GO_ON: open again. */
static enum verdict reopen(struct console *c, struct watch_event *e)
{
	const struct timespec step = { .tv_nsec = RETRY_MS * 1000000l };
	long long end = now_ms() + REOPEN_MS;
	struct mica_error err = { .code = MICA_OK };
	char path[256];

	close_all(c);
	for (bool told = false; !terminal_stop && now_ms() < end; nanosleep(&step, NULL)) {
		if (!watch_open(&c->watch, c->cli->socket, c->name, &err) &&
		    watch_next(&c->watch, REOPEN_MS, e, &err) > 0) {
			if (watch_is_end(e->state))
				return ENDED;
			if (!open_tty(c, path, sizeof(path), &err)) {
				if (told)
					say(c, "connected again");
				return GO_ON;
			}
		}
		if (!told)
			say(c, "connection lost, waiting for micad");
		told = true;
		close_all(c);
		if (err.code == MICA_E_UNKNOWN || err.code == MICA_E_PERMISSION ||
		    err.code == MICA_E_BUSY)
			break;
	}
	return terminal_stop ? LEAVE : LOST;
}

static int finish(struct console *c, enum verdict v, const struct watch_event *e)
{
	struct mica_error err;
	char text[MICA_ERROR_TEXT + 64];

	switch (v) {
	case ENDED:
		snprintf(text, sizeof(text), "client is %s%s%s", e->state, *e->reason ? ": " : "",
			 e->reason);
		say(c, text);
		return watch_went_wrong(e->state) ? MICA_E_CLIENT : MICA_OK;
	case LEAVE:
		if (c->interactive)
			say(c, "left; the client goes on");
		return MICA_OK;
	case SILENT:
		cli_error(&err, MICA_E_TIMEOUT,
			  "client %s was silent for %g s: the line that --until names did not come",
			  c->name, c->linger_ms / 1000.0);
		return cli_fail(c->cli, &err);
	default:
		cli_error(&err, MICA_E_NO_DAEMON, "lost the terminal of %s: micad went away",
			  c->name);
		return cli_fail(c->cli, &err);
	}
}

static int converse(struct console *c)
{
	struct watch_event e = { .state = "" };
	enum verdict v;

	do {
		v = talk(c, &e);
		if (v == ENDED)
			drain(c, QUIET_MS);
		if (v == LOST)
			v = reopen(c, &e);
	} while (v == GO_ON);
	terminal_restore();
	return finish(c, v, &e);
}

static int console(struct console *c)
{
	struct mica_error err;
	char path[256];
	int ret;

	c->interactive = terminal_is_one();
	c->tty = c->watch.fd = -1;
	if (open_tty(c, path, sizeof(path), &err) ||
	    watch_open(&c->watch, c->cli->socket, c->name, &err)) {
		close_all(c);
		return cli_fail(c->cli, &err);
	}
	if (c->interactive)
		fprintf(stderr, "Connected to %s (%s). Press Ctrl-] to leave.\n", c->name, path);
	terminal_raw();
	ret = converse(c);
	close_all(c);
	return ret;
}

/* -1: go on. Else the exit status. */
static int options(struct console *c, int argc, char **argv)
{
	const char *until = NULL;
	double linger = -1;
	const struct cli_option table[] = {
		{ .name = "linger", .seconds = &linger, .max = LINGER_MAX_S },
		{ .name = "until", .text = &until },
		{ 0 },
	};
	int ret = cli_options(c->cli, &verb_console, &argc, &argv, table, "NAME [SERVICE]");
	char why[100];

	if (ret >= 0)
		return ret;
	if (until && until_set(&c->until, until, why, sizeof(why)))
		return cli_usage(c->cli, &verb_console, "--until '%.60s': %s", until, why);
	if (linger >= 0)
		c->linger_ms = (int)(linger * 1000);
	else
		c->linger_ms = until ? UNTIL_MS : LINGER_MS;
	c->name = argv[0];
	c->service = argv[1]; /* NULL where there is none: argv ends so */
	return -1;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct console c = { .cli = cli };
	int ret = options(&c, argc, argv);

	if (ret < 0)
		ret = console(&c);
	until_free(&c.until);
	return ret;
}

const struct verb verb_console = {
	.name = "console",
	.args = "NAME [SERVICE]",
	.summary = "Talk to a client on its terminal; Ctrl-] leaves",
	.help = "SERVICE is the terminal's endpoint name, by default the first one.\n"
		"Without a terminal on standard input, input is passed on and output printed "
		"until\n"
		"the input has ended and the client has been silent for some time:\n"
		"  --linger SEC  how long (default 1; with --until 60)\n"
		"  --until REGEX leave as soon as a line like that came; none: exit status 11\n",
	.run = run,
};
