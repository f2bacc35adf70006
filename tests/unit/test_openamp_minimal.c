/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The library as the smallest client has it (-DMETAL_MINIMAL), linked by itself over a porting
 * layer of this file. The driver is this file, too: word by word, honest and not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <metal/system/port.h>
#include <openamp/remoteproc.h>
#include <openamp/remoteproc_virtio.h>
#include <openamp/rpmsg_hdr.h>
#include <openamp/rpmsg_virtio.h>

#define NUM	8u
#define ALIGN	16u
#define BASE	0x70000000ul
#define SIZE	0x8000u
#define RING(i) (0x1000u + (i)*0x1000u)
#define BUF_LEN 512u
#define BUF(i)	(0x4000u + (i)*BUF_LEN)

#define TO_DRIVER 0u
#define TO_DEVICE 1u

/* Nothing comes back, so there is some for each test. */
METAL_ARENA(65536);

/* ---- porting layer ---- */

static unsigned int slept_us;

unsigned long metal_port_critical_enter(void)
{
	return 0;
}

void metal_port_critical_leave(unsigned long state)
{
	(void)state;
}

void metal_port_sleep_us(unsigned int us)
{
	slept_us += us;
}

uint64_t metal_port_time_ns(void)
{
	return slept_us * 1000ull;
}

void metal_port_cache_clean(void *addr, size_t len)
{
	(void)addr;
	(void)len;
}

void metal_port_cache_invalidate(void *addr, size_t len)
{
	(void)addr;
	(void)len;
}

/* ---- one link ---- */

static _Alignas(4096) uint8_t mem[SIZE];
static metal_phys_addr_t base = BASE;
static struct metal_io_region io;
static struct fw_rsc_vdev *rsc = (void *)mem;
static struct virtio_device *vdev;
static struct rpmsg_virtio_device rvdev;
static struct rpmsg_endpoint ept;
static unsigned int doorbells, calls, ended;
static uint8_t last[BUF_LEN];
static size_t last_len;

static struct vring ring(unsigned int i)
{
	struct vring r;

	vring_init(&r, NUM, mem + RING(i), ALIGN);
	return r;
}

static int ring_doorbell(void *priv, uint32_t id)
{
	(void)priv;
	(void)id;
	doorbells++;
	return 0;
}

static int echo(struct rpmsg_endpoint *e, void *data, size_t len, uint32_t src, void *priv)
{
	(void)src;
	(void)priv;
	calls++;
	assert_in_range((uintptr_t)data, (uintptr_t)mem, (uintptr_t)mem + SIZE - len);
	assert_true(len <= sizeof(last));
	memcpy(last, data, last_len = len);
	return rpmsg_trysend(e, data, (int)len);
}

static void peer_ended(struct rpmsg_endpoint *e)
{
	(void)e;
	ended++;
}

/* The driver: offers buffer i of a ring, of descriptor i. */
static void offer(unsigned int which, uint16_t i)
{
	struct vring r = ring(which);

	r.desc[i].addr = BASE + BUF(which * NUM + i);
	r.desc[i].len = BUF_LEN;
	r.desc[i].flags = which == TO_DRIVER ? VRING_DESC_F_WRITE : 0;
	r.avail->ring[r.avail->idx % NUM] = i;
	r.avail->idx++;
}

static void write_message(uint16_t i, uint32_t dst, const void *data, uint16_t len)
{
	struct rpmsg_hdr hdr = { .src = 400, .dst = dst, .len = len };
	uint8_t *buf = mem + BUF(TO_DEVICE * NUM + i);

	memcpy(buf, &hdr, sizeof(hdr));
	if (data)
		memcpy(buf + sizeof(hdr), data, len);
}

static void send(uint16_t i, uint32_t dst, const void *data, uint16_t len)
{
	write_message(i, dst, data, len);
	offer(TO_DEVICE, i);
}

/* What the device sent as its nth message. */
static const uint8_t *sent(uint16_t n, struct rpmsg_hdr *hdr)
{
	struct vring r = ring(TO_DRIVER);
	uint32_t id = r.used->ring[n % NUM].id;

	assert_true(id < NUM);
	memcpy(hdr, mem + BUF(id), sizeof(*hdr));
	assert_int_equal(r.used->ring[n % NUM].len, hdr->len + sizeof(*hdr));
	return mem + BUF(id) + sizeof(*hdr);
}

/* Rings as at the start, with all buffers to send in offered; the device comes up anew. */
static void bring_up(void)
{
	memset(mem + RING(0), 0, BUF(0) - RING(0));
	rsc->dfeatures = rsc->gfeatures = 1u << VIRTIO_RPMSG_F_NS;
	rsc->status = 7;
	for (uint16_t i = 0; i < NUM; i++)
		offer(TO_DRIVER, i);
	assert_int_equal(rpmsg_init_vdev(&rvdev, vdev, NULL, &io, NULL), 0);
	doorbells = calls = ended = 0;
	assert_int_equal(rpmsg_create_ept(&ept, &rvdev.rdev, "echo", RPMSG_ADDR_ANY, RPMSG_ADDR_ANY,
					  echo, peer_ended),
			 0);
}

static int place(unsigned int i, uint32_t offset, unsigned int num, unsigned int align)
{
	return rproc_virtio_init_vring(
		vdev, i, i, (void *)((uintptr_t)mem + (uintptr_t)(int32_t)offset), &io, num, align);
}

static int setup(void **state)
{
	(void)state;
	memset(mem, 0, sizeof(mem));
	rsc->num_of_vrings = 2;
	rsc->id = VIRTIO_ID_RPMSG;
	metal_io_init(&io, mem, &base, SIZE, (unsigned int)-1, 0, NULL);
	vdev = rproc_virtio_create_vdev(VIRTIO_DEV_DEVICE, 0, rsc, NULL, NULL, ring_doorbell, NULL);
	assert_non_null(vdev);
	assert_int_equal(place(0, RING(0), NUM, ALIGN), 0);
	assert_int_equal(place(1, RING(1), NUM, ALIGN), 0);
	bring_up();
	return 0;
}

static void announced(void **state)
{
	const struct rpmsg_ns_msg *msg;
	struct rpmsg_hdr hdr;

	(void)state;
	assert_int_equal(ring(TO_DRIVER).used->idx, 1);
	msg = (const void *)sent(0, &hdr);
	assert_int_equal(hdr.dst, RPMSG_NS_EPT_ADDR);
	assert_int_equal(hdr.len, sizeof(*msg));
	assert_string_equal(msg->name, "echo");
	assert_int_equal(msg->addr, ept.addr);
	assert_int_equal(msg->flags, RPMSG_NS_CREATE);
	assert_int_equal(doorbells, 1);
}

/* Several rings' worth, one at a time and all at once. */
static void echoes(void **state)
{
	uint8_t text[BUF_LEN - sizeof(struct rpmsg_hdr)];
	struct rpmsg_hdr hdr;
	uint16_t n = 1, i;

	(void)state;
	for (unsigned int turn = 0; turn < 40; turn++) {
		uint16_t at_once = turn % 2 ? NUM - 1 : 1;

		for (i = 0; i < at_once; i++) {
			memset(text, (int)(turn + i), sizeof(text));
			send((uint16_t)(n - 1 + i) % NUM, ept.addr, text,
			     (uint16_t)(sizeof(text) - turn));
		}
		assert_true(rpmsg_virtio_rx_pending(&rvdev));
		doorbells = 0;
		rproc_virtio_notified(vdev, RSC_NOTIFY_ID_ANY);
		assert_in_range(doorbells, 2, 1u + at_once);
		assert_false(rpmsg_virtio_rx_pending(&rvdev));
		for (i = 0; i < at_once; i++, n++) {
			const uint8_t *answer = sent(n, &hdr);

			assert_int_equal(hdr.src, ept.addr);
			assert_int_equal(hdr.dst, 400);
			assert_int_equal(hdr.len, sizeof(text) - turn);
			assert_int_equal(answer[0], turn + i);
			assert_int_equal(answer[hdr.len - 1], turn + i);
			offer(TO_DRIVER, (uint16_t)ring(TO_DRIVER).used->ring[n % NUM].id);
		}
		assert_int_equal(ring(TO_DRIVER).used->idx, n);
		assert_int_equal(ring(TO_DEVICE).used->idx, n - 1);
	}
	assert_null(rpmsg_virtio_broken(&rvdev));
}

/* A message that does not fit uses no buffer up; without buffers a sender waits as long as it is
 * told; nobody hears who is not there. */
static void sending(void **state)
{
	static const uint8_t text[BUF_LEN];
	const int most = BUF_LEN - sizeof(struct rpmsg_hdr);

	(void)state;
	assert_int_equal(rpmsg_send(&ept, text, 1), RPMSG_ERR_PARAM);
	ept.dest_addr = 400;
	for (unsigned int i = 0; i < 3 * NUM; i++)
		assert_int_equal(rpmsg_trysend(&ept, text, most + 1), RPMSG_ERR_BUFF_SIZE);
	assert_int_equal(rpmsg_trysend(&ept, text, 0x10000), RPMSG_ERR_BUFF_SIZE);
	for (unsigned int i = 1; i < NUM; i++)
		assert_int_equal(rpmsg_trysend(&ept, text, most), most);
	assert_int_equal(rpmsg_trysend(&ept, text, 1), RPMSG_ERR_NO_BUFF);
	rpmsg_virtio_set_tx_timeout(&rvdev, 20000);
	slept_us = 0;
	assert_int_equal(rpmsg_send(&ept, text, 1), RPMSG_ERR_NO_BUFF);
	assert_int_equal(slept_us, 20000);
	rsc->status = 0;
	assert_int_equal(rpmsg_send(&ept, text, 1), RPMSG_ERR_DEV_STATE);
	assert_null(rpmsg_virtio_broken(&rvdev));
}

/* ---- what a driver must not ---- */

static void expect_breach(enum virtqueue_breach breach)
{
	struct virtqueue *vq;
	uint16_t used = ring(TO_DEVICE).used->idx;

	calls = doorbells = 0;
	rproc_virtio_notified(vdev, RSC_NOTIFY_ID_ANY);
	vq = rpmsg_virtio_broken(&rvdev);
	assert_non_null(vq);
	assert_int_equal(virtqueue_breach(vq), breach);
	assert_int_equal(calls, 0);
	assert_int_equal(doorbells, 0);
	assert_int_equal(ring(TO_DEVICE).used->idx, used);
	assert_int_equal(rpmsg_sendto(&ept, "x", 1, 400), RPMSG_ERR_DEV_STATE);
	rproc_virtio_notified(vdev, RSC_NOTIFY_ID_ANY);
	assert_int_equal(calls, 0);
	bring_up();
}

static void breaches(void **state)
{
	static const struct {
		uint64_t addr;
		uint32_t len;
		uint16_t flags;
		enum virtqueue_breach breach;
	} wrong[] = {
		{ BASE - 1, 512, 0, VQ_BREACH_DESC_ADDR },
		{ BASE + SIZE, 512, 0, VQ_BREACH_DESC_ADDR },
		{ BASE + SIZE - 511, 512, 0, VQ_BREACH_DESC_ADDR },
		{ BASE, SIZE + 1, 0, VQ_BREACH_DESC_ADDR },
		{ BASE + 0x4000, 0xffffffff, 0, VQ_BREACH_DESC_ADDR },
		{ 0, 512, 0, VQ_BREACH_DESC_ADDR },
		{ UINT64_MAX - 15, 512, 0, VQ_BREACH_DESC_ADDR },
		{ BASE + (1ull << 32), 512, 0, VQ_BREACH_DESC_ADDR },
		{ BASE + 0x4000, 0, 0, VQ_BREACH_DESC_LEN },
		{ BASE + 0x4000, 15, 0, VQ_BREACH_DESC_LEN },
		{ BASE + 0x4000, 512, VRING_DESC_F_NEXT, VQ_BREACH_DESC_FLAGS },
		{ BASE + 0x4000, 512, VRING_DESC_F_INDIRECT, VQ_BREACH_DESC_FLAGS },
	};
	static const uint16_t jumps[] = { NUM + 1, 0x7fff, 0xffff };
	static const uint16_t ids[] = { NUM, 0x7fff, 0xffff };

	(void)state;
	for (size_t i = 0; i < metal_dim(wrong); i++) {
		send(0, ept.addr, "x", 1);
		ring(TO_DEVICE).desc[0].addr = wrong[i].addr;
		ring(TO_DEVICE).desc[0].len = wrong[i].len;
		ring(TO_DEVICE).desc[0].flags = wrong[i].flags;
		expect_breach(wrong[i].breach);
	}
	for (size_t i = 0; i < metal_dim(jumps); i++) {
		send(0, ept.addr, "x", 1);
		ring(TO_DEVICE).avail->idx = jumps[i];
		expect_breach(VQ_BREACH_AVAIL_IDX);
	}
	for (size_t i = 0; i < metal_dim(ids); i++) {
		send(0, ept.addr, "x", 1);
		ring(TO_DEVICE).avail->ring[0] = ids[i];
		expect_breach(VQ_BREACH_DESC_ID);
	}
	send(0, ept.addr, NULL, BUF_LEN - sizeof(struct rpmsg_hdr) + 1);
	expect_breach(VQ_BREACH_MSG_LEN);
	send(0, ept.addr, NULL, 0xffff);
	expect_breach(VQ_BREACH_MSG_LEN);
}

/* A buffer that the device has and is given once more; the other ring's, as the device sends. */
static void not_the_drivers(void **state)
{
	(void)state;
	ring(TO_DRIVER).avail->ring[1] = 0;
	/* The announcement took and gave back descriptor 0; a message that did not fit holds 0. */
	assert_int_equal(rpmsg_sendto(&ept, mem, BUF_LEN, 400), RPMSG_ERR_BUFF_SIZE);
	ring(TO_DRIVER).avail->ring[2] = 0;
	assert_int_equal(rpmsg_sendto(&ept, "x", 1, 400), 1);
	assert_int_equal(rpmsg_sendto(&ept, "x", 1, 400), 1);
	assert_null(rpmsg_virtio_broken(&rvdev));
	ring(TO_DRIVER).avail->ring[3] = 4;
	assert_int_equal(rpmsg_sendto(&ept, mem, BUF_LEN, 400), RPMSG_ERR_BUFF_SIZE);
	ring(TO_DRIVER).avail->ring[4] = 4;
	assert_non_null(rvdev.svq->vq_descx[4].addr);
	assert_non_null(virtqueue_get_buffer_addr(rvdev.svq, 4));
	assert_null(virtqueue_get_available_buffer(rvdev.svq, NULL, NULL));
	assert_int_equal(virtqueue_breach(rvdev.svq), VQ_BREACH_NOT_OWNED);
	assert_int_equal(rpmsg_sendto(&ept, "x", 1, 400), RPMSG_ERR_DEV_STATE);
}

static void announce(const char *name, uint32_t addr, uint32_t flags, uint16_t len)
{
	struct rpmsg_ns_msg msg = { .addr = addr, .flags = flags };

	memset(msg.name, 'x', sizeof(msg.name));
	if (name)
		memcpy(msg.name, name, strlen(name) + 1);
	send(ring(TO_DEVICE).avail->idx % NUM, RPMSG_NS_EPT_ADDR, &msg, len);
	rproc_virtio_notified(vdev, RSC_NOTIFY_ID_ANY);
}

static void names(void **state)
{
	const uint16_t whole = sizeof(struct rpmsg_ns_msg);

	(void)state;
	announce(NULL, 300, RPMSG_NS_CREATE, whole);
	announce("", 300, RPMSG_NS_CREATE, whole);
	announce("echo", 300, RPMSG_NS_CREATE, whole - 1);
	announce("echo", RPMSG_ADDR_ANY, RPMSG_NS_CREATE, whole);
	announce("other", 300, RPMSG_NS_CREATE, whole);
	assert_int_equal(ept.dest_addr, RPMSG_ADDR_ANY);
	announce("echo", 300, RPMSG_NS_CREATE, whole);
	assert_int_equal(ept.dest_addr, 300);
	announce("echo", 301, RPMSG_NS_DESTROY, whole);
	assert_int_equal(ended, 0);
	announce("echo", 300, RPMSG_NS_DESTROY, whole);
	assert_int_equal(ended, 1);
	assert_int_equal(ept.dest_addr, RPMSG_ADDR_ANY);
	/* To nobody. */
	for (uint16_t i = 0; i < 3 * NUM; i++) {
		send(ring(TO_DEVICE).avail->idx % NUM, 77, "x", 1);
		rproc_virtio_notified(vdev, RSC_NOTIFY_ID_ANY);
	}
	assert_int_equal(calls, 0);
	assert_null(rpmsg_virtio_broken(&rvdev));
	assert_int_equal(ring(TO_DEVICE).used->idx, ring(TO_DEVICE).avail->idx);
}

/* Rings and features come from the resource table, which the driver writes. */
static void tables(void **state)
{
	static const unsigned int aligns[] = { 0, 1, 2, 3, 24, 0x20000, 0x80000000 };
	static const unsigned int nums[] = { 0, 3, 7, 16, 0x8000, 0x10000, 0xffffffff };

	(void)state;
	for (size_t i = 0; i < metal_dim(aligns); i++)
		assert_int_equal(place(0, RING(0), NUM, aligns[i]), -RPROC_EINVAL);
	for (size_t i = 0; i < metal_dim(nums); i++)
		assert_int_equal(place(0, RING(0), nums[i], ALIGN), -RPROC_EINVAL);
	assert_int_equal(place(0, RING(0) + 2, NUM, ALIGN), -RPROC_EINVAL);
	assert_int_equal(place(0, SIZE - 16 * NUM, NUM, ALIGN), -RPROC_EINVAL);
	assert_int_equal(place(2, RING(0), NUM, ALIGN), -RPROC_EINVAL);
	assert_int_equal(rproc_virtio_init_vring(vdev, 0, 0, NULL, &io, NUM, ALIGN), -RPROC_EINVAL);
	assert_int_equal(place(0, 0u - 16, NUM, ALIGN), -RPROC_EINVAL);
	rsc->status = 3;
	assert_int_equal(rpmsg_init_vdev(&rvdev, vdev, NULL, &io, NULL), RPMSG_ERR_DEV_STATE);
	rsc->status = 7;
	rsc->dfeatures = rsc->gfeatures = VIRTIO_RING_F_EVENT_IDX;
	assert_int_equal(rpmsg_init_vdev(&rvdev, vdev, NULL, &io, NULL), RPMSG_ERR_INIT);
	bring_up();
	rsc->num_of_vrings = 1;
	vdev = rproc_virtio_create_vdev(VIRTIO_DEV_DEVICE, 0, rsc, NULL, NULL, ring_doorbell, NULL);
	assert_int_equal(place(0, RING(0), NUM, ALIGN), 0);
	assert_int_equal(rpmsg_init_vdev(&rvdev, vdev, NULL, &io, NULL), RPMSG_ERR_INIT);
	rsc->num_of_vrings = 255;
	assert_null(rproc_virtio_create_vdev(VIRTIO_DEV_DEVICE, 0, rsc, NULL, NULL, ring_doorbell,
					     NULL));
	rsc->num_of_vrings = 2;
	assert_null(rproc_virtio_create_vdev(VIRTIO_DEV_DRIVER, 0, rsc, NULL, NULL, ring_doorbell,
					     NULL));
}

/* Anything in any word of rings and headers: it is noticed or it is harmless. */
static void noise(void **state)
{
	(void)state;
	srand(1);
	for (unsigned int round = 0; round < 20000; round++) {
		unsigned int n = (unsigned int)rand() % 4;

		send(ring(TO_DEVICE).avail->idx % NUM, rand() % 8 ? ept.addr : RPMSG_NS_EPT_ADDR,
		     NULL, (uint16_t)(rand() % 500));
		offer(TO_DRIVER, (uint16_t)(rand() % NUM));
		while (n--) {
			unsigned int at = (unsigned int)rand() % 0x180;
			uint8_t *word = mem + RING(rand() % 2) + at;

			*word = (uint8_t)rand();
		}
		rproc_virtio_notified(vdev, RSC_NOTIFY_ID_ANY);
		(void)rpmsg_trysendto(&ept, "noise", 5, 400);
		if (rpmsg_virtio_broken(&rvdev) || round % 16 == 15)
			bring_up();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(announced, setup),
		cmocka_unit_test_setup(echoes, setup),
		cmocka_unit_test_setup(sending, setup),
		cmocka_unit_test_setup(breaches, setup),
		cmocka_unit_test_setup(not_the_drivers, setup),
		cmocka_unit_test_setup(names, setup),
		cmocka_unit_test_setup(tables, setup),
		cmocka_unit_test_setup(noise, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
