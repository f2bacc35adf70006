/* SPDX-License-Identifier: BSD-3-Clause */
/* A driver goes, another one goes on with the rings it left; the device notices nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "rpmsg_link.h"

struct pair {
	struct link l;
	struct link_both b;
	uint8_t kept[LINK_SIZE]; /* memory at the moment of death */
	bool dying;
	unsigned int host_calls;
	uint32_t host_next, client_next; /* numbers expected next */
};

/* Numbers in order, on either side. */
static int at_client(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct pair *p = priv;
	uint32_t n;

	(void)ept;
	assert_int_equal(len, sizeof(n));
	assert_int_equal(src, 100);
	memcpy(&n, data, sizeof(n));
	assert_int_equal(n, p->client_next++);
	return RPMSG_SUCCESS;
}

static int at_host(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct pair *p = priv;
	uint32_t n;

	(void)ept;
	assert_int_equal(len, sizeof(n));
	assert_int_equal(src, 200);
	memcpy(&n, data, sizeof(n));
	p->host_calls++;
	if (p->dying) {
		/* Killed in the middle of this message: it is not given back. */
		memcpy(p->kept, p->l.mem, LINK_SIZE);
		p->dying = false;
	}
	assert_int_equal(n, p->host_next++);
	return RPMSG_SUCCESS;
}

static void host_endpoint(struct pair *p)
{
	memset(&p->b.host, 0, sizeof(p->b.host));
	p->b.host.priv = p;
	assert_int_equal(
		rpmsg_create_ept(&p->b.host, &p->l.host.rdev, "h", 100, 200, at_host, NULL), 0);
}

static int setup(void **state)
{
	struct pair *p = calloc(1, sizeof(*p));

	link_open(&p->l, NULL);
	link_up(&p->l, NULL);
	host_endpoint(p);
	p->b.client.priv = p;
	assert_int_equal(
		rpmsg_create_ept(&p->b.client, &p->l.client.rdev, "c", 200, 100, at_client, NULL),
		0);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct pair *p = *state;

	link_close(&p->l);
	free(p);
	return 0;
}

static void keep(struct pair *p)
{
	memcpy(p->kept, p->l.mem, LINK_SIZE);
}

/* The host as of keep() was killed; a new one comes. */
static int die_and_resume(struct pair *p)
{
	uint32_t fresh[2] = { p->host_next, p->client_next };
	int ret;

	p->l.host.rdev.support_ns = false;
	rpmsg_deinit_vdev(&p->l.host);
	memcpy(p->l.mem, p->kept, LINK_SIZE);
	rpmsg_virtio_init_shm_pool(&p->l.pool, p->l.mem + LINK_POOL, LINK_SIZE - LINK_POOL);
	ret = rpmsg_resume_vdev(&p->l.host, p->l.host_vdev, NULL, &p->l.host_io, &p->l.pool);
	if (ret)
		return ret;
	rpmsg_virtio_set_tx_timeout(&p->l.host, 0);
	host_endpoint(p);
	p->host_next = fresh[0];
	p->client_next = fresh[1];
	return 0;
}

static void send_host(struct pair *p, uint32_t n)
{
	assert_int_equal(rpmsg_trysend(&p->b.host, &n, sizeof(n)), sizeof(n));
}

static void send_client(struct pair *p, uint32_t n)
{
	assert_int_equal(rpmsg_trysend(&p->b.client, &n, sizeof(n)), sizeof(n));
}

/* Full rings, both ways, several times. */
static void exchange(struct pair *p)
{
	for (int round = 0; round < 5; round++) {
		for (uint32_t i = 0; i < 8; i++) {
			send_host(p, p->client_next + i);
			send_client(p, p->host_next + i);
		}
		link_run(&p->l);
	}
}

static void quiet(void **state)
{
	struct pair *p = *state;

	for (int i = 0; i < 5; i++) {
		keep(p);
		assert_int_equal(die_and_resume(p), 0);
		exchange(p);
		assert_null(rpmsg_virtio_broken(&p->l.host));
	}
	assert_int_equal(p->host_next, 200);
	assert_int_equal(p->client_next, 200);
}

static void messages_on_the_way(void **state)
{
	struct pair *p = *state;

	for (uint32_t n = 0; n <= 8; n++) {
		exchange(p);
		for (uint32_t i = 0; i < n; i++) {
			send_host(p, p->client_next + i);
			send_client(p, p->host_next + i);
		}
		keep(p);
		assert_int_equal(die_and_resume(p), 0);
		/* What was on the way to the client still takes its buffers. */
		for (uint32_t i = n; i < 8; i++)
			send_host(p, p->client_next + i);
		assert_int_equal(rpmsg_trysend(&p->b.host, &n, sizeof(n)), RPMSG_ERR_NO_BUFF);
		link_run(&p->l);
		exchange(p);
	}
	assert_null(rpmsg_virtio_broken(&p->l.host));
}

static void killed_within_a_message(void **state)
{
	struct pair *p = *state;

	for (uint32_t n = 1; n <= 8; n++) {
		uint32_t first = p->host_next;

		for (uint32_t i = 0; i < n; i++)
			send_client(p, first + i);
		p->dying = true;
		link_run_host(&p->l);
		/* The first of them was handled, not given back: it comes again, and all the rest.
		 */
		p->host_next = first;
		assert_int_equal(die_and_resume(p), 0);
		link_run_host(&p->l);
		assert_int_equal(p->host_next, first + n);
		exchange(p);
	}
	assert_null(rpmsg_virtio_broken(&p->l.host));
}

/* ---- rings of nonsense ---- */

static struct vring ring(struct pair *p, unsigned int i)
{
	return link_ring(&p->l, i);
}

/* The ring is as it was when this returns. */
static void refused(struct pair *p)
{
	uint8_t *wrong = malloc(LINK_SIZE);

	assert_non_null(wrong);
	memcpy(wrong, p->l.mem, LINK_SIZE);
	memcpy(p->l.mem, p->kept, LINK_SIZE);
	p->l.host.rdev.support_ns = false;
	rpmsg_deinit_vdev(&p->l.host);
	memcpy(p->l.mem, wrong, LINK_SIZE);
	free(wrong);
	rpmsg_virtio_init_shm_pool(&p->l.pool, p->l.mem + LINK_POOL, LINK_SIZE - LINK_POOL);
	assert_int_equal(
		rpmsg_resume_vdev(&p->l.host, p->l.host_vdev, NULL, &p->l.host_io, &p->l.pool),
		RPMSG_ERR_INIT);
	assert_null(rpmsg_virtio_broken(&p->l.host));
	memcpy(p->l.mem, p->kept, LINK_SIZE);
	rpmsg_virtio_init_shm_pool(&p->l.pool, p->l.mem + LINK_POOL, LINK_SIZE - LINK_POOL);
	assert_int_equal(
		rpmsg_resume_vdev(&p->l.host, p->l.host_vdev, NULL, &p->l.host_io, &p->l.pool), 0);
	host_endpoint(p);
}

static void nonsense(void **state)
{
	struct pair *p = *state;

	exchange(p);
	send_host(p, p->client_next);
	send_host(p, p->client_next + 1);
	keep(p);
	ring(p, 1).used->idx = (uint16_t)(ring(p, 1).avail->idx - 9);
	refused(p);
	ring(p, 1).used->idx = (uint16_t)(ring(p, 1).avail->idx + 1);
	refused(p);
	ring(p, 1).avail->ring[(ring(p, 1).avail->idx - 1) & 7] = 8;
	refused(p);
	ring(p, 1).avail->ring[(ring(p, 1).avail->idx - 1) & 7] =
		ring(p, 1).avail->ring[(ring(p, 1).avail->idx - 2) & 7];
	refused(p);
	ring(p, 0).desc[3].addr = ring(p, 0).desc[2].addr;
	refused(p);
	ring(p, 0).desc[3].addr += 1;
	refused(p);
	ring(p, 0).desc[3].addr += 512 * 8; /* a buffer of the other direction */
	refused(p);
	ring(p, 0).desc[0].addr -= 512;
	refused(p);
	ring(p, 0).desc[3].addr = UINT64_MAX - 100;
	refused(p);
	ring(p, 0).desc[3].len = 0x10000;
	refused(p);
	link_run(&p->l);
	exchange(p);
}

/* The client's index makes no sense: found at the first look, as ever. */
static void breach_is_found(void **state)
{
	struct pair *p = *state;

	exchange(p);
	ring(p, 0).used->idx = (uint16_t)(ring(p, 0).used->idx + 9);
	keep(p);
	assert_int_equal(die_and_resume(p), 0);
	link_run_host(&p->l);
	assert_ptr_equal(rpmsg_virtio_broken(&p->l.host), p->l.host.rvq);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(quiet),	TEST(messages_on_the_way), TEST(killed_within_a_message),
		TEST(nonsense), TEST(breach_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
