/* SPDX-License-Identifier: BSD-3-Clause */
/* Virtqueues: both sides against each other, and each against a peer that breaks the rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <metal/utilities.h>
#include <openamp/virtio.h>

#define NUM  8u
#define PHYS 0x40000000ul
#define SIZE 0x4000u
#define BUFS 0x1000u

struct pair {
	uint8_t *mem;
	metal_phys_addr_t phys;
	struct metal_io_region io;
	struct virtio_device drv_dev, dev_dev;
	struct virtqueue *drv, *dev;
	unsigned int kicks_drv, kicks_dev, calls;
	struct vring ring;
};

static struct pair *current;

static void driver_kicks(struct virtqueue *vq)
{
	(void)vq;
	current->kicks_drv++;
}

static void device_kicks(struct virtqueue *vq)
{
	(void)vq;
	current->kicks_dev++;
}

static void called(struct virtqueue *vq)
{
	(void)vq;
	current->calls++;
}

static void pair_open(struct pair *p, unsigned int align, uint64_t features)
{
	struct vring_alloc_info info = { .align = align, .num_descs = NUM };

	memset(p, 0, sizeof(*p));
	current = p;
	p->mem = aligned_alloc(64, SIZE);
	assert_non_null(p->mem);
	memset(p->mem, 0, SIZE);
	p->phys = PHYS;
	metal_io_init(&p->io, p->mem, &p->phys, SIZE, (unsigned int)-1, 0, NULL);
	p->drv_dev = (struct virtio_device){ .role = VIRTIO_DEV_DRIVER, .features = features };
	p->dev_dev = (struct virtio_device){ .role = VIRTIO_DEV_DEVICE, .features = features };
	info.vaddr = p->mem;
	p->drv = virtqueue_allocate(NUM);
	p->dev = virtqueue_allocate(NUM);
	assert_int_equal(
		virtqueue_create(&p->drv_dev, 0, "drv", &info, called, driver_kicks, p->drv), 0);
	assert_int_equal(
		virtqueue_create(&p->dev_dev, 0, "dev", &info, called, device_kicks, p->dev), 0);
	virtqueue_set_shmem_io(p->drv, &p->io);
	virtqueue_set_shmem_io(p->dev, &p->io);
	vring_init(&p->ring, NUM, p->mem, align);
}

static void pair_close(struct pair *p)
{
	virtqueue_free(p->drv);
	virtqueue_free(p->dev);
	free(p->mem);
}

static uint8_t *buffer(struct pair *p, unsigned int i)
{
	return p->mem + BUFS + i * 512;
}

static void offer(struct pair *p, unsigned int i)
{
	struct virtqueue_buf buf = { buffer(p, i), 512 };

	assert_int_equal(virtqueue_add_buffer(p->drv, &buf, 0, 1, buf.buf), 0);
}

static void expect_broken(struct virtqueue *vq, enum virtqueue_breach breach, uint64_t value)
{
	assert_true(virtqueue_is_broken(vq));
	assert_int_equal(virtqueue_breach(vq), breach);
	assert_int_equal(vq->vq_breach_value, value);
	/* Nothing moves any more, and nothing hurts. */
	assert_null(virtqueue_get_buffer(vq, NULL, NULL));
	assert_null(virtqueue_get_available_buffer(vq, NULL, NULL));
	assert_false(virtqueue_pending(vq));
	virtqueue_kick(vq);
	current->calls = 0;
	virtqueue_notification(vq);
	assert_int_equal(current->calls, 0);
	assert_string_not_equal(virtqueue_breach_name(breach), "unknown breach");
}

/* ---- layout ---- */

static void layout(void **state)
{
	struct vring vr;

	(void)state;
	/* 8 descriptors: 128 bytes; available: 4 + 16 + 2 = 22, from 128 to 150 */
	assert_int_equal(vring_size(8, 4), 152 + 4 + 64 + 2);
	assert_int_equal(vring_size(8, 16), 160 + 4 + 64 + 2);
	assert_int_equal(vring_size(256, 4096), 8192 + 4 + 2048 + 2);
	vring_init(&vr, 8, (uint8_t *)0x1000, 4);
	assert_ptr_equal(vr.avail, (void *)(0x1000 + 128));
	assert_ptr_equal(vr.used, (void *)(0x1000 + 152));
	vring_init(&vr, 8, (uint8_t *)0x1000, 16);
	assert_ptr_equal(vr.used, (void *)(0x1000 + 160));
}

static void bad_parameters(void **state)
{
	struct vring_alloc_info info = { .align = 16, .num_descs = NUM };
	struct virtio_device dev = { .role = VIRTIO_DEV_DRIVER };
	struct virtqueue *vq = virtqueue_allocate(NUM);
	static _Alignas(16) uint8_t mem[1024];

	(void)state;
	info.vaddr = mem;
	assert_int_equal(virtqueue_create(NULL, 0, "x", &info, NULL, NULL, vq),
			 ERROR_VQUEUE_INVLD_PARAM);
	info.num_descs = 7;
	assert_int_equal(virtqueue_create(&dev, 0, "x", &info, NULL, NULL, vq),
			 ERROR_VRING_MAX_DESC);
	info.num_descs = 0;
	assert_int_equal(virtqueue_create(&dev, 0, "x", &info, NULL, NULL, vq),
			 ERROR_VRING_MAX_DESC);
	info.num_descs = NUM;
	info.align = 0;
	assert_int_equal(virtqueue_create(&dev, 0, "x", &info, NULL, NULL, vq), ERROR_VRING_ALIGN);
	info.align = 2;
	assert_int_equal(virtqueue_create(&dev, 0, "x", &info, NULL, NULL, vq), ERROR_VRING_ALIGN);
	info.align = 12;
	assert_int_equal(virtqueue_create(&dev, 0, "x", &info, NULL, NULL, vq), ERROR_VRING_ALIGN);
	info.align = 4;
	info.vaddr = mem + 2;
	assert_int_equal(virtqueue_create(&dev, 0, "x", &info, NULL, NULL, vq), ERROR_VRING_ALIGN);
	assert_null(virtqueue_allocate(40000));
	virtqueue_free(vq);
}

/* ---- the two sides together ---- */

static void round_trips(struct pair *p)
{
	uint32_t len, i;
	uint16_t idx;
	void *buf;

	/* More than 65536, so that every index wraps. */
	for (i = 0; i < 70000; i++) {
		offer(p, i % 4);
		assert_true(virtqueue_pending(p->dev));
		buf = virtqueue_get_available_buffer(p->dev, &idx, &len);
		assert_ptr_equal(buf, buffer(p, i % 4));
		assert_int_equal(len, 512);
		assert_null(virtqueue_get_available_buffer(p->dev, NULL, NULL));
		assert_int_equal(virtqueue_add_consumed_buffer(p->dev, idx, i % 512), 0);
		assert_ptr_equal(virtqueue_get_buffer(p->drv, &len, &idx), buf);
		assert_int_equal(len, i % 512);
		assert_null(virtqueue_get_buffer(p->drv, NULL, NULL));
	}
	assert_true(virtqueue_empty(p->drv));
}

static void round_trip(void **state)
{
	struct pair p;

	(void)state;
	pair_open(&p, 16, 0);
	round_trips(&p);
	pair_close(&p);
	pair_open(&p, 4, 0);
	round_trips(&p);
	pair_close(&p);
}

static void full_and_out_of_order(void **state)
{
	struct virtqueue_buf extra;
	uint16_t idx[NUM];
	struct pair p;
	unsigned int i;

	(void)state;
	pair_open(&p, 16, 0);
	for (i = 0; i < NUM; i++)
		offer(&p, i);
	assert_true(virtqueue_full(p.drv));
	extra = (struct virtqueue_buf){ buffer(&p, NUM), 512 };
	assert_int_equal(virtqueue_add_buffer(p.drv, &extra, 0, 1, &extra), ERROR_VRING_FULL);
	for (i = 0; i < NUM; i++)
		assert_ptr_equal(virtqueue_get_available_buffer(p.dev, &idx[i], NULL),
				 buffer(&p, i));
	for (i = NUM; i-- > 0;)
		assert_int_equal(virtqueue_add_consumed_buffer(p.dev, idx[i], 1), 0);
	/* Not taken any more. */
	assert_int_equal(virtqueue_add_consumed_buffer(p.dev, idx[0], 1), ERROR_INVLD_DESC_IDX);
	assert_int_equal(virtqueue_add_consumed_buffer(p.dev, NUM, 1), ERROR_INVLD_DESC_IDX);
	for (i = NUM; i-- > 0;)
		assert_ptr_equal(virtqueue_get_buffer(p.drv, NULL, NULL), buffer(&p, i));
	assert_true(virtqueue_empty(p.drv));
	pair_close(&p);
}

static void chains(void **state)
{
	struct virtqueue_buf bufs[3];
	struct pair p;
	uint32_t len;
	int i;

	(void)state;
	pair_open(&p, 16, 0);
	for (i = 0; i < 3; i++)
		bufs[i] = (struct virtqueue_buf){ buffer(&p, (unsigned int)i), 100 };
	assert_int_equal(virtqueue_add_buffer(p.drv, bufs, 1, 2, &p), 0);
	assert_int_equal(p.drv->vq_free_cnt, NUM - 3);
	assert_int_equal(p.ring.desc[0].flags, VRING_DESC_F_NEXT);
	assert_int_equal(p.ring.desc[1].flags, VRING_DESC_F_NEXT | VRING_DESC_F_WRITE);
	assert_int_equal(p.ring.desc[2].flags, VRING_DESC_F_WRITE);
	p.ring.used->ring[0].id = 0;
	p.ring.used->ring[0].len = 9999;
	p.ring.used->idx = 1;
	/* The ring's own links are not followed. */
	p.ring.desc[0].next = 7;
	assert_ptr_equal(virtqueue_get_buffer(p.drv, &len, NULL), &p);
	assert_int_equal(len, 300);
	assert_true(virtqueue_empty(p.drv));
	for (i = 0; i < (int)NUM; i++)
		offer(&p, (unsigned int)i);
	pair_close(&p);
}

static void refused_buffers(void **state)
{
	struct pair p;
	struct virtqueue_buf bad[] = {
		{ &p, 16 }, { NULL, 16 }, { NULL, 0 }, { NULL, -1 }, { NULL, 513 },
	};
	size_t i;

	(void)state;
	pair_open(&p, 16, 0);
	for (i = 1; i < metal_dim(bad); i++)
		bad[i].buf = p.mem + SIZE - 512;
	bad[1].len = 512; /* the last one that fits */
	assert_int_equal(virtqueue_add_buffer(p.drv, &bad[1], 1, 0, &p), 0);
	for (i = 0; i < metal_dim(bad); i++) {
		if (i != 1)
			assert_int_equal(virtqueue_add_buffer(p.drv, &bad[i], 1, 0, &p),
					 ERROR_VQUEUE_INVLD_PARAM);
	}
	assert_int_equal(virtqueue_add_buffer(p.drv, &bad[1], 0, 0, &p), ERROR_VQUEUE_INVLD_PARAM);
	assert_int_equal(p.drv->vq_free_cnt, NUM - 1);
	pair_close(&p);
}

/* ---- suppression ---- */

static void flags_suppress(void **state)
{
	struct pair p;
	uint16_t idx;

	(void)state;
	pair_open(&p, 16, 0);
	virtqueue_kick(p.drv);
	assert_int_equal(p.kicks_drv, 0); /* nothing to tell */
	offer(&p, 0);
	virtqueue_kick(p.drv);
	assert_int_equal(p.kicks_drv, 1);
	virtqueue_disable_cb(p.dev);
	assert_int_equal(p.ring.used->flags, VRING_USED_F_NO_NOTIFY);
	offer(&p, 1);
	virtqueue_kick(p.drv);
	assert_int_equal(p.kicks_drv, 1);
	/* Whoever switches it on again is told that there is work. */
	assert_int_equal(virtqueue_enable_cb(p.dev), 1);
	assert_non_null(virtqueue_get_available_buffer(p.dev, &idx, NULL));
	virtqueue_disable_cb(p.drv);
	assert_int_equal(p.ring.avail->flags, VRING_AVAIL_F_NO_INTERRUPT);
	assert_int_equal(virtqueue_add_consumed_buffer(p.dev, idx, 0), 0);
	virtqueue_kick(p.dev);
	assert_int_equal(p.kicks_dev, 0);
	assert_int_equal(virtqueue_enable_cb(p.drv), 1);
	assert_ptr_equal(virtqueue_get_buffer(p.drv, NULL, NULL), buffer(&p, 0));
	assert_int_equal(virtqueue_enable_cb(p.drv), 0);
	pair_close(&p);
}

static void event_index(void **state)
{
	struct pair p;
	uint16_t idx;

	(void)state;
	pair_open(&p, 16, (uint64_t)VIRTIO_RING_F_EVENT_IDX);
	assert_int_equal(virtqueue_enable_cb(p.dev), 0);
	offer(&p, 0);
	virtqueue_kick(p.drv);
	assert_int_equal(p.kicks_drv, 1);
	/* The device has not looked yet: it need not be told again. */
	offer(&p, 1);
	virtqueue_kick(p.drv);
	assert_int_equal(p.kicks_drv, 1);
	while (virtqueue_get_available_buffer(p.dev, &idx, NULL))
		assert_int_equal(virtqueue_add_consumed_buffer(p.dev, idx, 0), 0);
	offer(&p, 2);
	virtqueue_kick(p.drv);
	assert_int_equal(p.kicks_drv, 2);
	virtqueue_disable_cb(p.dev);
	offer(&p, 3);
	virtqueue_kick(p.drv);
	assert_int_equal(p.kicks_drv, 2);
	assert_int_equal(virtqueue_enable_cb(p.dev), 1);
	pair_close(&p);
}

static void event_index_not_negotiated(void **state)
{
	struct pair p;
	uint16_t before;

	(void)state;
	pair_open(&p, 16, 0);
	before = vring_used_event(&p.ring);
	offer(&p, 0);
	virtqueue_disable_cb(p.drv);
	(void)virtqueue_enable_cb(p.drv);
	assert_int_equal(vring_used_event(&p.ring), before);
	/* A peer that writes one all the same changes nothing. */
	vring_avail_event(&p.ring) = 77;
	virtqueue_kick(p.drv);
	assert_int_equal(p.kicks_drv, 1);
	pair_close(&p);
}

/* ---- hostile device ---- */

static void used_idx_jumps(void **state)
{
	struct pair p;

	(void)state;
	pair_open(&p, 16, 0);
	offer(&p, 0);
	offer(&p, 1);
	p.ring.used->idx = 3;
	assert_null(virtqueue_get_buffer(p.drv, NULL, NULL));
	expect_broken(p.drv, VQ_BREACH_USED_IDX, 3);
	pair_close(&p);
	pair_open(&p, 16, 0);
	p.ring.used->idx = 0xffff; /* backwards */
	assert_null(virtqueue_get_buffer(p.drv, NULL, NULL));
	expect_broken(p.drv, VQ_BREACH_USED_IDX, 0xffff);
	pair_close(&p);
}

static void used_id_outside(void **state)
{
	const uint32_t ids[] = { NUM, 0x10000, 0x80000000, 0xffffffff };
	struct pair p;
	size_t i;

	(void)state;
	for (i = 0; i < metal_dim(ids); i++) {
		pair_open(&p, 16, 0);
		offer(&p, 0);
		p.ring.used->ring[0].id = ids[i];
		p.ring.used->idx = 1;
		assert_null(virtqueue_get_buffer(p.drv, NULL, NULL));
		expect_broken(p.drv, VQ_BREACH_DESC_ID, ids[i]);
		pair_close(&p);
	}
}

static void used_twice(void **state)
{
	struct pair p;

	(void)state;
	pair_open(&p, 16, 0);
	offer(&p, 0);
	offer(&p, 1);
	p.ring.used->ring[0].id = 1;
	p.ring.used->ring[1].id = 1;
	p.ring.used->idx = 2;
	assert_ptr_equal(virtqueue_get_buffer(p.drv, NULL, NULL), buffer(&p, 1));
	assert_null(virtqueue_get_buffer(p.drv, NULL, NULL));
	expect_broken(p.drv, VQ_BREACH_NOT_OWNED, 1);
	assert_int_equal(
		virtqueue_add_buffer(p.drv, &(struct virtqueue_buf){ buffer(&p, 2), 4 }, 1, 0, &p),
		ERROR_VQUEUE_BROKEN);
	pair_close(&p);
}

static void used_length_lies(void **state)
{
	struct pair p;
	uint32_t len;

	(void)state;
	pair_open(&p, 16, 0);
	offer(&p, 0);
	p.ring.used->ring[0].id = 0;
	p.ring.used->ring[0].len = 0xffffffff;
	p.ring.used->idx = 1;
	assert_non_null(virtqueue_get_buffer(p.drv, &len, NULL));
	assert_int_equal(len, 512);
	assert_false(virtqueue_is_broken(p.drv));
	pair_close(&p);
}

/* The device scribbles over what the driver wrote: nothing of it is read back. */
static void driver_state_is_private(void **state)
{
	struct pair p;
	unsigned int i;

	(void)state;
	pair_open(&p, 16, 0);
	offer(&p, 0);
	memset(p.ring.desc, 0xff, NUM * sizeof(*p.ring.desc));
	p.ring.avail->idx = 0x1234;
	p.ring.avail->flags = 0xffff;
	p.ring.used->ring[0].id = 0;
	p.ring.used->ring[0].len = 1;
	p.ring.used->idx = 1;
	assert_ptr_equal(virtqueue_get_buffer(p.drv, NULL, NULL), buffer(&p, 0));
	for (i = 0; i < NUM; i++)
		offer(&p, i);
	assert_int_equal(p.ring.avail->idx, NUM + 1);
	pair_close(&p);
}

/* ---- hostile driver ---- */

static void raw_offer(struct pair *p, uint64_t addr, uint32_t len, uint16_t flags)
{
	p->ring.desc[0].addr = addr;
	p->ring.desc[0].len = len;
	p->ring.desc[0].flags = flags;
	p->ring.avail->ring[0] = 0;
	p->ring.avail->idx = 1;
}

static void avail_ring_forgeries(void **state)
{
	struct pair p;

	(void)state;
	pair_open(&p, 16, 0);
	p.ring.avail->idx = NUM + 1;
	assert_null(virtqueue_get_available_buffer(p.dev, NULL, NULL));
	expect_broken(p.dev, VQ_BREACH_AVAIL_IDX, NUM + 1);
	pair_close(&p);
	pair_open(&p, 16, 0);
	raw_offer(&p, PHYS, 64, 0);
	p.ring.avail->ring[0] = NUM;
	assert_null(virtqueue_get_available_buffer(p.dev, NULL, NULL));
	expect_broken(p.dev, VQ_BREACH_DESC_ID, NUM);
	pair_close(&p);
}

static void offered_twice(void **state)
{
	struct pair p;

	(void)state;
	pair_open(&p, 16, 0);
	raw_offer(&p, PHYS, 64, 0);
	p.ring.avail->ring[1] = 0;
	p.ring.avail->idx = 2;
	assert_non_null(virtqueue_get_available_buffer(p.dev, NULL, NULL));
	assert_null(virtqueue_get_available_buffer(p.dev, NULL, NULL));
	expect_broken(p.dev, VQ_BREACH_NOT_OWNED, 0);
	pair_close(&p);
}

static void bad_descriptors(void **state)
{
	static const struct {
		uint64_t addr;
		uint32_t len;
		uint16_t flags;
		enum virtqueue_breach breach;
		uint64_t value;
	} cases[] = {
		{ PHYS - 1, 64, 0, VQ_BREACH_DESC_ADDR, PHYS - 1 },
		{ PHYS + SIZE, 1, 0, VQ_BREACH_DESC_ADDR, PHYS + SIZE },
		{ PHYS + SIZE - 63, 64, 0, VQ_BREACH_DESC_ADDR, PHYS + SIZE - 63 },
		{ PHYS + 16, SIZE, 0, VQ_BREACH_DESC_ADDR, PHYS + 16 },
		{ PHYS + 16, 0xffffffff, 0, VQ_BREACH_DESC_ADDR, PHYS + 16 },
		{ 0, 64, 0, VQ_BREACH_DESC_ADDR, 0 },
		{ UINT64_MAX, 64, 0, VQ_BREACH_DESC_ADDR, UINT64_MAX },
		{ PHYS + (1ull << 32), 64, 0, VQ_BREACH_DESC_ADDR, PHYS + (1ull << 32) },
		{ PHYS, 0, 0, VQ_BREACH_DESC_LEN, 0 },
		{ PHYS, 64, VRING_DESC_F_NEXT, VQ_BREACH_DESC_FLAGS, 1 },
		{ PHYS, 64, VRING_DESC_F_INDIRECT, VQ_BREACH_DESC_FLAGS, 4 },
	};
	struct pair p;
	size_t i;

	(void)state;
	for (i = 0; i < metal_dim(cases); i++) {
		pair_open(&p, 16, 0);
		raw_offer(&p, cases[i].addr, cases[i].len, cases[i].flags);
		assert_null(virtqueue_get_available_buffer(p.dev, NULL, NULL));
		expect_broken(p.dev, cases[i].breach, cases[i].value);
		pair_close(&p);
	}
	pair_open(&p, 16, 0);
	raw_offer(&p, PHYS + SIZE - 64, 64, 0);
	assert_ptr_equal(virtqueue_get_available_buffer(p.dev, NULL, NULL), p.mem + SIZE - 64);
	pair_close(&p);
}

/* Without a region there is nothing to bound an address by: refused. */
static void no_region(void **state)
{
	struct pair p;

	(void)state;
	pair_open(&p, 16, 0);
	virtqueue_set_shmem_io(p.dev, NULL);
	raw_offer(&p, PHYS, 64, 0);
	assert_null(virtqueue_get_available_buffer(p.dev, NULL, NULL));
	expect_broken(p.dev, VQ_BREACH_DESC_ADDR, PHYS);
	pair_close(&p);
}

/* A descriptor that changes while it is held changes nothing for the holder. */
static void device_state_is_private(void **state)
{
	struct pair p;
	uint16_t idx;

	(void)state;
	pair_open(&p, 16, 0);
	raw_offer(&p, PHYS, 64, 0);
	assert_non_null(virtqueue_get_available_buffer(p.dev, &idx, NULL));
	memset(p.ring.desc, 0xff, NUM * sizeof(*p.ring.desc));
	p.ring.used->idx = 0x4321;
	assert_int_equal(virtqueue_get_buffer_length(p.dev, idx), 64);
	assert_ptr_equal(virtqueue_get_buffer_addr(p.dev, idx), p.mem);
	assert_int_equal(virtqueue_add_consumed_buffer(p.dev, idx, 5), 0);
	assert_int_equal(p.ring.used->idx, 1);
	assert_int_equal(p.ring.used->ring[0].id, 0);
	assert_int_equal(p.ring.used->ring[0].len, 5);
	assert_int_equal(virtqueue_get_buffer_length(p.dev, NUM), 0);
	assert_null(virtqueue_get_buffer_addr(p.dev, NUM));
	pair_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layout),
		cmocka_unit_test(bad_parameters),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(full_and_out_of_order),
		cmocka_unit_test(chains),
		cmocka_unit_test(refused_buffers),
		cmocka_unit_test(flags_suppress),
		cmocka_unit_test(event_index),
		cmocka_unit_test(event_index_not_negotiated),
		cmocka_unit_test(used_idx_jumps),
		cmocka_unit_test(used_id_outside),
		cmocka_unit_test(used_twice),
		cmocka_unit_test(used_length_lies),
		cmocka_unit_test(driver_state_is_private),
		cmocka_unit_test(avail_ring_forgeries),
		cmocka_unit_test(offered_twice),
		cmocka_unit_test(bad_descriptors),
		cmocka_unit_test(no_region),
		cmocka_unit_test(device_state_is_private),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
