/* SPDX-License-Identifier: BSD-3-Clause */
/* What a message costs on the rings: doorbells, words written; and that nothing is taken on trust
 * for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "rpmsg_link.h"

struct traffic {
	struct link l;
	struct rpmsg_endpoint host, client;
	unsigned int at_host, at_client;
	unsigned int to_send; /* messages that the host sends while the client is busy */
};

static void send_host(struct traffic *t)
{
	assert_int_equal(rpmsg_trysend(&t->host, "to", 2), 2);
}

static int on_host(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct traffic *t = priv;

	(void)ept;
	(void)data;
	(void)len;
	(void)src;
	t->at_host++;
	return RPMSG_SUCCESS;
}

static int on_client(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct traffic *t = priv;

	(void)ept;
	(void)data;
	(void)len;
	(void)src;
	t->at_client++;
	if (t->to_send) {
		t->to_send--;
		send_host(t);
	}
	return RPMSG_SUCCESS;
}

static int setup(void **state)
{
	struct traffic *t = calloc(1, sizeof(*t));
	struct link *l = &t->l;

	link_open(l, NULL);
	link_up(l, NULL);
	t->host.priv = t->client.priv = t;
	assert_int_equal(rpmsg_create_ept(&t->host, &l->host.rdev, "", 100, 200, on_host, NULL), 0);
	assert_int_equal(
		rpmsg_create_ept(&t->client, &l->client.rdev, "", 200, 100, on_client, NULL), 0);
	link_run(l);
	l->to_client = l->to_host = 0;
	*state = t;
	return 0;
}

static int teardown(void **state)
{
	struct traffic *t = *state;

	link_close(&t->l);
	free(t);
	return 0;
}

static void one_doorbell_each_way(void **state)
{
	struct traffic *t = *state;

	for (unsigned int i = 1; i <= 50; i++) {
		send_host(t);
		assert_int_equal(t->l.to_client, i);
		link_run_client(&t->l);
		assert_int_equal(rpmsg_trysend(&t->client, "fro", 3), 3);
		assert_int_equal(t->l.to_host, i);
		link_run_host(&t->l);
	}
	assert_int_equal(t->at_client, 50);
	assert_int_equal(t->at_host, 50);
}

static void no_doorbells_while_busy(void **state)
{
	struct traffic *t = *state;
	struct vring vr = link_ring(&t->l, 1);

	send_host(t);
	send_host(t);
	assert_int_equal(t->l.to_client, 2);
	/* The first one's callback sends one more before anything is suppressed, the others do
	 * while it is; one doorbell has all of them handled. */
	t->to_send = 4;
	link_run_client(&t->l);
	assert_int_equal(t->at_client, 6);
	assert_int_equal(t->l.to_client, 3);
	assert_int_equal(vr.used->flags, 0);
	send_host(t);
	assert_int_equal(t->l.to_client, 4);
}

static void never_busy_for_ever(void **state)
{
	struct traffic *t = *state;
	unsigned int rung;

	send_host(t);
	send_host(t);
	t->to_send = 1000;
	link_run_client(&t->l);
	/* Two rings of them; whoever came later has rung. */
	assert_int_equal(t->at_client, 16);
	rung = t->l.to_client;
	assert_true(rung > 2);
	assert_true(rpmsg_virtio_rx_pending(&t->l.client));
	t->to_send = 0;
	link_run_client(&t->l);
	assert_int_equal(t->at_client, 18);
}

/* Several messages for one doorbell; none is held back when the ring is full. */
static void corked(void **state)
{
	struct traffic *t = *state;
	struct rpmsg_virtio_device *host = &t->l.host;

	for (unsigned int round = 1; round <= 20; round++) {
		rpmsg_virtio_cork(host);
		rpmsg_virtio_cork(host);
		for (int i = 0; i < 3; i++)
			send_host(t);
		rpmsg_virtio_uncork(host);
		assert_int_equal(t->l.to_client, round - 1);
		rpmsg_virtio_uncork(host);
		assert_int_equal(t->l.to_client, round);
		link_run_client(&t->l);
		assert_int_equal(t->at_client, 3 * round);
	}
	rpmsg_virtio_cork(host);
	for (int i = 0; i < 3; i++)
		send_host(t);
	assert_int_equal(t->l.to_client, 20);
	/* Half a ring, then all of it. */
	send_host(t);
	assert_int_equal(t->l.to_client, 21);
	for (int i = 0; i < 3; i++)
		send_host(t);
	assert_int_equal(t->l.to_client, 21);
	send_host(t);
	assert_int_equal(t->l.to_client, 22);
	assert_int_equal(rpmsg_trysend(&t->host, "x", 1), RPMSG_ERR_NO_BUFF);
	link_run_client(&t->l);
	assert_int_equal(t->at_client, 68);
	rpmsg_virtio_uncork(host);
	assert_int_equal(t->l.to_client, 22);
	/* One more than needed does nothing. */
	rpmsg_virtio_uncork(host);
	send_host(t);
	assert_int_equal(t->l.to_client, 23);
}

/* No room although less than half a ring was sent: somebody else has the buffers. */
static void corked_and_no_buffer(void **state)
{
	struct traffic *t = *state;
	uint32_t len;

	for (int i = 0; i < 6; i++)
		assert_non_null(rpmsg_get_tx_payload_buffer(&t->host, &len, false));
	rpmsg_virtio_cork(&t->l.host);
	send_host(t);
	send_host(t);
	assert_int_equal(t->l.to_client, 0);
	assert_int_equal(rpmsg_trysend(&t->host, "x", 1), RPMSG_ERR_NO_BUFF);
	assert_int_equal(t->l.to_client, 1);
	link_run_client(&t->l);
	assert_int_equal(t->at_client, 2);
	rpmsg_virtio_uncork(&t->l.host);
	assert_int_equal(t->l.to_client, 1);
}

/* A peer that polls sees corked messages by quarters of the ring. */
static void corked_is_shown(void **state)
{
	struct traffic *t = *state;
	struct vring vr = link_ring(&t->l, 1);
	uint16_t before = vr.avail->idx;

	rpmsg_virtio_cork(&t->l.host);
	send_host(t);
	assert_int_equal(vr.avail->idx, before);
	send_host(t);
	assert_int_equal((uint16_t)(vr.avail->idx - before), 2);
	send_host(t);
	rpmsg_virtio_uncork(&t->l.host);
	assert_int_equal((uint16_t)(vr.avail->idx - before), 3);
	assert_int_equal(t->l.to_client, 1);
}

/* What the host has given back when it has handled so many of five messages. */
static uint16_t shown_after[5];

static int on_host_looks(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src,
			 void *priv)
{
	struct traffic *t = priv;

	shown_after[t->at_host] = link_ring(&t->l, 0).avail->idx;
	return on_host(ept, data, len, src, priv);
}

static void five_to_host(struct traffic *t, const uint16_t shown[5])
{
	uint16_t before = link_ring(&t->l, 0).avail->idx;

	t->host.cb = on_host_looks;
	for (int i = 0; i < 5; i++)
		assert_int_equal(rpmsg_trysend(&t->client, "fro", 3), 3);
	link_run_host(&t->l);
	assert_int_equal(t->at_host, 5);
	for (int i = 0; i < 5; i++)
		assert_int_equal((uint16_t)(shown_after[i] - before), shown[i]);
	assert_int_equal((uint16_t)(link_ring(&t->l, 0).avail->idx - before), 5);
}

static void host_shows_some(void **state)
{
	static const uint16_t shown[5] = { 0, 0, 0, 3, 3 };

	five_to_host(*state, shown);
}

static void host_shows_each(void **state)
{
	static const uint16_t shown[5] = { 0, 1, 2, 3, 4 };
	struct traffic *t = *state;

	t->l.host.show_each = true;
	five_to_host(t, shown);
}

/* A number that makes no sense, behind two messages that are good: these arrive. */
static void wrong_number_behind(void **state)
{
	struct traffic *t = *state;
	struct vring vr = link_ring(&t->l, 0);

	for (int i = 0; i < 3; i++)
		assert_int_equal(rpmsg_trysend(&t->client, "fro", 3), 3);
	vr.used->ring[(vr.used->idx - 1) & 7].id = 0x10003;
	link_run_host(&t->l);
	assert_int_equal(t->at_host, 2);
	assert_ptr_equal(rpmsg_virtio_broken(&t->l.host), t->l.host.rvq);
	assert_int_equal(virtqueue_breach(t->l.host.rvq), VQ_BREACH_DESC_ID);
	assert_int_equal(t->l.host.rvq->vq_breach_value, 0x10003);
}

/* Numbers are read when the index says that they are there, and not again. */
static void numbers_are_read_once(void **state)
{
	struct traffic *t = *state;
	struct vring vr = link_ring(&t->l, 1);
	uint16_t seen = t->l.client.rvq->vq_available_idx;

	send_host(t);
	send_host(t);
	assert_int_equal(virtqueue_get_desc_size(t->l.client.rvq), 512);
	vr.avail->ring[(seen + 1) & 7] = 0x7777;
	link_run_client(&t->l);
	assert_int_equal(t->at_client, 2);
	assert_null(rpmsg_virtio_broken(&t->l.client));
}

/* In lock-step all buffers have their turn, so that the index is looked at once a lap. */
static void buffers_take_turns(void **state)
{
	struct traffic *t = *state;
	struct virtqueue *vq = t->l.host.svq;
	unsigned int looks = 0;

	for (int i = 0; i < 80; i++) {
		looks += !virtqueue_seen(vq);
		send_host(t);
		link_run_client(&t->l);
	}
	assert_int_equal(t->at_client, 80);
	/* The first lap is of new buffers. */
	assert_int_equal(looks, 8 + 72 / 8);
}

/* All buffers come back, also those that were given back in silence. */
static void buffers_come_back(void **state)
{
	struct traffic *t = *state;
	struct vring vr = link_ring(&t->l, 1);

	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 8; i++)
			send_host(t);
		assert_int_equal(rpmsg_trysend(&t->host, "x", 1), RPMSG_ERR_NO_BUFF);
		link_run_client(&t->l);
		assert_int_equal(vr.used->idx, vr.avail->idx);
	}
	assert_int_equal(t->at_client, 24);
}

static void descriptors_are_not_written_again(void **state)
{
	struct traffic *t = *state;
	struct vring vr = link_ring(&t->l, 1);
	struct vring_desc before[8];

	for (int i = 0; i < 20; i++) {
		send_host(t);
		link_run_client(&t->l);
	}
	/* Words that nobody looks at stay as they are. */
	for (int i = 0; i < 8; i++)
		vr.desc[i].next = 0x5a5a;
	memcpy(before, vr.desc, sizeof(before));
	for (int i = 0; i < 8; i++) {
		send_host(t);
		link_run_client(&t->l);
	}
	assert_memory_equal(before, vr.desc, sizeof(before));
	assert_int_equal(t->at_client, 28);
}

/* The client had checked this descriptor before; the driver changes it. */
static void changed_descriptor(struct traffic *t, uint64_t addr, uint32_t len,
			       enum virtqueue_breach breach)
{
	struct vring vr = link_ring(&t->l, 1);
	unsigned int seen;

	for (int i = 0; i < 20; i++) {
		send_host(t);
		link_run_client(&t->l);
	}
	seen = t->at_client;
	for (int i = 0; i < 8; i++) {
		vr.desc[i].addr = addr ? addr : vr.desc[i].addr;
		vr.desc[i].len = len;
	}
	send_host(t);
	link_run_client(&t->l);
	assert_int_equal(t->at_client, seen);
	assert_ptr_equal(rpmsg_virtio_broken(&t->l.client), t->l.client.rvq);
	assert_int_equal(virtqueue_breach(t->l.client.rvq), breach);
}

static void changed_address(void **state)
{
	changed_descriptor(*state, LINK_BASE - 512, 512, VQ_BREACH_DESC_ADDR);
}

static void changed_length(void **state)
{
	changed_descriptor(*state, 0, LINK_SIZE, VQ_BREACH_DESC_ADDR);
}

static void changed_to_nothing(void **state)
{
	changed_descriptor(*state, 0, 0, VQ_BREACH_DESC_LEN);
}

/* A host that was killed while it wanted no doorbells; the next one wants them. */
static void resumed_from_silence(void **state)
{
	struct traffic *t = *state;
	struct link *l = &t->l;
	struct vring vr = link_ring(l, 0);
	uint8_t *kept = malloc(LINK_SIZE);

	assert_non_null(kept);
	vr.avail->flags = 1;
	memcpy(kept, l->mem, LINK_SIZE);
	l->host.rdev.support_ns = false;
	rpmsg_deinit_vdev(&l->host);
	memcpy(l->mem, kept, LINK_SIZE);
	free(kept);
	rpmsg_virtio_init_shm_pool(&l->pool, l->mem + LINK_POOL, LINK_SIZE - LINK_POOL);
	assert_int_equal(rpmsg_resume_vdev(&l->host, l->host_vdev, NULL, &l->host_io, &l->pool), 0);
	assert_int_equal(vr.avail->flags, 0);
	l->to_host = 0;
	assert_int_equal(rpmsg_trysend(&t->client, "fro", 3), 3);
	assert_int_equal(l->to_host, 1);
}

#define test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(one_doorbell_each_way),
		test(no_doorbells_while_busy),
		test(never_busy_for_ever),
		test(corked),
		test(corked_and_no_buffer),
		test(corked_is_shown),
		test(host_shows_some),
		test(host_shows_each),
		test(wrong_number_behind),
		test(numbers_are_read_once),
		test(buffers_take_turns),
		test(buffers_come_back),
		test(descriptors_are_not_written_again),
		test(changed_address),
		test(changed_length),
		test(changed_to_nothing),
		test(resumed_from_silence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
