/* SPDX-License-Identifier: BSD-3-Clause */
/* rpmsg over virtio: the handshake on the wire, endpoints, name service, buffers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <metal/utilities.h>

#include "rpmsg_link.h"

static int echo(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	(void)priv;
	assert_int_equal(rpmsg_trysendto(ept, data, (int)len, src), len);
	return RPMSG_SUCCESS;
}

static unsigned int binds, unbinds, ept_unbinds;
static char bound_name[64];
static uint32_t bound_addr;

static void bind(struct rpmsg_device *rdev, const char *name, uint32_t dest)
{
	(void)rdev;
	binds++;
	assert_true(strlen(name) < sizeof(bound_name));
	strcpy(bound_name, name);
	bound_addr = dest;
}

static void unbind(struct rpmsg_device *rdev, const char *name, uint32_t dest)
{
	(void)rdev;
	(void)dest;
	unbinds++;
	assert_string_equal(name, bound_name);
}

static void ept_unbind(struct rpmsg_endpoint *ept)
{
	(void)ept;
	ept_unbinds++;
}

/* Endpoints stay registered until the link is closed after a test: they are all static. */
static int setup(void **state)
{
	struct link *l = malloc(sizeof(*l));

	binds = unbinds = ept_unbinds = 0;
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

/* ---- the wire ---- */

static void handshake(void **state)
{
	struct link *l = *state;
	struct vring rx = link_ring(l, 0), tx = link_ring(l, 1);
	unsigned int i;

	l->rsc->gfeatures = 0;
	assert_int_equal(link_host_up(l, bind), RPMSG_SUCCESS);
	assert_int_equal(l->rsc->status, 4);
	assert_int_equal(l->rsc->gfeatures, 1);
	assert_true(l->to_client > 0);
	assert_int_equal(rx.avail->idx, 8);
	assert_int_equal(rx.avail->flags, 0);
	assert_int_equal(rx.used->idx, 0);
	for (i = 0; i < 8; i++) {
		assert_int_equal(rx.avail->ring[i], i);
		assert_int_equal(rx.desc[i].addr, LINK_BASE + LINK_POOL + 512 * i);
		assert_int_equal(rx.desc[i].len, 512);
		assert_int_equal(rx.desc[i].flags, VRING_DESC_F_WRITE);
	}
	assert_int_equal(tx.avail->idx, 0);
	assert_int_equal(tx.avail->flags, 1);
	rpmsg_deinit_vdev(&l->host);
	assert_int_equal(l->rsc->status, 0);
}

static void message_format(void **state)
{
	struct link *l = *state;
	struct vring tx = link_ring(l, 1), rx = link_ring(l, 0);
	const uint8_t *buf;
	static struct link_both b;

	link_connect(l, &b, bind, link_see);
	assert_int_equal(rpmsg_send(&b.host, "hello", 5), 5);
	assert_int_equal(tx.avail->idx, 1);
	/* Behind the eight receive buffers; whole buffers are lent. */
	assert_int_equal(tx.desc[0].addr, LINK_BASE + LINK_POOL + 8 * 512);
	assert_int_equal(tx.desc[0].len, 512);
	assert_int_equal(tx.desc[0].flags, 0);
	buf = l->mem + LINK_POOL + 8 * 512;
	assert_memory_equal(buf, ((const uint8_t[]){ 100, 0, 0, 0, 200, 0,   0,	  0,   0,   0,	0,
						     0,	  5, 0, 0, 0,	'h', 'e', 'l', 'l', 'o' }),
			    21);
	assert_int_equal(rpmsg_send(&b.client, "yes", 3), 3);
	assert_int_equal(rx.used->idx, 1);
	assert_int_equal(rx.used->ring[0].len, 19);
	l->client.full_used_len = true;
	assert_int_equal(rpmsg_send(&b.client, "yes", 3), 3);
	assert_int_equal(rx.used->ring[1].len, 512);
	link_run(l);
	assert_int_equal(b.at_client.calls, 1);
	assert_int_equal(b.at_client.src, 100);
	assert_int_equal(b.at_host.calls, 2);
	assert_int_equal(b.at_host.len, 3);
	assert_memory_equal(b.at_host.data, "yes", 3);
}

/* Linux lends exactly what a message needs, OpenAMP whole buffers: both arrive. */
static void transmit_descriptor_lengths(void **state)
{
	const uint32_t lens[] = { 21, 512, 100 };
	struct link *l = *state;
	struct vring tx = link_ring(l, 1);
	static struct link_both b;
	size_t i;

	link_connect(l, &b, bind, link_see);
	for (i = 0; i < metal_dim(lens); i++) {
		assert_int_equal(rpmsg_send(&b.host, "hello", 5), 5);
		tx.desc[tx.avail->ring[i]].len = lens[i];
		link_run(l);
		assert_int_equal(b.at_client.calls, i + 1);
		assert_int_equal(b.at_client.len, 5);
	}
}

static void statuses(void **state)
{
	static const uint8_t old[] = { 0, 1, 3 };
	struct link *l = *state;
	size_t i;

	for (i = 0; i < metal_dim(old); i++) {
		l->rsc->status = old[i];
		assert_int_equal(link_host_up(l, bind), RPMSG_SUCCESS);
		assert_int_equal(l->rsc->status, old[i] | 4);
		assert_int_equal(link_client_up(l), RPMSG_SUCCESS);
		rpmsg_deinit_vdev(&l->client);
		rpmsg_deinit_vdev(&l->host);
		assert_int_equal(l->rsc->status, 0);
	}
}

static void event_index_only_if_agreed(void **state)
{
	struct link *l = *state;

	/* The table offers it and even claims it: it was not agreed upon. */
	l->rsc->dfeatures = 1u | (uint32_t)VIRTIO_RING_F_EVENT_IDX;
	l->rsc->gfeatures = (uint32_t)VIRTIO_RING_F_EVENT_IDX;
	link_up(l, bind);
	assert_int_equal(l->rsc->gfeatures, 1);
	assert_false(l->host.rvq->vq_event_idx);
	assert_false(l->client.rvq->vq_event_idx);
	rpmsg_deinit_vdev(&l->client);
	rpmsg_deinit_vdev(&l->host);

	l->config.features = (uint32_t)VIRTIO_RING_F_EVENT_IDX;
	link_up(l, bind);
	assert_int_equal(l->rsc->gfeatures, 1u | (uint32_t)VIRTIO_RING_F_EVENT_IDX);
	assert_true(l->host.rvq->vq_event_idx);
	assert_true(l->client.rvq->vq_event_idx);
	rpmsg_deinit_vdev(&l->client);
	rpmsg_deinit_vdev(&l->host);

	/* We would like it, the client does not know it. */
	l->rsc->dfeatures = 1;
	l->rsc->gfeatures = 0;
	link_up(l, bind);
	assert_int_equal(l->rsc->gfeatures, 1);
	assert_false(l->host.svq->vq_event_idx);
}

static void client_without_name_service(void **state)
{
	static struct rpmsg_endpoint ept;
	struct link *l = *state;

	/* A host that forgets gfeatures: the client announces nothing. */
	assert_int_equal(link_host_up(l, bind), RPMSG_SUCCESS);
	l->rsc->gfeatures = 0;
	assert_int_equal(link_client_up(l), RPMSG_SUCCESS);
	assert_int_equal(rpmsg_create_ept(&ept, &l->client.rdev, "rpmsg-tty", RPMSG_ADDR_ANY,
					  RPMSG_ADDR_ANY, link_see, NULL),
			 0);
	link_run(l);
	assert_int_equal(binds, 0);
}

/* ---- endpoints and names ---- */

static void announce_and_echo(void **state)
{
	static struct rpmsg_endpoint client, host;
	struct link *l = *state;
	static struct link_seen seen;

	link_up(l, bind);
	l->host.rdev.ns_unbind_cb = unbind;
	assert_int_equal(rpmsg_create_ept(&client, &l->client.rdev, "rpmsg-tty", RPMSG_ADDR_ANY,
					  RPMSG_ADDR_ANY, echo, NULL),
			 0);
	assert_int_equal(client.addr, 1024);
	link_run(l);
	assert_int_equal(binds, 1);
	assert_string_equal(bound_name, "rpmsg-tty");
	assert_int_equal(bound_addr, 1024);
	host.priv = &seen;
	assert_int_equal(rpmsg_create_ept(&host, &l->host.rdev, bound_name, RPMSG_ADDR_ANY,
					  bound_addr, link_see, ept_unbind),
			 0);
	/* The host announces nothing; the client learns from the first message. */
	link_run(l);
	assert_int_equal(client.dest_addr, RPMSG_ADDR_ANY);
	assert_int_equal(rpmsg_send(&host, NULL, 0), 0);
	link_run(l);
	assert_int_equal(client.dest_addr, host.addr);
	assert_int_equal(seen.calls, 1);
	assert_int_equal(seen.len, 0);
	assert_int_equal(seen.src, 1024);
	assert_true(is_rpmsg_ept_ready(&client));
	rpmsg_destroy_ept(&client);
	link_run(l);
	assert_int_equal(unbinds, 1);
	assert_int_equal(ept_unbinds, 1);
	assert_int_equal(host.dest_addr, RPMSG_ADDR_ANY);
	assert_int_equal(rpmsg_send(&host, "x", 1), RPMSG_ERR_PARAM);
}

static void waiting_endpoint_is_bound(void **state)
{
	static struct rpmsg_endpoint client, host;
	struct link *l = *state;

	link_up(l, bind);
	assert_int_equal(
		rpmsg_create_ept(&host, &l->host.rdev, "svc", 77, RPMSG_ADDR_ANY, link_see, NULL),
		0);
	assert_int_equal(rpmsg_create_ept(&client, &l->client.rdev, "svc", RPMSG_ADDR_ANY,
					  RPMSG_ADDR_ANY, link_see, NULL),
			 0);
	link_run(l);
	assert_int_equal(binds, 0);
	assert_int_equal(host.dest_addr, client.addr);
	assert_int_equal(client.dest_addr, 77);
}

static void names(void **state)
{
	const char longest[] = "0123456789012345678901234567890";
	const char too_long[] = "01234567890123456789012345678901";
	struct link *l = *state;
	struct vring rx = link_ring(l, 0);
	static struct rpmsg_endpoint ept;
	const uint8_t *msg;

	link_up(l, bind);
	assert_int_equal(rpmsg_create_ept(&ept, &l->client.rdev, too_long, RPMSG_ADDR_ANY,
					  RPMSG_ADDR_ANY, link_see, NULL),
			 RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_create_ept(&ept, &l->client.rdev, longest, RPMSG_ADDR_ANY,
					  RPMSG_ADDR_ANY, link_see, NULL),
			 0);
	msg = l->mem + (rx.desc[rx.used->ring[0].id].addr - LINK_BASE) + 16;
	assert_memory_equal(msg, longest, 32);
	link_run(l);
	assert_string_equal(bound_name, longest);
	rpmsg_destroy_ept(&ept);
	link_run(l);
	/* Short names are padded with zeroes, whatever the buffer held before. */
	memset(l->mem + LINK_POOL, 0xff, 8 * 512);
	assert_int_equal(rpmsg_create_ept(&ept, &l->client.rdev, "ab", RPMSG_ADDR_ANY,
					  RPMSG_ADDR_ANY, link_see, NULL),
			 0);
	msg = l->mem + (rx.desc[rx.used->ring[2].id].addr - LINK_BASE) + 16;
	assert_memory_equal(msg, ((const uint8_t[32]){ 'a', 'b' }), 32);
}

static void many_endpoints(void **state)
{
	enum { MANY = 400 };
	struct rpmsg_endpoint *epts = calloc(MANY, sizeof(*epts));
	struct link *l = *state;
	unsigned int i, j;

	link_up(l, bind);
	for (i = 0; i < MANY; i++) {
		assert_int_equal(rpmsg_create_ept(&epts[i], &l->host.rdev, "many", RPMSG_ADDR_ANY,
						  5, link_see, NULL),
				 0);
		assert_true(epts[i].addr >= 1024);
		for (j = 0; j < i; j++)
			assert_int_not_equal(epts[i].addr, epts[j].addr);
	}
	/* One of the first gives its address back; it is found again. */
	j = epts[5].addr;
	rpmsg_destroy_ept(&epts[5]);
	assert_int_equal(rpmsg_create_ept(&epts[5], &l->host.rdev, "many", RPMSG_ADDR_ANY, 5,
					  link_see, NULL),
			 0);
	assert_int_equal(epts[5].addr, j);
	for (i = 0; i < MANY; i++)
		rpmsg_destroy_ept(&epts[i]);
	free(epts);
}

static void addresses(void **state)
{
	static struct rpmsg_endpoint a, b, c;
	struct link *l = *state;

	link_up(l, bind);
	assert_int_equal(rpmsg_create_ept(&a, &l->host.rdev, "a", 1024, 1, link_see, NULL), 0);
	assert_int_equal(rpmsg_create_ept(&b, &l->host.rdev, "b", 1024, 1, link_see, NULL),
			 RPMSG_ERR_ADDR);
	assert_int_equal(
		rpmsg_create_ept(&b, &l->host.rdev, "b", RPMSG_NS_EPT_ADDR, 1, link_see, NULL),
		RPMSG_ERR_ADDR);
	assert_int_equal(
		rpmsg_create_ept(&b, &l->host.rdev, "b", RPMSG_ADDR_ANY, 1, link_see, NULL), 0);
	assert_int_equal(b.addr, 1025);
	rpmsg_destroy_ept(&b);
	/* Not the same one at once. */
	assert_int_equal(
		rpmsg_create_ept(&c, &l->host.rdev, "c", RPMSG_ADDR_ANY, 1, link_see, NULL), 0);
	assert_int_equal(c.addr, 1026);
	assert_int_equal(rpmsg_create_ept(&b, NULL, "b", 1, 1, link_see, NULL), RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_create_ept(NULL, &l->host.rdev, "b", 1, 1, link_see, NULL),
			 RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_create_ept(&b, &l->host.rdev, "b", 1, 1, NULL, NULL),
			 RPMSG_ERR_PARAM);
}

static int destroy_self(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src,
			void *priv)
{
	(void)data;
	(void)len;
	(void)src;
	(*(unsigned int *)priv)++;
	rpmsg_destroy_ept(ept);
	free(ept);
	return RPMSG_SUCCESS;
}

static unsigned int released;

static void release(struct rpmsg_endpoint *ept)
{
	released++;
	free(ept);
}

static int destroy_counted(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src,
			   void *priv)
{
	(void)data;
	(void)len;
	(void)src;
	(void)priv;
	rpmsg_destroy_ept(ept);
	assert_int_equal(released, 0); /* still in its callback */
	return RPMSG_SUCCESS;
}

static void destroy_in_callback(void **state)
{
	struct link *l = *state;
	struct rpmsg_endpoint *ept = calloc(1, sizeof(*ept));
	unsigned int calls = 0;
	static struct link_both b;

	link_connect(l, &b, bind, link_see);
	ept->priv = &calls;
	assert_int_equal(rpmsg_create_ept(ept, &l->client.rdev, "", 300, 1, destroy_self, NULL), 0);
	assert_int_equal(rpmsg_sendto(&b.host, "a", 1, 300), 1);
	assert_int_equal(rpmsg_sendto(&b.host, "b", 1, 300), 1);
	link_run(l);
	assert_int_equal(calls, 1);
	assert_int_equal(l->client.stats.rx_no_endpoint, 1);

	released = 0;
	ept = calloc(1, sizeof(*ept));
	assert_int_equal(rpmsg_create_ept(ept, &l->client.rdev, "", 301, 1, destroy_counted, NULL),
			 0);
	ept->release_cb = release;
	assert_int_equal(rpmsg_sendto(&b.host, "a", 1, 301), 1);
	link_run(l);
	assert_int_equal(released, 1);
}

static void bad_setups(void **state)
{
	struct link *l = *state;
	struct rpmsg_virtio_shm_pool pool;
	struct rpmsg_virtio_config tiny = { .h2r_buf_size = 16, .r2h_buf_size = 512 };

	assert_int_equal(rpmsg_init_vdev(NULL, l->host_vdev, bind, &l->host_io, &pool),
			 RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_init_vdev(&l->host, l->host_vdev, bind, &l->host_io, NULL),
			 RPMSG_ERR_PARAM);
	/* Too few bytes for eight buffers; buffers that nobody else can see. */
	rpmsg_virtio_init_shm_pool(&pool, l->mem + LINK_POOL, 8 * 512 - 1);
	assert_int_equal(rpmsg_init_vdev(&l->host, l->host_vdev, bind, &l->host_io, &pool),
			 RPMSG_ERR_NO_BUFF);
	rpmsg_virtio_init_shm_pool(&pool, l->mem + LINK_SIZE - 512, 8 * 512);
	assert_int_equal(rpmsg_init_vdev(&l->host, l->host_vdev, bind, &l->host_io, &pool),
			 RPMSG_ERR_PARAM);
	rpmsg_virtio_init_shm_pool(&pool, l->mem + LINK_POOL, 16 * 512);
	assert_int_equal(rpmsg_init_vdev_with_config(&l->host, l->host_vdev, bind, &l->host_io,
						     &pool, &tiny),
			 RPMSG_ERR_PARAM);
	assert_int_equal(l->rsc->status, 0);
}

#define test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(handshake),
		test(message_format),
		test(transmit_descriptor_lengths),
		test(statuses),
		test(event_index_only_if_agreed),
		test(client_without_name_service),
		test(announce_and_echo),
		test(waiting_endpoint_is_bound),
		test(names),
		test(many_endpoints),
		test(addresses),
		test(destroy_in_callback),
		test(bad_setups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
