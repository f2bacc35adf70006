/* SPDX-License-Identifier: BSD-3-Clause */
/* An rpmsg link whose messages go through lanes: the same endpoints, name service and buffers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <cmocka.h>

#include <metal/utilities.h>

#include "rpmsg_link.h"

#define URGENT 2048u
#define NORMAL 16384u

/* Endpoints stay registered until the link is closed after a test: they are all static. */
struct laned {
	struct link l;
	uint8_t *mem;
	struct rpmsg_virtio_lane_place host[2], client[2];
	struct rpmsg_virtio_lanes host_lanes, client_lanes;
};

static void place(struct laned *d)
{
	static const uint32_t size[2] = { URGENT, NORMAL };
	uint8_t *at = d->mem;

	for (int i = 0; i < 2; i++) {
		struct rpmsg_lane *there = (void *)at;
		struct rpmsg_lane *back = (void *)(at + rpmsg_lane_bytes(size[i]));

		d->host[i] = (struct rpmsg_virtio_lane_place){ there, back, size[i], size[i] };
		d->client[i] = (struct rpmsg_virtio_lane_place){ back, there, size[i], size[i] };
		at += 2 * rpmsg_lane_bytes(size[i]);
	}
}

static int setup(void **state)
{
	struct laned *d = calloc(1, sizeof(*d));

	link_open(&d->l, NULL);
	d->mem = mmap(NULL, 0x10000, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(d->mem != MAP_FAILED);
	place(d);
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	struct laned *d = *state;

	link_close(&d->l);
	munmap(d->mem, 0x10000);
	free(d);
	return 0;
}

static void use_lanes(struct laned *d, rpmsg_ns_bind_cb bind)
{
	link_up(&d->l, bind);
	assert_int_equal(rpmsg_virtio_use_lanes(&d->l.host, &d->host_lanes, d->host, 2, 0), 0);
	assert_int_equal(rpmsg_virtio_use_lanes(&d->l.client, &d->client_lanes, d->client, 2, 0),
			 0);
}

static struct link *connect_lanes(struct laned *d, struct link_both *b)
{
	use_lanes(d, NULL);
	memset(b, 0, sizeof(*b));
	b->host.priv = &b->at_host;
	b->client.priv = &b->at_client;
	assert_int_equal(
		rpmsg_create_ept(&b->host, &d->l.host.rdev, "h", 1100, 1200, link_see, NULL), 0);
	assert_int_equal(
		rpmsg_create_ept(&b->client, &d->l.client.rdev, "c", 1200, 1100, link_see, NULL),
		0);
	link_run(&d->l);
	d->l.to_client = d->l.to_host = 0;
	return &d->l;
}

static void both_ways(void **state)
{
	static struct link_both b;
	struct link *l = connect_lanes(*state, &b);

	for (int i = 0; i < 5000; i++) {
		assert_int_equal(rpmsg_send(&b.host, &i, sizeof(i)), sizeof(i));
		assert_int_equal(rpmsg_send(&b.client, &i, sizeof(i)), sizeof(i));
		link_run(l);
		assert_memory_equal(b.at_client.data, &i, sizeof(i));
		assert_memory_equal(b.at_host.data, &i, sizeof(i));
	}
	assert_int_equal(b.at_client.calls, 5000);
	assert_int_equal(b.at_client.src, 1100);
	assert_int_equal(l->host.stats.rx_messages, 5000);
	/* The queues carry nothing. */
	assert_int_equal(link_ring(l, 0).used->idx, 0);
	assert_int_equal(link_ring(l, 1).avail->idx, 0);
}

static unsigned int bound;
static char bound_name[32];
static struct rpmsg_endpoint answering;

static void on_bind(struct rpmsg_device *rdev, const char *name, uint32_t remote)
{
	static struct link_seen seen;

	bound++;
	strcpy(bound_name, name);
	answering.priv = &seen;
	assert_int_equal(
		rpmsg_create_ept(&answering, rdev, name, RPMSG_ADDR_ANY, remote, link_see, NULL),
		0);
}

static void name_service(void **state)
{
	static struct link_seen seen;
	static struct rpmsg_endpoint ept;
	struct laned *d = *state;

	use_lanes(d, on_bind);
	ept.priv = &seen;
	assert_int_equal(rpmsg_create_ept(&ept, &d->l.client.rdev, "rpmsg-tty", RPMSG_ADDR_ANY,
					  RPMSG_ADDR_ANY, link_see, NULL),
			 0);
	link_run(&d->l);
	assert_int_equal(bound, 1);
	assert_string_equal(bound_name, "rpmsg-tty");
	assert_int_equal(rpmsg_send(&answering, "hi", 2), 2);
	link_run(&d->l);
	assert_int_equal(seen.len, 2);
	assert_int_equal(ept.dest_addr, answering.addr);
}

static void sizes(void **state)
{
	static struct link_both b;
	struct link *l = connect_lanes(*state, &b);
	int max = rpmsg_get_tx_buffer_size(&b.host);
	uint8_t *big = calloc(1, (size_t)max + 1);

	assert_int_equal(max, NORMAL / 4 - 16);
	assert_int_equal(rpmsg_get_rx_buffer_size(&b.host), max);
	assert_int_equal(rpmsg_send(&b.host, big, max + 1), RPMSG_ERR_BUFF_SIZE);
	assert_int_equal(rpmsg_send(&b.host, big, 2048), 2048);
	assert_int_equal(rpmsg_send(&b.host, NULL, 0), 0);
	link_run(l);
	assert_int_equal(b.at_client.calls, 2);
	assert_int_equal(b.at_client.len, 0);
	free(big);
}

static void full(void **state)
{
	static const uint8_t data[1000];
	static struct link_both b;
	struct link *l = connect_lanes(*state, &b);
	unsigned int n = 0;

	while (rpmsg_trysend(&b.host, data, sizeof(data)) > 0)
		n++;
	assert_int_equal(rpmsg_trysend(&b.host, data, sizeof(data)), RPMSG_ERR_NO_BUFF);
	assert_true(n >= 14);
	assert_false(rpmsg_virtio_has_room(&l->host, sizeof(data)));
	assert_true(rpmsg_virtio_has_room(&l->client, sizeof(data)));
	assert_false(rpmsg_virtio_want_room(&l->host, true));
	l->to_host = 0;
	link_run_client(l);
	assert_true(l->to_host >= 1);
	assert_int_equal(b.at_client.calls, n);
	assert_int_equal(rpmsg_trysend(&b.host, data, sizeof(data)), sizeof(data));
	assert_false(rpmsg_virtio_want_room(&l->host, false));
}

static void lock_step(void **state)
{
	static struct link_both b;
	struct link *l = connect_lanes(*state, &b);

	for (unsigned int i = 1; i <= 1000; i++) {
		rpmsg_send(&b.host, &i, sizeof(i));
		assert_int_equal(l->to_client, i);
		link_run_client(l);
		rpmsg_send(&b.client, &i, sizeof(i));
		assert_int_equal(l->to_host, i);
		link_run_host(l);
	}
}

static struct rpmsg_endpoint *keeper;

static int keep(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	rpmsg_hold_rx_buffer(ept, data);
	keeper = ept;
	return link_see(ept, data, len, src, priv);
}

/* Nobody asks for doorbells. */
static struct link *connect_polled(struct laned *d, struct link_both *b)
{
	struct link *l = connect_lanes(d, b);

	virtqueue_disable_cb(l->host.rvq);
	virtqueue_disable_cb(l->client.rvq);
	return l;
}

static int answer(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	assert_int_equal(rpmsg_trysend(ept, data, (int)len), len);
	return link_see(ept, data, len, src, priv);
}

/* Many laps, one look a message on each side: all that was read is given back. */
static void polled_lock_step(void **state)
{
	static struct link_both b;
	struct link *l = connect_polled(*state, &b);
	uint8_t data[400];

	b.client.cb = answer;
	for (unsigned int i = 1; i <= 1000; i++) {
		memset(data, (int)i, sizeof(data));
		assert_int_equal(rpmsg_trysend(&b.host, data, sizeof(data)), sizeof(data));
		link_run_client(l);
		link_run_host(l);
		assert_int_equal(b.at_host.calls, i);
		assert_memory_equal(b.at_host.data, data, sizeof(data));
	}
	/* For the first one each, from before. */
	assert_in_range(l->to_client + l->to_host, 0, 2);
	/* A look that finds nothing gives the last one back. */
	link_run_client(l);
	link_run_host(l);
	assert_int_equal(l->client.lanes->rx[1].done, l->client.lanes->rx[1].pos);
	assert_int_equal(l->host.lanes->rx[1].done, l->host.lanes->rx[1].pos);
}

/* More than one message for one that sends: all arrive, by one look each. */
static void polled_several(void **state)
{
	static struct link_both b;
	struct link *l = connect_polled(*state, &b);

	b.client.cb = answer;
	for (unsigned int round = 1; round <= 200; round++) {
		for (unsigned int i = 0; i < 10; i++)
			assert_int_equal(rpmsg_trysend(&b.host, &i, sizeof(i)), sizeof(i));
		link_run(l);
		assert_int_equal(b.at_client.calls, 10 * round);
		assert_int_equal(b.at_host.calls, 10 * round);
	}
}

static struct link *nested;

static int answer_and_look(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src,
			   void *priv)
{
	assert_int_equal(rpmsg_trysend(ept, data, (int)len), len);
	link_run_client(nested);
	return link_see(ept, data, len, src, priv);
}

/* A callback that looks for messages itself; one that holds what it got. */
static void polled_nested(void **state)
{
	static struct link_both b;
	const struct rpmsg_lane_rx *rx;

	nested = connect_polled(*state, &b);
	rx = &nested->client.lanes->rx[1];
	b.client.cb = answer_and_look;
	for (unsigned int round = 1; round <= 300; round++) {
		for (unsigned int i = 0; i < 3; i++)
			assert_int_equal(rpmsg_trysend(&b.host, &i, sizeof(i)), sizeof(i));
		link_run(nested);
		assert_int_equal(b.at_client.calls, 3 * round);
	}
	link_run(nested);
	assert_int_equal(rx->done, rx->pos);
	b.client.cb = keep;
	assert_int_equal(rpmsg_trysend(&b.client, "x", 1), 1);
	assert_int_equal(rpmsg_trysend(&b.host, "y", 1), 1);
	link_run(nested);
	link_run(nested);
	assert_int_equal(rx->pos - rx->done, 32);
	rpmsg_release_rx_buffer(&b.client, b.at_client.where);
	assert_int_equal(rx->done, rx->pos);
}

/* A reader that has work is not rung for. */
static void saturated(void **state)
{
	static struct link_both b;
	struct link *l = connect_lanes(*state, &b);
	unsigned int sent = 0;

	while (sent < 20000) {
		for (unsigned int i = 0; i < 100; i++)
			sent += rpmsg_trysend(&b.host, &i, 16 > sizeof(i) ? sizeof(i) : 16) > 0;
		link_run_client(l);
	}
	link_run(l);
	assert_int_equal(b.at_client.calls, sent);
	assert_true(l->to_client <= sent / 20);
}

/* Several messages for one doorbell; a full lane rings for what is in it. */
static void corked(void **state)
{
	static const uint8_t data[1000];
	static struct link_both b;
	struct link *l = connect_lanes(*state, &b);
	unsigned int n = 0;

	for (unsigned int round = 1; round <= 100; round++) {
		rpmsg_virtio_cork(&l->host);
		for (int i = 0; i < 10; i++)
			assert_int_equal(rpmsg_trysend(&b.host, data, 16), 16);
		assert_int_equal(l->to_client, round - 1);
		rpmsg_virtio_uncork(&l->host);
		assert_int_equal(l->to_client, round);
		link_run_client(l);
		assert_int_equal(b.at_client.calls, 10 * round);
	}
	rpmsg_virtio_cork(&l->host);
	while (rpmsg_trysend(&b.host, data, sizeof(data)) > 0)
		n++;
	/* Once for the first half, once because it is full. */
	assert_in_range(l->to_client, 101, 102);
	link_run_client(l);
	assert_int_equal(b.at_client.calls, 1000 + n);
	n = l->to_client;
	rpmsg_virtio_uncork(&l->host);
	assert_int_equal(l->to_client, n);
}

static void urgent_first(void **state)
{
	static struct link_both b;
	struct link *l = connect_lanes(*state, &b);
	static struct rpmsg_endpoint ept, sender;
	static struct link_seen seen;
	static const uint8_t bulk[400];

	ept.priv = &seen;
	assert_int_equal(rpmsg_create_ept(&ept, &l->client.rdev, "", 1201, 1101, link_see, NULL),
			 0);
	sender.priv = &seen;
	assert_int_equal(
		rpmsg_create_urgent_ept(&sender, &l->host.rdev, "", 1101, 1201, link_see, NULL, 0),
		0);
	for (int i = 0; i < 30; i++)
		assert_true(rpmsg_trysend(&b.host, bulk, sizeof(bulk)) > 0);
	assert_int_equal(rpmsg_trysend(&sender, "now", 3), 3);
	/* One message only: the urgent one. */
	assert_true(rpmsg_lane_pending(&l->client.lanes->rx[0]));
	link_run_client(l);
	assert_int_equal(seen.calls, 1);
	assert_int_equal(b.at_client.calls, 30);
	assert_memory_equal(seen.data, "now", 3);
	assert_int_equal(rpmsg_trysend(&sender, bulk, 400), 400);
	rpmsg_destroy_ept(&sender);
	assert_int_equal(rpmsg_create_ept(&sender, &l->host.rdev, "", 1101, 1201, link_see, NULL),
			 0);
	assert_false(metal_bitmap_is_bit_set(l->host.lanes->urgent, 1101 - 1024));
}

static void without_a_copy(void **state)
{
	static struct link_both b;
	struct link *l = connect_lanes(*state, &b);
	uint32_t len;
	uint8_t *buf = rpmsg_get_tx_payload_buffer(&b.host, &len, true);

	assert_int_equal(len, NORMAL / 4 - 16);
	memset(buf, 7, 900);
	assert_int_equal(rpmsg_send_nocopy(&b.host, buf, (int)len + 1), RPMSG_ERR_BUFF_SIZE);
	assert_int_equal(rpmsg_send_nocopy(&b.host, buf + 1, 4), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_send_nocopy(&b.host, buf, 900), 900);
	link_run(l);
	assert_ptr_equal(b.at_client.where, buf);
	assert_int_equal(b.at_client.len, 900);

	buf = rpmsg_get_tx_payload_buffer(&b.host, &len, true);
	assert_int_equal(rpmsg_release_tx_buffer(&b.host, buf), RPMSG_SUCCESS);
	assert_int_equal(rpmsg_release_tx_buffer(&b.host, buf), RPMSG_ERR_PARAM);
	/* An urgent sender's buffer is the ordinary lane's until it is sent. */
	rpmsg_destroy_ept(&b.host);
	assert_int_equal(
		rpmsg_create_urgent_ept(&b.host, &l->host.rdev, "h", 1100, 1200, link_see, NULL, 0),
		0);
	buf = rpmsg_get_tx_payload_buffer(&b.host, &len, true);
	memset(buf, 9, 100);
	assert_int_equal(rpmsg_send_nocopy(&b.host, buf, 100), 100);
	link_run(l);
	assert_int_equal(b.at_client.len, 100);
	assert_int_equal(b.at_client.data[99], 9);
}

static void held(void **state)
{
	static struct link_both b;
	struct link *l = connect_lanes(*state, &b);
	static const uint8_t data[1000] = { 42 };
	unsigned int n = 0;

	b.client.cb = keep;
	rpmsg_send(&b.host, data, sizeof(data));
	link_run(l);
	b.client.cb = link_see;
	while (rpmsg_trysend(&b.host, data, sizeof(data)) > 0) {
		link_run(l);
		assert_true(++n < 100);
	}
	assert_int_equal(*(uint8_t *)b.at_client.where, 42);
	rpmsg_release_rx_buffer(keeper, (uint8_t *)l->client.lanes->rx[1].lane->data + 16);
	link_run(l);
	for (unsigned int i = 0; i < 3; i++)
		assert_true(rpmsg_trysend(&b.host, data, sizeof(data)) > 0);
}

static void broken(void **state)
{
	static struct link_both b;
	struct link *l = connect_lanes(*state, &b);
	struct rpmsg_lane *lane = l->host.lanes->rx[1].lane;

	assert_null(rpmsg_virtio_broken(&l->host));
	((struct rpmsg_lane_hdr *)lane->data)->stamp = 77;
	link_run_host(l);
	assert_ptr_equal(rpmsg_virtio_broken(&l->host), l->host.rvq);
	assert_string_equal(virtqueue_breach_name(virtqueue_breach(l->host.rvq)),
			    "stamp of another record");
	assert_int_equal(l->host.rvq->vq_breach_value, 77);
	assert_int_equal(rpmsg_trysend(&b.host, "x", 1), RPMSG_ERR_DEV_STATE);
	assert_false(rpmsg_virtio_rx_pending(&l->host));
}

static void wrong_places(void **state)
{
	struct laned *d = *state;

	link_up(&d->l, NULL);
	d->host[1].rx_size = 1000;
	assert_int_equal(rpmsg_virtio_use_lanes(&d->l.host, &d->host_lanes, d->host, 2, 0),
			 RPMSG_ERR_PARAM);
	assert_null(d->l.host.lanes);
	assert_int_equal(rpmsg_virtio_use_lanes(&d->l.host, &d->host_lanes, d->host, 3, 0),
			 RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_virtio_use_lanes(&d->l.host, &d->host_lanes, d->host, 1, 0), 0);
	assert_int_equal(rpmsg_virtio_use_lanes(&d->l.host, &d->host_lanes, d->host, 1, 0),
			 RPMSG_ERR_PARAM);
}

#define test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(both_ways), test(name_service),	 test(sizes),	       test(full),
		test(lock_step), test(polled_lock_step), test(polled_several), test(polled_nested),
		test(saturated), test(corked),		 test(urgent_first),   test(without_a_copy),
		test(held),	 test(broken),		 test(wrong_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
