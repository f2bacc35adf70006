/* SPDX-License-Identifier: BSD-3-Clause */
/* Round trips and floods over rpmsg links, by polling and by doorbells that wake. */
#include <stdlib.h>
#include <string.h>

#include "rpmsg_link.h"

/* ---- the client's process ---- */

/* Around sends, where the link is one that knows how. */
static void corked(const struct rlink *l, struct rlink_end *e, bool on)
{
	if (l->cork)
		l->cork(e, on);
}

/* Whether whoever finds no buffer is told of those that come back. True: some have already. */
static bool want_room(struct rlink *l, struct rlink_end *e, bool want)
{
	if (l->format)
		return l->format->want_room(e, want);
	if (want)
		return virtqueue_enable_cb(e->rvdev.svq);
	virtqueue_disable_cb(e->rvdev.svq);
	return false;
}

/* Floods as far as there are buffers. False: none is left. */
static bool send_some(struct rlink *l)
{
	struct rlink_end *e = &l->client;

	if (!e->to_send)
		return true;
	corked(l, e, true);
	while (e->to_send && rpmsg_trysend(&e->ept[0], l->data, (int)l->size) >= 0)
		e->to_send--;
	corked(l, e, false);
	return !e->to_send;
}

static void peer_polls(void *arg)
{
	struct rlink *l = arg;
	uint32_t turns = 0;

	rlink_client_up(l);
	while (!bench_stopped()) {
		rlink_poll_client(l);
		if (!send_some(l) || !l->client.received)
			bench_spin(&turns);
		l->client.received = 0;
	}
}

static void peer_sleeps(void *arg)
{
	struct rlink *l = arg;

	rlink_client_up(l);
	for (;;) {
		rlink_sleep_client(l);
		if (bench_stopped())
			return;
		rlink_poll_client(l);
		/* Told of buffers that come back as long as there is something to send. */
		while (!send_some(l) && want_room(l, &l->client, true))
			;
		if (!l->client.to_send && l->job == RLINK_SOURCE)
			(void)want_room(l, &l->client, false);
	}
}

static void wake_peer(void *arg)
{
	rlink_ring(((struct rlink *)arg)->bell[0]);
}

/* ---- the host's process ---- */

static void wait_host(struct rlink *l, uint32_t *turns)
{
	if (l->blocking)
		rlink_sleep_host(l);
	rlink_poll_host(l);
	if (l->alone)
		rlink_poll_client(l);
	else if (!l->blocking)
		bench_spin(turns);
}

static void until_received(struct rlink *l, uint64_t goal)
{
	uint32_t turns = 0;

	while (l->host.received < goal)
		wait_host(l, &turns);
}

static void echo_host(void *arg, uint32_t ops)
{
	struct rlink *l = arg;
	uint32_t which = 0;

	while (ops--) {
		struct rpmsg_endpoint *ept = &l->host.ept[which];

		which = which + 1 < l->n_epts ? which + 1 : 0;
		/* There is always a buffer: one message is under way. */
		if (rpmsg_trysend(ept, l->data, (int)l->size) < 0)
			bench_fail("rpmsg_trysend");
		if (l->alone)
			rlink_poll_client(l);
		if (l->alone)
			rlink_poll_host(l);
		else
			until_received(l, l->host.received + 1);
	}
}

static void wait_buffer(struct rlink *l, uint32_t *turns)
{
	if (!l->blocking) {
		bench_spin(turns);
		return;
	}
	if (!want_room(l, &l->host, true))
		rlink_sleep_host(l);
	(void)want_room(l, &l->host, false);
}

static void flood_out_host(void *arg, uint32_t ops)
{
	struct rlink *l = arg;
	uint64_t goal = l->host.received + 1;
	uint32_t turns = 0;

	corked(l, &l->host, true);
	while (ops--) {
		l->data[0] = !ops;
		/* What is corked is rung for where there is no buffer. */
		while (rpmsg_trysend(&l->host.ept[0], l->data, (int)l->size) < 0)
			wait_buffer(l, &turns);
	}
	corked(l, &l->host, false);
	until_received(l, goal);
}

static void flood_in_host(void *arg, uint32_t ops)
{
	struct rlink *l = arg;

	memcpy(l->data, &ops, sizeof(ops));
	if (rpmsg_trysend(&l->host.ept[0], l->data, (int)l->size) < 0)
		bench_fail("rpmsg_trysend");
	until_received(l, l->host.received + ops);
}

/* ---- cases ---- */

static void open_link(void *arg)
{
	rlink_open(arg);
}

static void get_counts(void *arg, uint64_t count[BENCH_COUNTS])
{
	const struct rlink_counts *c = ((struct rlink *)arg)->counts;

	count[0] = c->out_bells;
	count[1] = c->in_bells;
	count[2] = c->client_sleeps;
	count[3] = c->host_sleeps;
}

#define COUNTS                \
	.counts = get_counts, \
	.count_name = { "bells_out", "bells_in", "sleeps_client", "sleeps_host" }

static const struct bench_kind kind_echo = {
	.unit = "ns", .prepare = open_link, .host = echo_host, .peer = peer_polls, COUNTS
};
static const struct bench_kind kind_alone = {
	.unit = "ns", .prepare = open_link, .host = echo_host, COUNTS
};
static const struct bench_kind kind_echo_wake = { .unit = "ns",
						  .prepare = open_link,
						  .host = echo_host,
						  .peer = peer_sleeps,
						  .wake = wake_peer,
						  COUNTS };
static const struct bench_kind kind_out = {
	.unit = "ns", .prepare = open_link, .host = flood_out_host, .peer = peer_polls, COUNTS
};
static const struct bench_kind kind_out_wake = { .unit = "ns",
						 .prepare = open_link,
						 .host = flood_out_host,
						 .peer = peer_sleeps,
						 .wake = wake_peer,
						 COUNTS };
static const struct bench_kind kind_in = {
	.unit = "ns", .prepare = open_link, .host = flood_in_host, .peer = peer_polls, COUNTS
};
static const struct bench_kind kind_in_wake = { .unit = "ns",
						.prepare = open_link,
						.host = flood_in_host,
						.peer = peer_sleeps,
						.wake = wake_peer,
						COUNTS };

static struct rlink *make(uint32_t size, enum rlink_job job)
{
	struct rlink *l = bench_alloc(sizeof(*l));
	l->size = size;
	l->align = 4096;
	l->n_epts = 1;
	l->job = job;
	return l;
}

static void add_polled(uint32_t size)
{
	struct rlink *l = make(size, RLINK_ECHO);

	l->alone = true;
	bench_add(&kind_alone, l, BENCH_ALONE, 1000, 50, "rpmsg.alone.%u", size);
	bench_add(&kind_echo, make(size, RLINK_ECHO), BENCH_CROSS, 500, 100, "rpmsg.echo.%u", size);
	bench_add(&kind_out, make(size, RLINK_SINK), BENCH_CROSS, 1000, 50, "rpmsg.out.%u", size);
	bench_add(&kind_in, make(size, RLINK_SOURCE), BENCH_CROSS, 1000, 50, "rpmsg.in.%u", size);
}

static void add_wake(const struct bench_kind *kind, enum rlink_job job, enum bench_place place,
		     const char *name, uint32_t size)
{
	struct rlink *l = make(size, job);

	l->blocking = true;
	bench_add(kind, l, place, 200, 20, "rpmsg.wake.%s.%s.%u", name,
		  place == BENCH_SAME ? "same" : "cross", size);
}

/* Rings as closely packed as existing images ask for: both sides' indices share a line. */
static void add_packed(const struct bench_kind *kind, enum rlink_job job, const char *name)
{
	struct rlink *l = make(16, job);

	l->align = 16;
	bench_add(kind, l, BENCH_CROSS, 500, 100, "rpmsg.packed.%s.16", name);
}

/* A flood in which both sides sleep when there is nothing to do. */
static void add_wake_flood(struct rlink *l, const char *name)
{
	bool in = l->job == RLINK_SOURCE;

	l->blocking = true;
	bench_add(in ? &kind_in_wake : &kind_out_wake, l, BENCH_CROSS, 200, 20,
		  "%s.wake.%s.cross.%u", name, in ? "in" : "out", l->size);
}

static struct rlink *make_in(const struct rlink_format *format, uint32_t size, enum rlink_job job)
{
	struct rlink *l = make(size, job);

	l->format = format;
	return l;
}

void bench_rpmsg_format(const struct rlink_format *format)
{
	static const uint32_t sizes[] = { 16, 496, 1008, 2032 };

	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint32_t n = sizes[i];
		struct rlink *l = make_in(format, n, RLINK_ECHO);

		l->alone = true;
		bench_add(&kind_alone, l, BENCH_ALONE, 1000, 50, "%s.alone.%u", format->name, n);
		bench_add(&kind_echo, make_in(format, n, RLINK_ECHO), BENCH_CROSS, 500, 100,
			  "%s.echo.%u", format->name, n);
		bench_add(&kind_out, make_in(format, n, RLINK_SINK), BENCH_CROSS, 1000, 50,
			  "%s.out.%u", format->name, n);
		bench_add(&kind_in, make_in(format, n, RLINK_SOURCE), BENCH_CROSS, 1000, 50,
			  "%s.in.%u", format->name, n);
	}
	add_wake_flood(make_in(format, 496, RLINK_SINK), format->name);
	add_wake_flood(make_in(format, 496, RLINK_SOURCE), format->name);
	for (int place = BENCH_CROSS; place <= BENCH_SAME; place++) {
		struct rlink *l = make_in(format, 16, RLINK_ECHO);

		l->blocking = true;
		bench_add(&kind_echo_wake, l, (enum bench_place)place, 200, 20,
			  "%s.wake.echo.%s.16", format->name,
			  place == BENCH_SAME ? "same" : "cross");
	}
}

void bench_rpmsg_corked(const struct rlink_format *format,
			void (*cork)(struct rlink_end *e, bool on))
{
	static const uint32_t sizes[] = { 16, 496 };

	for (unsigned int i = 0; i < 4; i++) {
		uint32_t n = sizes[i / 2];
		struct rlink *l = make_in(format, n, i % 2 ? RLINK_SOURCE : RLINK_SINK);

		l->cork = cork;
		bench_add(i % 2 ? &kind_in : &kind_out, l, BENCH_CROSS, 1000, 50, "%s.corked.%s.%u",
			  format ? format->name : "rpmsg", i % 2 ? "in" : "out", n);
	}
	for (unsigned int i = 0; i < 2; i++) {
		struct rlink *l = make_in(format, 496, i ? RLINK_SOURCE : RLINK_SINK);

		l->cork = cork;
		add_wake_flood(l, format ? "lane.corked" : "rpmsg.corked");
	}
}

void bench_rpmsg(void)
{
	static const uint32_t epts[] = { 8, 64 };

	for (unsigned int i = 0; rings_sizes[i]; i++)
		add_polled(rings_sizes[i]);
	add_packed(&kind_echo, RLINK_ECHO, "echo");
	add_packed(&kind_out, RLINK_SINK, "out");
	for (unsigned int i = 0; i < sizeof(epts) / sizeof(epts[0]); i++) {
		struct rlink *l = make(16, RLINK_ECHO);

		l->n_epts = epts[i];
		bench_add(&kind_echo, l, BENCH_CROSS, 500, 100, "rpmsg.echo.epts%u.16", epts[i]);
	}
	for (int place = BENCH_CROSS; place <= BENCH_SAME; place++) {
		add_wake(&kind_echo_wake, RLINK_ECHO, (enum bench_place)place, "echo", 16);
		add_wake(&kind_echo_wake, RLINK_ECHO, (enum bench_place)place, "echo", 496);
	}
	add_wake_flood(make(496, RLINK_SINK), "rpmsg");
	add_wake_flood(make(496, RLINK_SOURCE), "rpmsg");
}
