/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Floors of memory: a cache line that goes to and fro, and the least a ring can be: one producer,
 * one consumer, an index each on a line of its own, private copies of the other's index, slots of
 * whole lines, and no checks. Payloads are copied in and read in place, as rpmsg's are.
 */
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "rings.h"

/* ---- cache line ---- */

struct line_pair {
	uint64_t *to, *fro;
};

static void line_host(void *arg, uint32_t ops)
{
	struct line_pair *l = arg;
	uint64_t n = __atomic_load_n(l->to, __ATOMIC_RELAXED);
	uint32_t turns = 0;

	while (ops--) {
		__atomic_store_n(l->to, ++n, __ATOMIC_RELEASE);
		while (__atomic_load_n(l->fro, __ATOMIC_ACQUIRE) != n)
			bench_spin(&turns);
	}
}

static void line_peer(void *arg)
{
	struct line_pair *l = arg;
	uint64_t n = __atomic_load_n(l->fro, __ATOMIC_RELAXED), seen;
	uint32_t turns = 0;

	while (!bench_stopped()) {
		seen = __atomic_load_n(l->to, __ATOMIC_ACQUIRE);
		if (seen != n)
			__atomic_store_n(l->fro, n = seen, __ATOMIC_RELEASE);
		else
			bench_spin(&turns);
	}
}

static const struct bench_kind line_kind = { .unit = "ns", .host = line_host, .peer = line_peer };

/* ---- ring ---- */

struct spsc_shared {
	_Alignas(BENCH_LINE) uint32_t head; /* producer's */
	_Alignas(BENCH_LINE) uint32_t tail; /* consumer's */
	_Alignas(BENCH_LINE) uint8_t slot[];
};

/* One end; private. */
struct spsc {
	struct spsc_shared *s;
	uint32_t stride, mine, theirs;
};

static uint8_t *slot_at(const struct spsc *r, uint32_t i)
{
	return r->s->slot + (size_t)(i % RINGS_NUM) * r->stride;
}

static bool put(struct spsc *r, const void *data, uint32_t size)
{
	if (r->mine - r->theirs == RINGS_NUM) {
		r->theirs = __atomic_load_n(&r->s->tail, __ATOMIC_ACQUIRE);
		if (r->mine - r->theirs == RINGS_NUM)
			return false;
	}
	memcpy(slot_at(r, r->mine), data, size);
	__atomic_store_n(&r->s->head, ++r->mine, __ATOMIC_RELEASE);
	return true;
}

static const void *peek(struct spsc *r)
{
	if (r->mine == r->theirs) {
		r->theirs = __atomic_load_n(&r->s->head, __ATOMIC_ACQUIRE);
		if (r->mine == r->theirs)
			return NULL;
	}
	return slot_at(r, r->mine);
}

static void pop(struct spsc *r)
{
	__atomic_store_n(&r->s->tail, ++r->mine, __ATOMIC_RELEASE);
}

/* Both ends of a ring each way; of each end only one process uses its own. */
struct bare {
	struct spsc out_tx, out_rx; /* host to peer */
	struct spsc in_tx, in_rx;
	uint32_t size;
	uint8_t data[RINGS_PAYLOAD_MAX];
};

static void bare_open(void *arg)
{
	struct bare *b = arg;
	uint32_t stride = (b->size + BENCH_LINE - 1) & ~(BENCH_LINE - 1u);
	size_t bytes = sizeof(struct spsc_shared) + (size_t)stride * RINGS_NUM;

	b->out_tx = (struct spsc){ bench_shared(bytes), stride, 0, 0 };
	b->out_rx = b->out_tx;
	b->in_tx = (struct spsc){ bench_shared(bytes), stride, 0, 0 };
	b->in_rx = b->in_tx;
	memset(b->data, 0x5a, sizeof(b->data));
}

static bool echo_once(struct bare *b)
{
	const void *p = peek(&b->out_rx);

	if (!p)
		return false;
	/* Never full: there is one message under way. */
	(void)put(&b->in_tx, p, b->size);
	pop(&b->out_rx);
	return true;
}

static bool take_echo(struct bare *b)
{
	const void *p = peek(&b->in_rx);

	if (!p)
		return false;
	bench_consume(p, b->size);
	pop(&b->in_rx);
	return true;
}

static void echo_host(void *arg, uint32_t ops)
{
	struct bare *b = arg;
	uint32_t turns = 0;

	while (ops--) {
		(void)put(&b->out_tx, b->data, b->size);
		while (!take_echo(b))
			bench_spin(&turns);
	}
}

static void echo_peer(void *arg)
{
	uint32_t turns = 0;

	while (!bench_stopped()) {
		if (!echo_once(arg))
			bench_spin(&turns);
	}
}

static void echo_alone(void *arg, uint32_t ops)
{
	struct bare *b = arg;

	while (ops--) {
		(void)put(&b->out_tx, b->data, b->size);
		(void)echo_once(b);
		(void)take_echo(b);
	}
}

/* The last message of a batch asks for an answer: the batch ends when all of it was read. */
static void flood_host(void *arg, uint32_t ops)
{
	struct bare *b = arg;
	uint32_t turns = 0;

	while (ops--) {
		b->data[0] = !ops;
		while (!put(&b->out_tx, b->data, b->size))
			bench_spin(&turns);
	}
	while (!take_echo(b))
		bench_spin(&turns);
}

static void flood_peer(void *arg)
{
	struct bare *b = arg;
	const uint8_t *p;
	uint32_t turns = 0;

	while (!bench_stopped()) {
		p = peek(&b->out_rx);
		if (!p) {
			bench_spin(&turns);
			continue;
		}
		bench_consume(p, b->size);
		if (p[0])
			(void)put(&b->in_tx, p, b->size);
		pop(&b->out_rx);
	}
}

static const struct bench_kind echo_kind = {
	.unit = "ns", .prepare = bare_open, .host = echo_host, .peer = echo_peer
};
static const struct bench_kind alone_kind = { .unit = "ns",
					      .prepare = bare_open,
					      .host = echo_alone };
static const struct bench_kind flood_kind = {
	.unit = "ns", .prepare = bare_open, .host = flood_host, .peer = flood_peer
};

static void add_bare(const struct bench_kind *kind, enum bench_place place, uint32_t ops,
		     uint32_t batches, const char *name, uint32_t size)
{
	struct bare *b = bench_alloc(sizeof(*b));
	b->size = size;
	bench_add(kind, b, place, ops, batches, "floor.%s.%u", name, size);
}

void bench_floors_ring(void)
{
	struct line_pair *l = bench_alloc(sizeof(*l));
	uint8_t *lines = bench_shared(2 * BENCH_LINE);
	l->to = (uint64_t *)(void *)lines;
	l->fro = (uint64_t *)(void *)(lines + BENCH_LINE);
	bench_add(&line_kind, l, BENCH_CROSS, 500, 100, "floor.line");
	for (unsigned int i = 0; rings_sizes[i]; i++) {
		add_bare(&echo_kind, BENCH_CROSS, 500, 100, "ring.echo", rings_sizes[i]);
		add_bare(&alone_kind, BENCH_ALONE, 1000, 50, "ring.alone", rings_sizes[i]);
		add_bare(&flood_kind, BENCH_CROSS, 1000, 50, "ring.flood", rings_sizes[i]);
	}
}
