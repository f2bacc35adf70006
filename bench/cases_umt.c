/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bench_umt: bulk messages, an application's side. A daemon runs below MICA_RUN_ROOT with a client
 * NAME of the variant "bench", best on another core than this: bench_umt --client=NAME.
 */
#include <poll.h>
#include <string.h>

#include "../client/apps/bench.h"
#include "bench.h"
#include "mica/app.h"
#include "mica/umt.h"

#define WAIT_MS 30000
#define MIB	(1u << 20)

/* One connection of each kind for all cases. */
static struct mica_umt *umt;
static struct mica_app *control;

struct bulk {
	uint32_t size;
	bool same; /* on the core of daemon and client */
	uint8_t *data;
};

static void connect_once(void *arg)
{
	struct bulk *b = arg;
	char why[256];

	if (!umt)
		umt = mica_umt_open(bench_options.client, WAIT_MS, why, sizeof(why));
	if (!umt)
		bench_fail(why[0] ? why : "rpmsg-umt");
	if (!control)
		control = mica_app_open(bench_options.client, CLIENT_BENCH_ENDPOINT, 0, WAIT_MS);
	if (!control)
		bench_fail(CLIENT_BENCH_ENDPOINT);
	b->data = bench_shared(b->size);
	memset(b->data, 0x5a, b->size);
}

static void go_there(const struct bulk *b)
{
	bench_pin(bench_options.cpu[b->same]);
}

/* ---- to the client ---- */

/* Until the client has read everything: then there is room for all that the window holds. */
static void all_read(void)
{
	void *room = mica_umt_alloc(umt, MIB, WAIT_MS);

	if (!room)
		bench_fail("mica_umt_alloc");
	mica_umt_discard(umt, room);
}

static void send_one(const struct bulk *b)
{
	if (mica_umt_send(umt, b->data, b->size, WAIT_MS))
		bench_fail("mica_umt_send");
}

/* Finding room and filling it. */
static uint64_t copy_timed(void *arg, uint32_t ops)
{
	const struct bulk *b = arg;
	uint64_t ns = 0;

	go_there(b);
	while (ops--) {
		uint64_t begin = bench_now_ns();
		void *piece = mica_umt_alloc(umt, b->size, WAIT_MS);

		if (!piece)
			bench_fail("mica_umt_alloc");
		memcpy(piece, b->data, b->size);
		ns += bench_now_ns() - begin;
		if (mica_umt_send_piece(umt, piece, b->size, false))
			bench_fail("mica_umt_send_piece");
		all_read();
	}
	return ns;
}

/* And telling of it. */
static uint64_t send_timed(void *arg, uint32_t ops)
{
	uint64_t ns = 0;

	go_there(arg);
	while (ops--) {
		uint64_t begin = bench_now_ns();

		send_one(arg);
		ns += bench_now_ns() - begin;
		all_read();
	}
	return ns;
}

static void out_host(void *arg, uint32_t ops)
{
	go_there(arg);
	while (ops--)
		send_one(arg);
	all_read();
}

/* ---- from the client ---- */

static void ask(const struct bulk *b, uint32_t count)
{
	const struct client_bench_request r = { CLIENT_BENCH_UMT, count, b->size };

	if (mica_app_send(control, &r, sizeof(r), WAIT_MS))
		bench_fail("mica_app_send");
}

static void answered(uint32_t count)
{
	struct client_bench_answer a;

	if (mica_app_recv(control, &a, sizeof(a), WAIT_MS) != (ssize_t)sizeof(a) ||
	    a.count != count)
		bench_fail("answer of the client");
}

static void wait_readable(void)
{
	struct pollfd pfd = { .fd = mica_umt_fd(umt), .events = POLLIN };

	if (poll(&pfd, 1, WAIT_MS) != 1)
		bench_fail("a message of the client");
}

/* Taking and reading it; that it goes back, too, is not timed. */
static uint64_t take_one(const struct bulk *b)
{
	uint64_t begin = bench_now_ns(), ns;
	struct mica_umt_data in;

	if (mica_umt_recv(umt, &in, WAIT_MS) || in.len != b->size || in.more)
		bench_fail("mica_umt_recv");
	bench_consume(in.data, in.len);
	ns = bench_now_ns() - begin;
	if (mica_umt_release(umt, &in))
		bench_fail("mica_umt_release");
	return ns;
}

/* From the moment that it is there. */
static uint64_t read_timed(void *arg, uint32_t ops)
{
	uint64_t ns = 0;

	go_there(arg);
	while (ops--) {
		ask(arg, 1);
		answered(1);
		wait_readable();
		ns += take_one(arg);
	}
	return ns;
}

static void in_host(void *arg, uint32_t ops)
{
	go_there(arg);
	ask(arg, ops);
	for (uint32_t i = 0; i < ops; i++)
		take_one(arg);
	answered(ops);
}

/* ---- cases ---- */

static void add_case(const struct bench_kind *like, const char *name, uint32_t size, uint32_t ops,
		     bool same)
{
	struct bench_kind *kind = bench_alloc(sizeof(*kind));
	struct bulk *b = bench_alloc(sizeof(*b));

	b->size = size;
	b->same = same;
	*kind = *like;
	kind->mb = size / 1e6;
	kind->unit = "MB/s";
	kind->prepare = connect_once;
	/* The client is no peer of this program: it stays where it is. */
	bench_add(kind, b, BENCH_ALONE, ops, 10, "umt.%s.%s.%u", same ? "same" : "cross", name,
		  size);
}

static void add(uint32_t size, uint32_t ops)
{
	static const struct bench_kind kinds[] = {
		{ .timed = copy_timed }, { .timed = send_timed }, { .timed = read_timed },
		{ .host = out_host },	 { .host = in_host },
	};
	static const char *const names[] = { "copy", "send", "read", "out", "in" };

	for (unsigned int i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		add_case(&kinds[i], names[i], size, ops, true);
		if (bench_options.cpu[0] != bench_options.cpu[1])
			add_case(&kinds[i], names[i], size, ops, false);
	}
}

void bench_cases(void)
{
	bench_floors_memory();
	add(4096, 64);
	add(65536, 16);
	add(MIB, 2);
}
