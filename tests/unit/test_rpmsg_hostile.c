/* SPDX-License-Identifier: BSD-3-Clause */
/* A host against a client that writes whatever it likes, whenever it likes, and the reverse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <metal/utilities.h>

#include "rpmsg_link.h"

static struct link l;
static struct rpmsg_endpoint ept;
static unsigned int calls;
static size_t last_len;

static int count(struct rpmsg_endpoint *e, void *data, size_t len, uint32_t src, void *priv)
{
	(void)e;
	(void)data;
	(void)src;
	(void)priv;
	calls++;
	last_len = len;
	return RPMSG_SUCCESS;
}

static unsigned int binds;
static char name_seen[RPMSG_NAME_SIZE];

static void bind(struct rpmsg_device *rdev, const char *name, uint32_t dest)
{
	(void)rdev;
	(void)dest;
	binds++;
	assert_true(strlen(name) < sizeof(name_seen));
	strcpy(name_seen, name);
}

/* The host is up, with an endpoint at 100; the client is this file. */
static int setup(void **state)
{
	(void)state;
	calls = binds = 0;
	link_open(&l, NULL);
	assert_int_equal(link_host_up(&l, bind), RPMSG_SUCCESS);
	rpmsg_virtio_set_tx_timeout(&l.host, 0);
	assert_int_equal(rpmsg_create_ept(&ept, &l.host.rdev, "", 100, 1, count, NULL), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	link_close(&l);
	return 0;
}

/* Write a message into the nth receive buffer and publish it as the nth used one. */
static void forge(uint16_t n, uint32_t dst, uint16_t hdr_len, uint32_t used_len,
		  const void *payload, size_t len)
{
	struct vring rx = link_ring(&l, 0);
	uint16_t id = rx.avail->ring[n % 8];
	uint8_t *buf = l.mem + (rx.desc[id].addr - LINK_BASE);
	struct rpmsg_hdr hdr = { .src = 55, .dst = dst, .len = hdr_len };

	memcpy(buf, &hdr, sizeof(hdr));
	if (len)
		memcpy(buf + sizeof(hdr), payload, len);
	rx.used->ring[n % 8].id = id;
	rx.used->ring[n % 8].len = used_len;
	rx.used->idx = (uint16_t)(n + 1);
}

static void expect_quarantine(enum virtqueue_breach breach, uint64_t value)
{
	struct virtqueue *vq = rpmsg_virtio_broken(&l.host);

	assert_non_null(vq);
	assert_int_equal(virtqueue_breach(vq), breach);
	assert_int_equal(vq->vq_breach_value, value);
	assert_int_equal(rpmsg_send(&ept, "x", 1), RPMSG_ERR_DEV_STATE);
	calls = 0;
	link_run_host(&l);
	assert_int_equal(calls, 0);
	assert_false(rpmsg_virtio_rx_pending(&l.host));
}

static void message_too_long(void **state)
{
	const uint16_t lens[] = { 497, 512, 0x7fff, 0xffff };
	size_t i;

	for (i = 0; i < metal_dim(lens); i++) {
		forge(0, 100, lens[i], 512, NULL, 0);
		link_run_host(&l);
		assert_int_equal(calls, 0);
		expect_quarantine(VQ_BREACH_MSG_LEN, lens[i]);
		teardown(state);
		setup(state);
	}
}

/* used.len says nothing: hdr.len within the buffer counts. */
static void used_length_is_ignored(void **state)
{
	const uint32_t lens[] = { 512, 0, 20, 0xffffffff };
	uint16_t i;

	(void)state;
	for (i = 0; i < metal_dim(lens); i++) {
		forge(i, 100, 496, lens[i], NULL, 0);
		link_run_host(&l);
		assert_int_equal(calls, i + 1);
		assert_int_equal(last_len, 496);
	}
	assert_null(rpmsg_virtio_broken(&l.host));
}

static void unknown_destinations(void **state)
{
	const uint32_t dsts[] = { 0, 99, 1024, 0x7fffffff, RPMSG_ADDR_ANY };
	uint16_t i;

	(void)state;
	for (i = 0; i < metal_dim(dsts); i++) {
		forge(i, dsts[i], 4, 20, NULL, 0);
		link_run_host(&l);
	}
	assert_int_equal(calls, 0);
	assert_int_equal(l.host.stats.rx_no_endpoint, metal_dim(dsts));
	/* Their buffers are lent again. */
	assert_int_equal(link_ring(&l, 0).avail->idx, 8 + metal_dim(dsts));
}

static void bad_names(void **state)
{
	struct rpmsg_ns_msg msg;

	(void)state;
	memset(&msg, 'x', sizeof(msg));
	msg.addr = 1024;
	msg.flags = 0;
	forge(0, RPMSG_NS_EPT_ADDR, sizeof(msg), 56, &msg, sizeof(msg));
	link_run_host(&l);
	assert_int_equal(binds, 1); /* without its NUL, cut where it must end */
	assert_int_equal(strlen(name_seen), 31);
	forge(1, RPMSG_NS_EPT_ADDR, sizeof(msg) - 1, 56, &msg, sizeof(msg));
	forge(2, RPMSG_NS_EPT_ADDR, 0, 56, &msg, sizeof(msg));
	msg.name[0] = 0;
	forge(3, RPMSG_NS_EPT_ADDR, sizeof(msg), 56, &msg, sizeof(msg));
	msg.name[0] = 'x';
	msg.addr = RPMSG_ADDR_ANY;
	forge(4, RPMSG_NS_EPT_ADDR, sizeof(msg), 56, &msg, sizeof(msg));
	/* The end of something that never was. */
	msg.addr = 7;
	msg.flags = RPMSG_NS_DESTROY;
	forge(5, RPMSG_NS_EPT_ADDR, sizeof(msg), 56, &msg, sizeof(msg));
	link_run_host(&l);
	assert_int_equal(binds, 1);
	assert_int_equal(l.host.stats.rx_bad_ns, 4);
	assert_null(rpmsg_virtio_broken(&l.host));
}

/* A client that publishes one more message each time it sees one taken. */
static uint16_t published;

static int feed(struct rpmsg_endpoint *e, void *data, size_t len, uint32_t src, void *priv)
{
	forge(published++, 100, 1, 17, NULL, 0);
	return count(e, data, len, src, priv);
}

static void one_ring_per_notification(void **state)
{
	unsigned int round;

	(void)state;
	ept.cb = feed;
	published = 1;
	forge(0, 100, 1, 17, NULL, 0);
	for (round = 1; round <= 5; round++) {
		link_run_host(&l);
		assert_int_equal(calls, 8 * round);
		assert_true(rpmsg_virtio_rx_pending(&l.host));
	}
	assert_null(rpmsg_virtio_broken(&l.host));
}

/* The header changes between the check and the callback: the checked copy counts. */
static int scribble(struct rpmsg_endpoint *e, void *data, size_t len, uint32_t src, void *priv)
{
	struct rpmsg_hdr *hdr = (struct rpmsg_hdr *)((uint8_t *)data - sizeof(*hdr));

	memset(hdr, 0xff, sizeof(*hdr));
	rpmsg_hold_rx_buffer(e, data);
	rpmsg_release_rx_buffer(e, data);
	return count(e, data, len, src, priv);
}

static void header_changes_later(void **state)
{
	uint16_t i;

	(void)state;
	ept.cb = scribble;
	for (i = 0; i < 20; i++) {
		forge(i, 100, 10, 26, NULL, 0);
		link_run_host(&l);
		assert_int_equal(calls, i + 1);
		assert_int_equal(last_len, 10);
	}
	assert_null(rpmsg_virtio_broken(&l.host));
}

static void used_ring_forgeries(void **state)
{
	struct vring rx = link_ring(&l, 0);

	rx.used->idx = 9;
	link_run_host(&l);
	expect_quarantine(VQ_BREACH_USED_IDX, 9);
	teardown(state);
	setup(state);

	forge(0, 100, 1, 17, NULL, 0);
	rx = link_ring(&l, 0);
	rx.used->ring[0].id = 8;
	link_run_host(&l);
	expect_quarantine(VQ_BREACH_DESC_ID, 8);
	teardown(state);
	setup(state);

	/* The same buffer twice: legal once it was lent again, a breach before. */
	rx = link_ring(&l, 0);
	forge(0, 100, 1, 17, NULL, 0);
	ept.cb = count;
	rx.used->ring[1] = rx.used->ring[0];
	rx.used->idx = 2;
	link_run_host(&l);
	assert_null(rpmsg_virtio_broken(&l.host));
	assert_int_equal(calls, 2);
}

static int hold(struct rpmsg_endpoint *e, void *data, size_t len, uint32_t src, void *priv)
{
	rpmsg_hold_rx_buffer(e, data);
	return count(e, data, len, src, priv);
}

static void held_buffer_comes_again(void **state)
{
	struct vring rx = link_ring(&l, 0);

	(void)state;
	ept.cb = hold;
	forge(0, 100, 1, 17, NULL, 0);
	link_run_host(&l);
	rx.used->ring[1] = rx.used->ring[0];
	rx.used->idx = 2;
	link_run_host(&l);
	assert_int_equal(calls, 1);
	expect_quarantine(VQ_BREACH_NOT_OWNED, 0);
}

/* Transmit ring: the client returns what it never got. */
static void transmit_ring_forgeries(void **state)
{
	struct vring tx = link_ring(&l, 1);
	uint32_t len;

	(void)state;
	while (rpmsg_trysend(&ept, "x", 1) == 1)
		;
	tx.used->ring[0].id = 3;
	tx.used->idx = 1;
	assert_non_null(rpmsg_get_tx_payload_buffer(&ept, &len, false));
	tx.used->ring[1].id = 3;
	tx.used->idx = 2;
	assert_int_equal(rpmsg_send(&ept, "x", 1), RPMSG_ERR_DEV_STATE);
	expect_quarantine(VQ_BREACH_NOT_OWNED, 3);
}

/* Status, features and ring sizes in the table are scribbled over while the link is up. */
static void table_changes_later(void **state)
{
	(void)state;
	memset(l.rsc, 0xff, sizeof(*l.rsc) + 2 * sizeof(l.rsc->vring[0]));
	forge(0, 100, 3, 19, NULL, 0);
	link_run_host(&l);
	assert_int_equal(calls, 1);
	l.rsc->status = 0;
	assert_int_equal(rpmsg_send(&ept, "x", 1), 1);
	assert_null(rpmsg_virtio_broken(&l.host));
}

/* ---- the other way round: a client and a host that lies ---- */

static struct rpmsg_endpoint client_ept;

static void client_up(void)
{
	assert_int_equal(link_client_up(&l), RPMSG_SUCCESS);
	rpmsg_virtio_set_tx_timeout(&l.client, 0);
	assert_int_equal(rpmsg_create_ept(&client_ept, &l.client.rdev, "", 200, 100, count, NULL),
			 0);
}

static void host_lends_nonsense(void **state)
{
	static const struct {
		uint64_t addr;
		uint32_t len;
		enum virtqueue_breach breach;
	} cases[] = {
		{ LINK_BASE + LINK_SIZE, 512, VQ_BREACH_DESC_ADDR },
		{ LINK_BASE - 16, 512, VQ_BREACH_DESC_ADDR },
		{ LINK_BASE + LINK_SIZE - 511, 512, VQ_BREACH_DESC_ADDR },
		{ LINK_BASE + LINK_POOL, 15, VQ_BREACH_DESC_LEN },
		{ LINK_BASE + LINK_POOL, 0, VQ_BREACH_DESC_LEN },
		{ LINK_BASE + LINK_POOL, 0xffffffff, VQ_BREACH_DESC_ADDR },
	};
	struct vring ring;
	size_t i;

	for (i = 0; i < metal_dim(cases); i++) {
		client_up();
		ring = link_ring(&l, 0);
		ring.desc[0].addr = cases[i].addr;
		ring.desc[0].len = cases[i].len;
		assert_true(rpmsg_send(&client_ept, "x", 1) < 0);
		assert_ptr_equal(rpmsg_virtio_broken(&l.client), l.client.svq);
		assert_int_equal(virtqueue_breach(l.client.svq), cases[i].breach);
		assert_int_equal(rpmsg_send(&client_ept, "x", 1), RPMSG_ERR_DEV_STATE);
		teardown(state);
		setup(state);

		client_up();
		assert_int_equal(rpmsg_send(&ept, "x", 1), 1);
		ring = link_ring(&l, 1);
		ring.desc[0].addr = cases[i].addr;
		ring.desc[0].len = cases[i].len;
		link_run_client(&l);
		assert_int_equal(calls, 0);
		assert_int_equal(virtqueue_breach(l.client.rvq), cases[i].breach);
		teardown(state);
		setup(state);
	}
}

static void small_buffers_are_never_overrun(void **state)
{
	static const uint8_t big[100];
	struct vring ring;

	(void)state;
	client_up();
	ring = link_ring(&l, 0);
	ring.desc[0].len = 48;
	l.mem[LINK_POOL + 48] = 0x77;
	assert_int_equal(rpmsg_send(&client_ept, big, 33), RPMSG_ERR_BUFF_SIZE);
	assert_int_equal(rpmsg_send(&client_ept, big, 32), 32);
	assert_int_equal(l.mem[LINK_POOL + 48], 0x77);
}

/* The host goes away: sending says so, at once and for ever. */
static void host_takes_the_link_down(void **state)
{
	(void)state;
	client_up();
	l.rsc->status = 0;
	assert_int_equal(rpmsg_send(&client_ept, "x", 1), RPMSG_ERR_DEV_STATE);
	l.rsc->status = 4;
	assert_int_equal(rpmsg_send(&client_ept, "x", 1), 1);
}

static unsigned int resets;

static void reset(struct virtio_device *vdev)
{
	(void)vdev;
	resets++;
}

static void host_asks_for_reset(void **state)
{
	(void)state;
	resets = 0;
	client_up();
	l.client_vdev->reset_cb = reset;
	assert_int_equal(virtio_reset_device(l.host_vdev), 0);
	link_run_client(&l);
	assert_int_equal(resets, 1);
}

/* What a host does after it was killed: rings from scratch, the client follows. */
static void reattach(void **state)
{
	int i;

	(void)state;
	client_up();
	for (i = 0; i < 5; i++)
		assert_int_equal(rpmsg_sendto(&ept, "x", 1, 200), 1);
	link_run(&l);
	assert_int_equal(calls, 5);
	/* A new process: nothing is left of its private state, no farewell was said. */
	metal_free_memory(l.host.rx_slots);
	metal_free_memory(l.host.tx_slots);
	assert_int_equal(link_host_up(&l, bind), RPMSG_SUCCESS);
	rpmsg_virtio_set_tx_timeout(&l.host, 0);
	assert_int_equal(rpmsg_create_ept(&ept, &l.host.rdev, "", 100, 200, count, NULL), 0);
	link_run_client(&l);
	assert_non_null(rpmsg_virtio_broken(&l.client)); /* that is how it looks to the client */
	rpmsg_deinit_vdev(&l.client);
	client_up();
	assert_int_equal(rpmsg_send(&ept, "x", 1), 1);
	assert_int_equal(rpmsg_send(&client_ept, "x", 1), 1);
	link_run(&l);
	assert_int_equal(calls, 7);
}

#define test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(message_too_long),
		test(used_length_is_ignored),
		test(unknown_destinations),
		test(bad_names),
		test(one_ring_per_notification),
		test(header_changes_later),
		test(used_ring_forgeries),
		test(held_buffer_comes_again),
		test(transmit_ring_forgeries),
		test(table_changes_later),
		test(host_lends_nonsense),
		test(small_buffers_are_never_overrun),
		test(host_takes_the_link_down),
		test(host_asks_for_reset),
		test(reattach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
