/* SPDX-License-Identifier: BSD-3-Clause */
/* rpmsg buffers: room, waiting, sending without a copy, holding, giving back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <metal/utilities.h>

#include "rpmsg_link.h"

/* Endpoints stay registered until the link is closed after a test: they are all static. */
static int setup(void **state)
{
	struct link *l = malloc(sizeof(*l));

	link_open(l, NULL);
	*state = l;
	return 0;
}

static int teardown(void **state)
{
	link_close(*state);
	free(*state);
	return 0;
}

/* ---- sending ---- */

static void oversize(void **state)
{
	static const uint8_t big[600] = { 1 };
	struct link *l = *state;
	static struct link_both b;

	link_connect(l, &b, NULL, link_see);
	assert_int_equal(rpmsg_get_tx_buffer_size(&b.host), 496);
	assert_int_equal(rpmsg_get_tx_buffer_size(&b.client), 496);
	assert_int_equal(rpmsg_get_rx_buffer_size(&b.host), 496);
	assert_int_equal(rpmsg_send(&b.host, big, 497), RPMSG_ERR_BUFF_SIZE);
	assert_int_equal(rpmsg_send(&b.client, big, 497), RPMSG_ERR_BUFF_SIZE);
	assert_int_equal(rpmsg_send(&b.host, big, 70000), RPMSG_ERR_BUFF_SIZE);
	assert_int_equal(rpmsg_send(&b.host, big, -1), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_send(&b.host, NULL, 1), RPMSG_ERR_PARAM);
	link_run(l);
	assert_int_equal(b.at_client.calls + b.at_host.calls, 0);
	assert_int_equal(rpmsg_send(&b.host, big, 496), 496);
	/* No buffer was lost to the refused ones. */
	for (int i = 0; i < 8; i++)
		assert_int_equal(rpmsg_send(&b.client, big, 496), 496);
	assert_int_equal(rpmsg_send(&b.client, big, 496), RPMSG_ERR_NO_BUFF);
	link_run(l);
	assert_int_equal(b.at_client.len, 496);
	assert_int_equal(b.at_host.calls, 8);
}

static void exhaustion(void **state)
{
	struct link *l = *state;
	static struct link_both b;
	int i, round;

	link_connect(l, &b, NULL, link_see);
	for (round = 0; round < 3; round++) {
		for (i = 0; i < 8; i++)
			assert_int_equal(rpmsg_trysend(&b.host, &i, sizeof(i)), sizeof(i));
		assert_int_equal(rpmsg_trysend(&b.host, &i, sizeof(i)), RPMSG_ERR_NO_BUFF);
		link_run(l);
	}
	assert_int_equal(b.at_client.calls, 24);
	/* A bounded wait: 20 ms, not 15 s, and no buffer. */
	for (i = 0; i < 8; i++)
		assert_int_equal(rpmsg_trysend(&b.host, &i, sizeof(i)), sizeof(i));
	rpmsg_virtio_set_tx_timeout(&l->host, 20000);
	assert_int_equal(rpmsg_send(&b.host, &i, sizeof(i)), RPMSG_ERR_NO_BUFF);
}

static struct link *waiting_link;
static unsigned int wait_calls;

static int make_room(struct rpmsg_device *rdev, uint32_t id)
{
	(void)rdev;
	(void)id;
	if (++wait_calls == 3)
		link_run_client(waiting_link);
	return RPMSG_SUCCESS;
}

static int never(struct rpmsg_device *rdev, uint32_t id)
{
	(void)rdev;
	(void)id;
	wait_calls++;
	return RPMSG_SUCCESS;
}

static void wait_callback(void **state)
{
	struct link *l = *state;
	static struct link_both b;
	int i;

	link_connect(l, &b, NULL, link_see);
	waiting_link = l;
	wait_calls = 0;
	rpmsg_virtio_set_wait_cb(&l->host, make_room);
	rpmsg_virtio_set_tx_timeout(&l->host, 1000000);
	for (i = 0; i < 9; i++)
		assert_int_equal(rpmsg_send(&b.host, &i, sizeof(i)), sizeof(i));
	assert_int_equal(wait_calls, 3);
	/* One that always says "look again" does not keep us for ever. */
	rpmsg_virtio_set_wait_cb(&l->host, never);
	wait_calls = 0;
	for (i = 0; i < 7; i++)
		assert_int_equal(rpmsg_send(&b.host, &i, sizeof(i)), sizeof(i));
	assert_int_equal(rpmsg_send(&b.host, &i, sizeof(i)), RPMSG_ERR_NO_BUFF);
	assert_int_equal(wait_calls, 1000);
}

static void nocopy(void **state)
{
	struct link *l = *state;
	static struct link_both b;
	uint32_t room;
	char *buf;

	link_connect(l, &b, NULL, link_see);
	buf = rpmsg_get_tx_payload_buffer(&b.host, &room, false);
	assert_non_null(buf);
	assert_int_equal(room, 496);
	memcpy(buf, "no copy", 7);
	assert_int_equal(rpmsg_send_nocopy(&b.host, buf, 497), RPMSG_ERR_BUFF_SIZE);
	assert_int_equal(rpmsg_send_nocopy(&b.host, buf + 1, 3), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_send_nocopy(&b.host, buf, 7), 7);
	assert_int_equal(rpmsg_send_nocopy(&b.host, buf, 7), RPMSG_ERR_PARAM); /* sent already */
	assert_int_equal(rpmsg_release_tx_buffer(&b.host, buf), RPMSG_ERR_PARAM);
	link_run(l);
	assert_int_equal(b.at_client.calls, 1);
	assert_memory_equal(b.at_client.data, "no copy", 7);
}

static void released_tx_buffers_come_back(void **state)
{
	struct link *l = *state;
	void *buf[8], *again;
	static struct link_both b;
	uint32_t room;
	int i, side;

	link_connect(l, &b, NULL, link_see);
	for (side = 0; side < 2; side++) {
		struct rpmsg_endpoint *ept = side ? &b.client : &b.host;

		for (i = 0; i < 8; i++) {
			buf[i] = rpmsg_get_tx_payload_buffer(ept, &room, false);
			assert_non_null(buf[i]);
		}
		assert_null(rpmsg_get_tx_payload_buffer(ept, &room, false));
		/* What a sender has filled in is not taken for our own records. */
		memset((char *)buf[3] - 16, 0xff, 512);
		assert_int_equal(rpmsg_release_tx_buffer(ept, buf[3]), RPMSG_SUCCESS);
		assert_int_equal(rpmsg_release_tx_buffer(ept, buf[3]), RPMSG_ERR_PARAM);
		again = rpmsg_get_tx_payload_buffer(ept, &room, false);
		assert_ptr_equal(again, buf[3]);
		assert_int_equal(room, 496);
		for (i = 0; i < 8; i++)
			assert_int_equal(rpmsg_send_nocopy(ept, buf[i], 4), 4);
	}
	link_run(l);
	assert_int_equal(b.at_client.calls, 8);
	assert_int_equal(b.at_host.calls, 8);
}

/* ---- receiving ---- */

static int hold(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	rpmsg_hold_rx_buffer(ept, data);
	return link_see(ept, data, len, src, priv);
}

static void held_buffers(void **state)
{
	struct link *l = *state;
	static struct link_both b;
	void *held[8];
	int i;

	link_connect(l, &b, NULL, hold);
	for (i = 0; i < 8; i++) {
		assert_int_equal(rpmsg_trysend(&b.host, &i, sizeof(i)), sizeof(i));
		link_run(l);
		held[i] = b.at_client.where;
	}
	assert_int_equal(b.at_client.calls, 8);
	assert_int_equal(rpmsg_trysend(&b.host, &i, sizeof(i)), RPMSG_ERR_NO_BUFF);
	/* The count is nowhere in the buffer: scribbling on it does nothing. */
	memset(l->mem + LINK_POOL, 0xff, 16 * 512);
	rpmsg_hold_rx_buffer(&b.client, held[2]);
	rpmsg_release_rx_buffer(&b.client, held[2]);
	assert_int_equal(rpmsg_trysend(&b.host, &i, sizeof(i)), RPMSG_ERR_NO_BUFF);
	rpmsg_release_rx_buffer(&b.client, held[2]);
	assert_int_equal(rpmsg_trysend(&b.host, &i, sizeof(i)), sizeof(i));
	/* One release too many, or of something else, is ignored. */
	rpmsg_release_rx_buffer(&b.client, held[2]);
	rpmsg_release_rx_buffer(&b.client, &b);
	assert_false(virtqueue_is_broken(l->client.rvq));
	link_run(l);
	for (i = 0; i < 8; i++)
		rpmsg_release_rx_buffer(&b.client, held[i]);
	link_run(l);
	for (i = 0; i < 8; i++)
		assert_int_equal(rpmsg_trysend(&b.host, &i, sizeof(i)), sizeof(i));
}

static void held_by_the_driver(void **state)
{
	struct link *l = *state;
	static struct rpmsg_endpoint extra;
	static struct link_seen seen;
	static struct link_both b;
	int i;

	link_connect(l, &b, NULL, link_see);
	extra.priv = &seen;
	assert_int_equal(rpmsg_create_ept(&extra, &l->host.rdev, "", 101, 200, hold, NULL), 0);
	for (i = 0; i < 8; i++)
		assert_int_equal(rpmsg_trysendto(&b.client, &i, sizeof(i), 101), sizeof(i));
	link_run(l);
	assert_int_equal(seen.calls, 8);
	assert_int_equal(rpmsg_trysend(&b.client, &i, sizeof(i)), RPMSG_ERR_NO_BUFF);
	rpmsg_release_rx_buffer(&extra, seen.where);
	assert_int_equal(rpmsg_trysend(&b.client, &i, sizeof(i)), sizeof(i));
	link_run(l);
	assert_int_equal(b.at_host.calls, 1);
}

static int fails(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)link_see(ept, data, len, src, priv);
	return -1;
}

static void failing_callback_is_counted(void **state)
{
	struct link *l = *state;
	static struct link_both b;

	link_connect(l, &b, NULL, fails);
	assert_int_equal(rpmsg_send(&b.host, "x", 1), 1);
	link_run(l);
	assert_int_equal(b.at_client.calls, 1);
	assert_int_equal(l->client.stats.rx_cb_errors, 1);
}

static void other_sizes(void **state)
{
	static const struct {
		unsigned int num, align;
		uint32_t h2r, r2h;
		bool split;
	} cases[] = {
		{ 16, 4, 512, 512, false },   { 8, 4, 512, 512, false },
		{ 2, 16, 2048, 1024, false }, { 1, 4, 64, 128, false },
		{ 32, 64, 1024, 256, false },
	};
	struct link *def = *state;
	struct link_options opt;
	static uint8_t msg[2048];
	struct link l;
	static struct link_both b;
	size_t i;
	int n;

	(void)def;
	memset(msg, 0x5c, sizeof(msg));
	for (i = 0; i < metal_dim(cases); i++) {
		memset(&opt, 0, sizeof(opt));
		opt.num = cases[i].num;
		opt.align = cases[i].align;
		opt.config.h2r_buf_size = cases[i].h2r;
		opt.config.r2h_buf_size = cases[i].r2h;
		link_open(&l, &opt);
		link_connect(&l, &b, NULL, link_see);
		for (n = 0; n < 100; n++) {
			assert_int_equal(rpmsg_send(&b.host, msg, (int)cases[i].h2r - 16),
					 cases[i].h2r - 16);
			assert_int_equal(rpmsg_send(&b.client, msg, (int)cases[i].r2h - 16),
					 cases[i].r2h - 16);
			link_run(&l);
		}
		assert_int_equal(b.at_client.calls, 100);
		assert_int_equal(b.at_client.len, cases[i].h2r - 16);
		assert_int_equal(b.at_host.len, cases[i].r2h - 16);
		link_close(&l);
	}
}

#define test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(oversize),
		test(exhaustion),
		test(wait_callback),
		test(nocopy),
		test(released_tx_buffers_come_back),
		test(held_buffers),
		test(held_by_the_driver),
		test(failing_callback_is_counted),
		test(other_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
