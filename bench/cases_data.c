/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data between an application and a client: endpoint sockets and a terminal kept full, and an
 * urgent endpoint while another process keeps the ordinary lane full. All on one core. The client
 * is mica-ref-native; MICA_BENCH_TTY is its terminal.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "mica/app.h"

#define WAIT_MS	    10000
#define UNDER_WAY   16u /* messages of a stream */
#define PIECE	    496u
#define COMMAND_MAX 32
#define LATENCY_OPS 200u
#define PERCENT	    90u

struct stream {
	const char *endpoint;
	struct mica_app *app;
	struct mica_app *bulk; /* the peer's, where there is one */
};

struct request { /* client/apps/traffic.h */
	uint32_t count, size;
};

static struct mica_app *open_app(const char *endpoint)
{
	struct mica_app *app = mica_app_open(bench_options.client, endpoint, 0, WAIT_MS);

	if (!app)
		bench_fail(endpoint);
	return app;
}

static void take(struct mica_app *app)
{
	uint8_t data[MICA_APP_MESSAGE];

	if (mica_app_recv(app, data, sizeof(data), WAIT_MS) < 0)
		bench_fail("mica_app_recv");
}

static void put(struct mica_app *app, size_t size)
{
	uint8_t data[MICA_APP_MESSAGE] = { 0 };

	if (mica_app_send(app, data, size, WAIT_MS))
		bench_fail("mica_app_send");
}

/* ---- streams ---- */

static void stream_open(void *arg)
{
	struct stream *s = arg;

	if (!s->app)
		s->app = open_app(s->endpoint);
}

/* Each message is echoed: the same way there and back. */
static void echo_stream(void *arg, uint32_t ops)
{
	struct stream *s = arg;
	uint32_t sent = 0, got = 0;

	while (got < ops) {
		while (sent < ops && sent - got < UNDER_WAY) {
			put(s->app, PIECE);
			sent++;
		}
		take(s->app);
		got++;
	}
}

/* The client makes them, with a sum over each. */
static void source_stream(void *arg, uint32_t ops)
{
	struct request request = { .count = ops, .size = PIECE };
	struct stream *s = arg;

	if (mica_app_send(s->app, &request, sizeof(request), WAIT_MS))
		bench_fail("mica_app_send");
	while (ops--)
		take(s->app);
}

/* ---- the terminal ---- */

struct tty {
	int fd;
};

static void tty_open(void *arg)
{
	const char *path = getenv("MICA_BENCH_TTY");
	struct tty *t = arg;

	if (t->fd >= 0)
		return;
	t->fd = path ? open(path, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
	if (t->fd < 0)
		bench_fail("MICA_BENCH_TTY");
}

static size_t tty_read(struct tty *t, void *data, size_t size)
{
	struct pollfd pfd = { .fd = t->fd, .events = POLLIN };
	ssize_t n = poll(&pfd, 1, WAIT_MS) > 0 ? read(t->fd, data, size) : -1;

	if (n <= 0)
		bench_fail("terminal");
	return (size_t)n;
}

static void tty_write(struct tty *t, const void *data, size_t size)
{
	const char *p = data;
	ssize_t n;

	for (; size; size -= (size_t)n, p += n) {
		n = write(t->fd, p, size);
		if (n <= 0)
			bench_fail("terminal");
	}
}

/* Until the shell's prompt. */
static void tty_settle(struct tty *t)
{
	static const char prompt[] = "mica:~$ ";
	char line[4096] = "";
	size_t have = 0;

	while (have < sizeof(prompt) - 1 ||
	       memcmp(line + have - (sizeof(prompt) - 1), prompt, sizeof(prompt) - 1) != 0) {
		if (have > sizeof(line) / 2) {
			memmove(line, line + have - sizeof(prompt), sizeof(prompt));
			have = sizeof(prompt);
		}
		have += tty_read(t, line + have, sizeof(line) - have);
	}
}

static void tty_command(struct tty *t, const char *verb, uint32_t bytes)
{
	char text[COMMAND_MAX];

	snprintf(text, sizeof(text), "%s %u\n", verb, bytes);
	tty_write(t, text, strlen(text));
}

static void tty_in(void *arg, uint32_t ops)
{
	struct tty *t = arg;

	tty_command(t, "flood", ops * PIECE);
	tty_settle(t);
}

static void tty_out(void *arg, uint32_t ops)
{
	static const uint8_t data[PIECE * 8];
	uint32_t left = ops * PIECE, n;
	struct tty *t = arg;

	tty_command(t, "sink", left);
	for (; left; left -= n) {
		n = left < sizeof(data) ? left : (uint32_t)sizeof(data);
		tty_write(t, data, n);
	}
	tty_settle(t);
}

/* ---- an urgent endpoint ---- */

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Of one message there and back what nine of ten stay below, as if all took that long. */
static uint64_t latency(void *arg, uint32_t ops)
{
	uint64_t took[LATENCY_OPS];
	struct stream *s = arg;

	for (uint32_t i = 0; i < ops; i++) {
		took[i] = bench_now_ns();
		put(s->app, 16);
		take(s->app);
		took[i] = bench_now_ns() - took[i];
	}
	qsort(took, ops, sizeof(took[0]), ascending);
	return took[ops * PERCENT / 100] * ops;
}

/* The connection is the parent's, which does not use it meanwhile. */
static void bulk_peer(void *arg)
{
	struct stream *s = arg;
	uint32_t under_way = 0;

	while (!bench_stopped() || under_way) {
		for (; !bench_stopped() && under_way < UNDER_WAY; under_way++)
			put(s->bulk, PIECE);
		take(s->bulk);
		under_way--;
	}
}

static void bulk_open(void *arg)
{
	struct stream *s = arg;

	stream_open(s);
	s->bulk = open_app("mica-sink");
}

/* ---- all ---- */

static const struct bench_kind echo_kind = { .unit = "ns",
					     .prepare = stream_open,
					     .host = echo_stream };
static const struct bench_kind source_kind = { .unit = "ns",
					       .prepare = stream_open,
					       .host = source_stream };
static const struct bench_kind tty_in_kind = {
	.unit = "MB/s", .mb = PIECE / 1e6, .prepare = tty_open, .host = tty_in
};
static const struct bench_kind tty_out_kind = {
	.unit = "MB/s", .mb = PIECE / 1e6, .prepare = tty_open, .host = tty_out
};
static const struct bench_kind idle_kind = { .unit = "ns",
					     .prepare = stream_open,
					     .timed = latency };
static const struct bench_kind bulk_kind = {
	.unit = "ns", .prepare = bulk_open, .timed = latency, .peer = bulk_peer
};

void bench_cases(void)
{
	static struct stream echo = { .endpoint = "mica-echo" };
	static struct stream source = { .endpoint = "mica-source" };
	static struct stream urgent = { .endpoint = "mica-urgent" };
	static struct tty tty = { .fd = -1 };

	bench_floors_wires();
	bench_floors_pty();
	bench_add(&echo_kind, &echo, BENCH_ALONE, 1000, 10, "data.echo.496");
	bench_add(&source_kind, &source, BENCH_ALONE, 1000, 10, "data.in.496");
	bench_add(&tty_in_kind, &tty, BENCH_ALONE, 1000, 5, "data.tty.in");
	bench_add(&tty_out_kind, &tty, BENCH_ALONE, 1000, 5, "data.tty.out");
	bench_add(&idle_kind, &urgent, BENCH_ALONE, LATENCY_OPS, 5, "data.urgent.idle.p90");
	bench_add(&bulk_kind, &urgent, BENCH_SAME, LATENCY_OPS, 5, "data.urgent.bulk.p90");
}
