/* SPDX-License-Identifier: BSD-3-Clause */
/* The virtio-mmio driver: registers as plain words, the device's side of a ring in this process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <metal/alloc.h>
#include <openamp/open_amp.h>
#include <openamp/virtio_mmio.h>

#define SHM_PHYS 0x80000000ul
#define SHM_SIZE 0x10000u
#define NUM	 8u

static _Alignas(4096) uint8_t shm[SHM_SIZE];
static uint32_t regs[0x200 / 4];
static struct virtio_mmio_device dev;
static struct virtqueue *queues[2];
static unsigned int callbacks;

static uint32_t *reg(unsigned int offset)
{
	return &regs[offset / 4];
}

static void quiet(enum metal_log_level level, const char *format, ...)
{
	(void)level;
	(void)format;
}

static void fill_registers(void)
{
	memset(regs, 0, sizeof(regs));
	*reg(VIRTIO_MMIO_MAGIC_VALUE) = VIRTIO_MMIO_MAGIC_VALUE_STRING;
	*reg(VIRTIO_MMIO_VERSION) = 1;
	*reg(VIRTIO_MMIO_DEVICE_ID) = VIRTIO_ID_RPMSG;
	*reg(VIRTIO_MMIO_VENDOR_ID) = 0x4d494341;
	*reg(VIRTIO_MMIO_DEVICE_FEATURES) = 0x30000003;
	*reg(VIRTIO_MMIO_QUEUE_NUM_MAX) = 16;
	*reg(VIRTIO_MMIO_QUEUE_NOTIFY) = 0xffffffff;
}

static int init(void)
{
	memset(&dev, 0, sizeof(dev));
	dev.shm_device.name = "virtio-mmio-test";
	dev.device_mode = VIRTIO_DEV_DRIVER;
	dev.cfg_mem = (struct virtio_mmio_dev_mem){ (void *)0x10001000, sizeof(regs) };
	dev.shm_mem = (struct virtio_mmio_dev_mem){ (void *)SHM_PHYS, SHM_SIZE };
	dev.vdev.features = 1;
	return virtio_mmio_device_init(&dev, (uintptr_t)shm, (uintptr_t)regs, &callbacks);
}

static struct virtqueue *make_queue(uint8_t *memory, uint16_t num)
{
	struct virtqueue *vq = virtqueue_allocate(num);

	assert_non_null(vq);
	vq->vq_nentries = vq->vq_free_cnt = num;
	vq->vq_ring.desc = (void *)memory;
	return vq;
}

static int set_up(void **state)
{
	const struct metal_init_params params = { quiet, METAL_LOG_DEBUG };

	(void)state;
	callbacks = 0;
	fill_registers();
	memset(shm, 0xa5, sizeof(shm));
	return metal_init(&params);
}

static int take_down(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		virtqueue_free(queues[i]);
		queues[i] = NULL;
	}
	metal_free_memory(dev.vdev.vrings_info);
	dev.vdev.vrings_info = NULL;
	metal_finish();
	return 0;
}

static void found(void **state)
{
	uint8_t status;
	uint32_t word = 0x12345678, features;

	(void)state;
	assert_int_equal(init(), 0);
	assert_int_equal(dev.vdev.id.device, VIRTIO_ID_RPMSG);
	assert_int_equal(dev.vdev.id.vendor, 0x4d494341);
	assert_int_equal(dev.vdev.id.version, 1);
	assert_ptr_equal(dev.user_data, &callbacks);
	assert_int_equal(*reg(VIRTIO_MMIO_STATUS), VIRTIO_CONFIG_STATUS_ACK);
	assert_int_equal(*reg(VIRTIO_MMIO_GUEST_PAGE_SIZE), 4096);
	assert_int_equal(virtio_set_status(&dev.vdev, 3), 0);
	assert_int_equal(virtio_get_status(&dev.vdev, &status), 0);
	assert_int_equal(status, 3);
	assert_int_equal(virtio_get_features(&dev.vdev, &features), 0);
	assert_int_equal(features, 1); /* what both can do */
	assert_int_equal(virtio_set_features(&dev.vdev, 0x6), 0);
	assert_int_equal(*reg(VIRTIO_MMIO_DRIVER_FEATURES), 2);
	assert_true(virtio_has_feature(&dev.vdev, 1));
	assert_false(virtio_has_feature(&dev.vdev, 2));
	assert_int_equal(virtio_negotiate_features(&dev.vdev, 0x20000001, &features), 0);
	assert_int_equal(features, 0x20000001);
	assert_int_equal(virtio_write_config(&dev.vdev, 4, &word, 4), 0);
	assert_int_equal(*reg(VIRTIO_MMIO_CONFIG + 4), 0x12345678);
	word = 0;
	assert_int_equal(virtio_read_config(&dev.vdev, 5, &word, 2), 0);
	assert_int_equal(word, 0x3456);
	word = ~0u;
	assert_int_equal(virtio_read_config(&dev.vdev, 0xfffffffe, &word, 4), 0);
	assert_int_equal(word, 0); /* outside */
	assert_int_equal(virtio_reset_device(&dev.vdev), 0);
	assert_int_equal(*reg(VIRTIO_MMIO_STATUS), 0);
	/* The same again does no harm. */
	assert_int_equal(virtio_mmio_device_init(&dev, (uintptr_t)shm, (uintptr_t)regs, NULL), 0);
}

static void not_found(void **state)
{
	(void)state;
	*reg(VIRTIO_MMIO_MAGIC_VALUE) = 0;
	assert_int_equal(init(), -1);
	fill_registers();
	*reg(VIRTIO_MMIO_VERSION) = 2;
	metal_list_del(&dev.shm_device.node);
	assert_int_equal(init(), -1);
	fill_registers();
	*reg(VIRTIO_MMIO_DEVICE_ID) = 0;
	metal_list_del(&dev.shm_device.node);
	assert_int_equal(init(), -1);
	metal_list_del(&dev.shm_device.node);
	assert_int_equal(virtio_mmio_device_init(NULL, 1, 1, NULL), -EINVAL);
	dev.cfg_mem.size = 16;
	assert_int_equal(virtio_mmio_device_init(&dev, (uintptr_t)shm, (uintptr_t)regs, NULL),
			 -EINVAL);
}

static void on_queue(struct virtqueue *vq)
{
	assert_ptr_equal(vq, queues[1]);
	callbacks++;
}

static void quiet_queue(struct virtqueue *vq)
{
	(void)vq;
}

/* A buffer to the device and back: doorbell register, interrupt, callback. */
static void queues_work(void **state)
{
	const char *names[2] = { "rx", "tx" };
	vq_callback calls[2] = { quiet_queue, on_queue };
	struct virtqueue_buf buf = { shm + 0x8000, 64 };
	struct virtio_device device_side = { .role = VIRTIO_DEV_DEVICE };
	struct vring_alloc_info ring = { shm + 0x4000, 4096, NUM, 0 };
	struct virtqueue *far = virtqueue_allocate(NUM);
	uint32_t len;
	uint16_t idx;

	(void)state;
	assert_int_equal(init(), 0);
	queues[0] = make_queue(shm, NUM);
	queues[1] = make_queue(shm + 0x4000, NUM);
	virtio_mmio_register_device(&dev.vdev, 2, queues);
	assert_int_equal(virtio_create_virtqueues(&dev.vdev, 0, 2, names, calls, NULL), 0);
	assert_int_equal(*reg(VIRTIO_MMIO_QUEUE_SEL), 1);
	assert_int_equal(*reg(VIRTIO_MMIO_QUEUE_NUM), NUM);
	assert_int_equal(*reg(VIRTIO_MMIO_QUEUE_ALIGN), 4096);
	assert_int_equal(*reg(VIRTIO_MMIO_QUEUE_PFN), (SHM_PHYS + 0x4000) / 4096);
	assert_string_equal(queues[1]->vq_name, "tx");

	assert_int_equal(virtqueue_add_buffer(queues[1], &buf, 1, 0, &buf), VQUEUE_SUCCESS);
	virtqueue_kick(queues[1]);
	assert_int_equal(*reg(VIRTIO_MMIO_QUEUE_NOTIFY), 1);
	assert_int_equal(virtqueue_create(&device_side, 1, "far", &ring, NULL, NULL, far), 0);
	virtqueue_set_shmem_io(far, dev.shm_io);
	assert_ptr_equal(virtqueue_get_available_buffer(far, &idx, &len), shm + 0x8000);
	assert_int_equal(virtqueue_add_consumed_buffer(far, idx, 64), VQUEUE_SUCCESS);

	virtio_mmio_isr(&dev.vdev);
	assert_int_equal(callbacks, 0); /* no interrupt of a ring */
	*reg(VIRTIO_MMIO_INTERRUPT_STATUS) = VIRTIO_MMIO_INT_VRING | VIRTIO_MMIO_INT_CONFIG;
	virtio_mmio_isr(&dev.vdev);
	assert_int_equal(callbacks, 1);
	assert_int_equal(*reg(VIRTIO_MMIO_INTERRUPT_ACK), 3);
	assert_ptr_equal(virtqueue_get_buffer(queues[1], &len, NULL), &buf);

	virtio_delete_virtqueues(&dev.vdev);
	assert_int_equal(*reg(VIRTIO_MMIO_QUEUE_PFN), 0);
	virtio_mmio_isr(&dev.vdev);
	assert_int_equal(callbacks, 1);
	virtqueue_free(far);
}

static void with_argument(void *arg)
{
	(*(unsigned int *)arg)++;
}

static void refused(void **state)
{
	const char *names[3] = { "a", "b", "c" };
	struct virtqueue *vq;

	(void)state;
	assert_int_equal(init(), 0);
	queues[0] = vq = make_queue(shm, NUM);
	assert_null(virtio_mmio_setup_virtqueue(&dev.vdev, 0, vq, NULL, NULL, "early"));
	virtio_mmio_register_device(&dev.vdev, 1, queues);
	assert_null(virtio_mmio_setup_virtqueue(&dev.vdev, 1, vq, NULL, NULL, "none"));
	assert_null(virtio_mmio_setup_virtqueue(&dev.vdev, 0, NULL, NULL, NULL, "none"));
	assert_int_equal(virtio_create_virtqueues(&dev.vdev, 0, 3, names, NULL, NULL), -EINVAL);
	*reg(VIRTIO_MMIO_QUEUE_NUM_MAX) = NUM / 2;
	assert_null(virtio_mmio_setup_virtqueue(&dev.vdev, 0, vq, NULL, NULL, "large"));
	*reg(VIRTIO_MMIO_QUEUE_NUM_MAX) = 0;
	assert_null(virtio_mmio_setup_virtqueue(&dev.vdev, 0, vq, NULL, NULL, "absent"));
	*reg(VIRTIO_MMIO_QUEUE_NUM_MAX) = 16;
	vq->vq_ring.desc = (void *)(shm + 16);
	assert_null(virtio_mmio_setup_virtqueue(&dev.vdev, 0, vq, NULL, NULL, "no page"));
	vq->vq_ring.desc = (void *)(shm + SHM_SIZE - 4096);
	assert_null(virtio_mmio_setup_virtqueue(&dev.vdev, 0, vq, NULL, NULL, "past the end"));
	vq->vq_ring.desc = (void *)regs;
	assert_null(virtio_mmio_setup_virtqueue(&dev.vdev, 0, vq, NULL, NULL, "outside"));
	vq->vq_ring.desc = (void *)shm;
	dev.vdev.role = VIRTIO_DEV_DEVICE;
	assert_null(virtio_mmio_setup_virtqueue(&dev.vdev, 0, vq, NULL, NULL, "role"));
	dev.vdev.role = VIRTIO_DEV_DRIVER;
	assert_int_equal(*reg(VIRTIO_MMIO_QUEUE_PFN), 0); /* the device heard of none of them */
	assert_ptr_equal(
		virtio_mmio_setup_virtqueue(&dev.vdev, 0, vq, with_argument, &callbacks, "good"),
		vq);
	*reg(VIRTIO_MMIO_INTERRUPT_STATUS) = VIRTIO_MMIO_INT_VRING;
	virtio_mmio_isr(&dev.vdev);
	assert_int_equal(callbacks, 1);
}

/* rpmsg over it: the driver's half of a link. */
static void rpmsg_over_mmio(void **state)
{
	struct rpmsg_virtio_device rvdev;
	struct rpmsg_virtio_shm_pool pool;

	(void)state;
	assert_int_equal(init(), 0);
	queues[0] = make_queue(shm, NUM);
	queues[1] = make_queue(shm + 0x4000, NUM);
	virtio_mmio_register_device(&dev.vdev, 2, queues);
	rpmsg_virtio_init_shm_pool(&pool, shm + 0x8000, 0x8000);
	assert_int_equal(rpmsg_init_vdev(&rvdev, &dev.vdev, NULL, dev.shm_io, &pool),
			 RPMSG_SUCCESS);
	assert_true(*reg(VIRTIO_MMIO_STATUS) & VIRTIO_CONFIG_STATUS_DRIVER_OK);
	assert_int_equal(*reg(VIRTIO_MMIO_DRIVER_FEATURES), 1u << VIRTIO_RPMSG_F_NS);
	*reg(VIRTIO_MMIO_INTERRUPT_STATUS) = VIRTIO_MMIO_INT_VRING;
	virtio_mmio_isr(&dev.vdev);
	rpmsg_deinit_vdev(&rvdev);
	assert_int_equal(*reg(VIRTIO_MMIO_STATUS), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(found, set_up, take_down),
		cmocka_unit_test_setup_teardown(not_found, set_up, take_down),
		cmocka_unit_test_setup_teardown(queues_work, set_up, take_down),
		cmocka_unit_test_setup_teardown(refused, set_up, take_down),
		cmocka_unit_test_setup_teardown(rpmsg_over_mmio, set_up, take_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
