/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory that is not coherent. Each side has a view of its own, its cache, and nothing gets from
 * one view to the other but by a flush (view to memory) and an invalidation (memory to view).
 * Built, with the library, by -DVIRTIO_USE_DCACHE: a forgotten flush is a message that never comes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <metal/cache.h>
#include <openamp/open_amp.h>

#define SIZE	 0x10000u
#define RING(i)	 (0x1000u + (i)*0x2000u)
#define RING_NUM 4u
#define ALIGN	 64u
#define BUFFERS	 0x8000u

struct side {
	uint8_t *view;
	struct metal_io_region io;
	struct virtio_device *vdev;
	struct rpmsg_virtio_device rvdev;
	struct rpmsg_virtio_shm_pool pool;
	struct rpmsg_endpoint ept;
	unsigned int got, bad;
};

static uint8_t *memory;
static struct side driver, device;
static unsigned int flushes, invalidations;

/* The same bytes of main memory. */
static uint8_t *behind(void *addr, unsigned int len)
{
	const struct side *sides[2] = { &driver, &device };

	for (int i = 0; i < 2; i++) {
		uintptr_t offset = (uintptr_t)addr - (uintptr_t)sides[i]->view;

		if (offset < SIZE && len <= SIZE - offset)
			return memory + offset;
	}
	fail_msg("cache maintenance outside the shared memory");
	return NULL;
}

void metal_cache_flush(void *addr, unsigned int len)
{
	flushes++;
	memcpy(behind(addr, len), addr, len);
}

void metal_cache_invalidate(void *addr, unsigned int len)
{
	invalidations++;
	memcpy(addr, behind(addr, len), len);
}

static int ring_doorbell(void *priv, uint32_t id)
{
	(void)priv;
	(void)id;
	return 0;
}

static int receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct side *s = priv;
	const uint8_t *bytes = data;

	(void)ept;
	(void)src;
	for (size_t i = 0; i < len; i++)
		s->bad += bytes[i] != (uint8_t)(s->got + i);
	s->got++;
	return RPMSG_SUCCESS;
}

static void set_up(struct side *s, unsigned int role, uint32_t src, uint32_t dst)
{
	static const metal_phys_addr_t start[1] = { 0 };

	metal_io_init(&s->io, s->view, start, SIZE, (unsigned int)-1, 0, NULL);
	s->vdev = rproc_virtio_create_vdev(role, 0, s->view, &s->io, NULL, ring_doorbell, NULL);
	assert_non_null(s->vdev);
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(rproc_virtio_init_vring(s->vdev, i, i, s->view + RING(i), &s->io,
							 RING_NUM, ALIGN),
				 0);
	rpmsg_virtio_init_shm_pool(&s->pool, s->view + BUFFERS, SIZE - BUFFERS);
	assert_int_equal(rpmsg_init_vdev(&s->rvdev, s->vdev, NULL, &s->io, &s->pool),
			 RPMSG_SUCCESS);
	assert_int_equal(rpmsg_create_ept(&s->ept, &s->rvdev.rdev, NULL, src, dst, receive, NULL),
			 RPMSG_SUCCESS);
	s->ept.priv = s;
}

static int bring_up(void **state)
{
	struct fw_rsc_vdev *rsc;

	(void)state;
	memory = calloc(1, SIZE);
	driver.view = malloc(SIZE);
	device.view = malloc(SIZE);
	if (!memory || !driver.view || !device.view)
		return -1;
	rsc = (void *)memory;
	rsc->type = RSC_VDEV;
	rsc->id = VIRTIO_ID_RPMSG;
	rsc->dfeatures = 1u << VIRTIO_RPMSG_F_NS;
	rsc->num_of_vrings = 2;
	memcpy(driver.view, memory, SIZE);
	memcpy(device.view, memory, SIZE);
	/* What is in a cache by chance is no message: garbage where the peer has not written. */
	memset(device.view + RING(0), 0xa5, SIZE - RING(0));
	memset(driver.view + RING(0), 0x5a, SIZE - RING(0));
	set_up(&driver, VIRTIO_DEV_DRIVER, 1030, 1031);
	set_up(&device, VIRTIO_DEV_DEVICE, 1031, 1030);
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	rpmsg_deinit_vdev(&device.rvdev);
	rpmsg_deinit_vdev(&driver.rvdev);
	rproc_virtio_remove_vdev(device.vdev);
	rproc_virtio_remove_vdev(driver.vdev);
	free(driver.view);
	free(device.view);
	free(memory);
	return 0;
}

static void exchange(struct side *from, struct side *to, unsigned int count)
{
	uint8_t data[300];

	for (unsigned int n = 0; n < count; n++) {
		for (size_t i = 0; i < sizeof(data); i++)
			data[i] = (uint8_t)(to->got + i);
		assert_int_equal(rpmsg_trysend(&from->ept, data, (int)sizeof(data)), sizeof(data));
		rproc_virtio_notified(to->vdev, RSC_NOTIFY_ID_ANY);
		assert_int_equal(to->got, n + 1);
		assert_int_equal(to->bad, 0);
	}
}

/* Three times around the ring in both directions. */
static void test_messages_cross(void **state)
{
	(void)state;
	exchange(&driver, &device, 3 * RING_NUM);
	exchange(&device, &driver, 3 * RING_NUM);
	assert_null(rpmsg_virtio_broken(&driver.rvdev));
	assert_null(rpmsg_virtio_broken(&device.rvdev));
	assert_true(flushes > 6 * RING_NUM && invalidations > 6 * RING_NUM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_messages_cross, bring_up, take_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
