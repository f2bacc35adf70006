// SPDX-License-Identifier: BSD-3-Clause
/* Lanes: what goes in comes out, in order and whole; lent buffers; doorbells; room. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openamp/rpmsg_lane.h>

#define SIZE 1024u
#define MAX  (SIZE / 4 - 16)

struct pair {
	struct rpmsg_lane *lane;
	struct rpmsg_lane_tx tx;
	struct rpmsg_lane_rx rx;
	uint32_t sent, received;
};

static void pair_size(struct pair *p, uint32_t size)
{
	memset(p, 0, sizeof(*p));
	p->lane = aligned_alloc(RPMSG_LANE_LINE, rpmsg_lane_bytes(size));
	assert_non_null(p->lane);
	memset(p->lane, 0, rpmsg_lane_bytes(size));
	assert_int_equal(rpmsg_lane_tx_init(&p->tx, p->lane, size, 0), 0);
	assert_int_equal(rpmsg_lane_rx_init(&p->rx, p->lane, size, 0), 0);
}

static int set_up(void **state)
{
	struct pair *p = calloc(1, sizeof(*p));

	pair_size(p, SIZE);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct pair *p = *state;

	rpmsg_lane_rx_free(&p->rx);
	free(p->lane);
	free(p);
	return 0;
}

/* Contents that tell where they belong. */
static void fill(uint8_t *to, uint32_t number, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		to[i] = (uint8_t)(number * 7 + i * 13);
}

static void check(const struct rpmsg_lane_msg *m, uint32_t number, uint32_t len)
{
	uint8_t expected[MAX];

	fill(expected, number, len);
	assert_int_equal(m->src, number);
	assert_int_equal(m->dst, ~number);
	assert_int_equal(m->len, len);
	assert_memory_equal(m->payload, expected, len);
}

static uint32_t len_of(uint32_t number)
{
	return number * 2654435761u >> 8 & 1 ? number % (MAX + 1) : number % 17;
}

static bool send_next(struct pair *p)
{
	uint8_t data[MAX];
	uint32_t len = len_of(p->sent);

	fill(data, p->sent, len);
	if (rpmsg_lane_send(&p->tx, p->sent, ~p->sent, data, len))
		return false;
	p->sent++;
	return true;
}

static bool receive_next(struct pair *p)
{
	struct rpmsg_lane_msg m;
	bool ring;

	if (!rpmsg_lane_next(&p->rx, &m))
		return false;
	check(&m, p->received, len_of(p->received));
	p->received++;
	assert_int_equal(rpmsg_lane_release(&p->rx, m.payload, &ring), 0);
	return true;
}

static void in_order_and_whole(void **state)
{
	struct pair *p = *state;
	bool ring;

	while (p->received < 20000) {
		for (uint32_t i = p->sent % 9; i && send_next(p); i--)
			;
		send_next(p);
		for (uint32_t i = p->received % 5; i && receive_next(p); i--)
			;
		if (!receive_next(p))
			rpmsg_lane_sleep(&p->rx, &ring);
	}
	while (receive_next(p))
		;
	assert_int_equal(p->received, p->sent);
	assert_int_equal(p->tx.breach, RPMSG_LANE_OK);
	assert_int_equal(p->rx.breach, RPMSG_LANE_OK);
}

/* From a position just below 2^32. */
static void positions_wrap(void **state)
{
	struct pair *p = *state;
	uint32_t near = 0u - 8 * SIZE;

	p->tx.tail = p->tx.head = p->tx.kicked = near;
	p->tx.limit = near + SIZE;
	p->rx.pos = p->rx.done = p->rx.published = near;
	p->lane->head = p->lane->wake = near;
	in_order_and_whole(state);
	assert_true(p->tx.tail < near);
}

static void full_then_room(void **state)
{
	struct pair *p = *state;
	bool ring;
	uint32_t n;

	while (send_next(p))
		;
	assert_true(p->sent > 4);
	assert_false(rpmsg_lane_want_room(&p->tx, true));
	n = p->sent;
	/* Room is given in quarters, and the sleeping reader tells who waits. */
	while (receive_next(p))
		;
	assert_false(rpmsg_lane_sleep(&p->rx, &ring));
	assert_int_equal(p->received, n);
	assert_true(send_next(p));
	rpmsg_lane_want_room(&p->tx, false);
	assert_int_equal(p->lane->want, 0);
}

/* What is said to find room does, wherever the ring's end is, and that is most of the ring. */
static void room_for_several(void **state)
{
	struct pair *p = *state;
	const uint32_t record = (MAX + RPMSG_LANE_GRANULE * 2 - 1) & ~(RPMSG_LANE_GRANULE - 1u);
	uint8_t data[MAX] = { 0 };
	struct rpmsg_lane_msg m;
	unsigned int n, most = 0;
	bool ring;

	assert_int_equal(rpmsg_lane_room(&p->tx, MAX + 1), 0);
	for (uint32_t round = 0; round < 200; round++) {
		n = rpmsg_lane_room(&p->tx, MAX);
		most = n > most ? n : most;
		while (n--)
			assert_int_equal(rpmsg_lane_send(&p->tx, 1, 2, data, MAX), 0);
		assert_true(rpmsg_lane_room(&p->tx, MAX) <= 1);
		/* Other lengths, so that records begin elsewhere each time. */
		(void)rpmsg_lane_send(&p->tx, 1, 2, data, round % 50);
		while (rpmsg_lane_next(&p->rx, &m))
			assert_int_equal(rpmsg_lane_release(&p->rx, m.payload, &ring), 0);
		(void)rpmsg_lane_sleep(&p->rx, &ring);
	}
	assert_true(most >= SIZE / record - 2);
	p->tx.breach = RPMSG_LANE_BAD_HEAD;
	assert_int_equal(rpmsg_lane_room(&p->tx, MAX), 0);
}

static void waiting_writer_is_rung(void **state)
{
	struct pair *p = *state;
	struct rpmsg_lane_msg m;
	unsigned int rings = 0;
	bool ring;

	while (send_next(p))
		;
	rpmsg_lane_want_room(&p->tx, true);
	while (rpmsg_lane_next(&p->rx, &m)) {
		assert_int_equal(rpmsg_lane_release(&p->rx, m.payload, &ring), 0);
		rings += ring;
	}
	rpmsg_lane_sleep(&p->rx, &ring);
	rings += ring;
	assert_true(rings >= 1);
	assert_true(rings <= 5);
}

static void longest_and_longer(void **state)
{
	struct pair *p = *state;
	uint8_t data[MAX + 1] = { 0 };
	struct rpmsg_lane_msg m;

	assert_int_equal(rpmsg_lane_payload_max(SIZE), MAX);
	assert_int_equal(rpmsg_lane_send(&p->tx, 1, 2, data, MAX + 1), -1);
	assert_null(rpmsg_lane_lend(&p->tx, MAX + 1));
	assert_int_equal(rpmsg_lane_send(&p->tx, 1, 2, data, MAX), 0);
	assert_true(rpmsg_lane_next(&p->rx, &m));
	assert_int_equal(m.len, MAX);
}

/* What lay there before looks like the next record. */
static void data_that_looks_like_a_stamp(void **state)
{
	struct pair *p = *state;
	uint32_t words[MAX / 4];
	struct rpmsg_lane_msg m;
	bool ring;

	for (unsigned int lap = 0; lap < 400; lap++) {
		uint32_t next = p->tx.tail + SIZE;

		for (unsigned int i = 0; i < MAX / 4; i++)
			words[i] = (next + (i + 4) / 8 * 32) | 1;
		assert_int_equal(rpmsg_lane_send(&p->tx, 0, 0, words, MAX), 0);
		assert_true(rpmsg_lane_next(&p->rx, &m));
		rpmsg_lane_release(&p->rx, m.payload, &ring);
		assert_int_equal(rpmsg_lane_send(&p->tx, 0, 0, NULL, 0), 0);
		assert_true(rpmsg_lane_next(&p->rx, &m));
		rpmsg_lane_release(&p->rx, m.payload, &ring);
		assert_false(rpmsg_lane_sleep(&p->rx, &ring));
		assert_false(rpmsg_lane_next(&p->rx, &m));
	}
	assert_int_equal(p->rx.breach, RPMSG_LANE_OK);
}

static void one_doorbell_in_lock_step(void **state)
{
	struct pair *p = *state;
	bool ring;

	for (unsigned int i = 0; i < 500; i++) {
		assert_true(send_next(p));
		assert_true(rpmsg_lane_must_ring(&p->tx));
		assert_false(rpmsg_lane_must_ring(&p->tx));
		assert_true(receive_next(p));
		assert_false(rpmsg_lane_sleep(&p->rx, &ring));
	}
}

static void none_while_it_is_awake(void **state)
{
	struct pair *p = *state;
	bool ring;

	assert_true(send_next(p));
	assert_true(rpmsg_lane_must_ring(&p->tx));
	for (unsigned int i = 0; i < 500; i++) {
		assert_true(send_next(p));
		assert_false(rpmsg_lane_must_ring(&p->tx));
		assert_true(receive_next(p));
	}
	/* What came before it could sleep is seen by it. */
	assert_true(rpmsg_lane_sleep(&p->rx, &ring));
}

static void held_messages_stay(void **state)
{
	struct pair *p = *state;
	struct rpmsg_lane_msg m[3];
	bool ring;

	for (unsigned int i = 0; i < 3; i++)
		assert_true(send_next(p));
	for (unsigned int i = 0; i < 3; i++)
		assert_true(rpmsg_lane_next(&p->rx, &m[i]));
	assert_int_equal(rpmsg_lane_hold(&p->rx, m[0].payload), 0);
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(rpmsg_lane_release(&p->rx, m[i].payload, &ring), 0);
	p->received = 3;
	/* The first one is still held: the ring fills up behind it. */
	for (;;) {
		if (!send_next(p))
			break;
		assert_true(receive_next(p));
	}
	assert_false(rpmsg_lane_sleep(&p->rx, &ring));
	assert_false(send_next(p));
	check(&m[0], 0, len_of(0));
	assert_int_equal(rpmsg_lane_release(&p->rx, m[0].payload, &ring), 0);
	assert_int_equal(rpmsg_lane_release(&p->rx, m[0].payload, &ring), -1);
	assert_int_equal(rpmsg_lane_hold(&p->rx, m[0].payload), -1);
	assert_true(send_next(p));
	assert_true(receive_next(p));
}

static void lent_buffers(void **state)
{
	struct pair *p = *state;
	struct rpmsg_lane_msg m;
	uint32_t room = 0;
	uint8_t *a, *b;
	bool ring;

	/* Alone: in place. */
	a = rpmsg_lane_lend(&p->tx, 100);
	assert_true(rpmsg_lane_is_lent(&p->tx, a, &room));
	assert_true(room >= 100);
	assert_false(rpmsg_lane_is_lent(&p->tx, a + 32, &room));
	fill(a, 5, 50);
	assert_int_equal(rpmsg_lane_commit(&p->tx, a, 5, ~5u, 50), 0);
	assert_true(rpmsg_lane_next(&p->rx, &m));
	assert_ptr_equal(m.payload, a);
	check(&m, 5, 50);
	rpmsg_lane_release(&p->rx, m.payload, &ring);

	/* Overtaken, by a copy and by another lent one. */
	a = rpmsg_lane_lend(&p->tx, 100);
	assert_true(send_next(p));
	b = rpmsg_lane_lend(&p->tx, 60);
	fill(a, 7, 100);
	fill(b, 8, 60);
	assert_int_equal(rpmsg_lane_commit(&p->tx, b, 8, ~8u, 60), 0);
	assert_int_equal(rpmsg_lane_commit(&p->tx, a, 7, ~7u, 100), 0);
	assert_int_equal(rpmsg_lane_commit(&p->tx, a, 7, ~7u, 100), -1);
	assert_true(receive_next(p));
	assert_true(rpmsg_lane_next(&p->rx, &m));
	check(&m, 8, 60);
	rpmsg_lane_release(&p->rx, m.payload, &ring);
	assert_true(rpmsg_lane_next(&p->rx, &m));
	check(&m, 7, 100);
	rpmsg_lane_release(&p->rx, m.payload, &ring);
	assert_false(rpmsg_lane_next(&p->rx, &m));
	assert_int_equal(p->rx.breach, RPMSG_LANE_OK);
}

/* The ring stops in front of a buffer that its sender keeps, and goes on when it is done. */
static void a_kept_buffer_is_not_overwritten(void **state)
{
	struct pair *p = *state;
	struct rpmsg_lane_msg m;
	uint8_t *a, expected[40];
	unsigned int i;
	bool ring;

	a = rpmsg_lane_lend(&p->tx, 40);
	fill(a, 9, 40);
	fill(expected, 9, 40);
	for (i = 0; i < 1000; i++) {
		if (!send_next(p))
			break;
		assert_true(receive_next(p));
		rpmsg_lane_sleep(&p->rx, &ring);
	}
	assert_true(i > 3 && i < 1000);
	assert_memory_equal(a, expected, 40);
	rpmsg_lane_cancel(&p->tx, a);
	assert_true(send_next(p));
	assert_true(receive_next(p));
	assert_false(rpmsg_lane_next(&p->rx, &m));
}

static void too_many_lent(void **state)
{
	struct pair *p = *state;
	void *a[RPMSG_LANE_OPEN_MAX];

	for (unsigned int i = 0; i < RPMSG_LANE_OPEN_MAX; i++)
		assert_non_null(a[i] = rpmsg_lane_lend(&p->tx, 16));
	assert_null(rpmsg_lane_lend(&p->tx, 16));
	for (unsigned int i = 0; i < RPMSG_LANE_OPEN_MAX; i++)
		rpmsg_lane_cancel(&p->tx, a[i]);
	assert_non_null(rpmsg_lane_lend(&p->tx, 16));
}

static void wrong_sizes(void **state)
{
	struct pair *p = *state;
	struct rpmsg_lane_tx tx;
	struct rpmsg_lane_rx rx;

	assert_int_equal(rpmsg_lane_tx_init(&tx, p->lane, 1000, 0), -1);
	assert_int_equal(rpmsg_lane_tx_init(&tx, p->lane, 512, 0), -1);
	assert_int_equal(rpmsg_lane_tx_init(&tx, p->lane, 2 * RPMSG_LANE_SIZE_MAX, 0), -1);
	assert_int_equal(rpmsg_lane_tx_init(&tx, (void *)((char *)p->lane + 32), SIZE, 0), -1);
	assert_int_equal(rpmsg_lane_rx_init(&rx, NULL, SIZE, 0), -1);
}

/* Another process takes both ends over, with records under way, again and again. */
static void resumed(void **state)
{
	struct pair *p = *state;
	unsigned int again = 0;
	bool ring;

	for (unsigned int i = 0; i < 3000; i++) {
		uint32_t number;
		struct rpmsg_lane_msg m;

		for (unsigned int k = i % 7; k && send_next(p); k--)
			;
		if (i % 3)
			receive_next(p);
		if (i % 5)
			continue;
		assert_int_equal(rpmsg_lane_tx_init(&p->tx, p->lane, SIZE, 0), 0);
		assert_int_equal(rpmsg_lane_tx_resume(&p->tx), 0);
		rpmsg_lane_rx_free(&p->rx);
		assert_int_equal(rpmsg_lane_rx_init(&p->rx, p->lane, SIZE, 0), 0);
		assert_int_equal(rpmsg_lane_rx_resume(&p->rx), 0);
		/* What was read and not yet given back comes once more, nothing else does. */
		while (p->received && rpmsg_lane_next(&p->rx, &m)) {
			number = m.src;
			check(&m, number, len_of(number));
			assert_true(number <= p->received);
			again += number < p->received;
			p->received += number == p->received;
			rpmsg_lane_release(&p->rx, m.payload, &ring);
		}
		rpmsg_lane_sleep(&p->rx, &ring);
	}
	while (receive_next(p))
		;
	assert_int_equal(p->received, p->sent);
	assert_true(again > 0);
	assert_int_equal(p->rx.breach, RPMSG_LANE_OK);
}

static void nonsense_is_not_resumed(void **state)
{
	struct pair *p = *state;

	assert_true(send_next(p));
	p->lane->head = 7;
	assert_int_equal(rpmsg_lane_tx_resume(&p->tx), -1);
	assert_int_equal(rpmsg_lane_rx_resume(&p->rx), -1);
	p->lane->head = 32;
	((struct rpmsg_lane_hdr *)(p->lane->data + 32))->stamp = 99;
	assert_int_equal(rpmsg_lane_tx_resume(&p->tx), -1);
	/* Records all round: the last word is not a zero. */
	for (uint32_t at = 0; at < SIZE; at += 32)
		*(struct rpmsg_lane_hdr *)(p->lane->data + at) =
			(struct rpmsg_lane_hdr){ .stamp = at | 1 };
	p->lane->head = 0;
	assert_int_equal(rpmsg_lane_tx_resume(&p->tx), -1);
}

/* ---- two threads ---- */

#define STREAM 200000u

static void *reader(void *arg)
{
	struct pair *p = arg;

	while (p->received < STREAM) {
		if (!receive_next(p)) {
			bool ring;

			if (p->rx.breach)
				return p;
			rpmsg_lane_sleep(&p->rx, &ring);
		}
	}
	return NULL;
}

static void two_threads(void **state)
{
	struct pair *p = *state;
	pthread_t thread;
	void *why;

	assert_int_equal(pthread_create(&thread, NULL, reader, p), 0);
	while (p->sent < STREAM && !p->tx.breach) {
		send_next(p);
		(void)rpmsg_lane_must_ring(&p->tx);
	}
	pthread_join(thread, &why);
	assert_null(why);
	assert_int_equal(p->received, STREAM);
}

#define test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(in_order_and_whole),
		test(positions_wrap),
		test(full_then_room),
		test(room_for_several),
		test(waiting_writer_is_rung),
		test(longest_and_longer),
		test(data_that_looks_like_a_stamp),
		test(one_doorbell_in_lock_step),
		test(none_while_it_is_awake),
		test(held_messages_stay),
		test(lent_buffers),
		test(a_kept_buffer_is_not_overwritten),
		test(too_many_lent),
		test(wrong_sizes),
		test(resumed),
		test(nonsense_is_not_resumed),
		test(two_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
