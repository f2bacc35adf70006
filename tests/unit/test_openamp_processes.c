/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two processes, nothing but the public API: named shared memory, a resource table in it, one
 * process as driver and the other as device, doorbells as interrupts (descriptors).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include <metal/atomic.h>
#include <metal/irq.h>
#include <metal/shmem.h>
#include <metal/sleep.h>
#include <metal/sys.h>
#include <openamp/open_amp.h>
#include <openamp/rsc_table_parser.h>

#define SIZE	 0x20000u
#define RINGS	 0x1000u
#define BUFFERS	 0x10000u
#define MESSAGES 500
#define SERVICE	 "sum"
#define PATIENCE 60000u /* steps of a millisecond */

struct table {
	struct resource_table header;
	uint32_t offset[1];
	struct fw_rsc_vdev vdev;
	struct fw_rsc_vdev_vring vring[2];
} __attribute__((packed));

/* One side: its process, its view of the memory. */
struct side {
	unsigned int role;
	int own_fd, peer_fd; /* doorbells */
	struct metal_io_region *io;
	struct remoteproc rproc;
	struct remoteproc_mem mem;
	struct virtio_device *vdev;
	struct rpmsg_virtio_device rvdev;
	struct rpmsg_virtio_shm_pool pool;
	struct rpmsg_endpoint ept;
	atomic_uint received, ended;
	unsigned long sum;
};

static struct side side;
static char name[64];

static struct remoteproc *init(struct remoteproc *rproc, const struct remoteproc_ops *ops,
			       void *arg)
{
	(void)ops;
	(void)arg;
	return rproc;
}

static int ring(struct remoteproc *rproc, uint32_t id)
{
	uint64_t one = 1;

	(void)rproc;
	(void)id;
	return write(side.peer_fd, &one, sizeof(one)) == sizeof(one) ? 0 : -1;
}

static const struct remoteproc_ops ops = { .init = init, .notify = ring };

static int on_doorbell(int irq, void *arg)
{
	uint64_t count;

	(void)arg;
	if (read(irq, &count, sizeof(count)) < 0)
		return METAL_IRQ_NOT_HANDLED;
	(void)remoteproc_get_notification(&side.rproc, RSC_NOTIFY_ID_ANY);
	return METAL_IRQ_HANDLED;
}

static int on_message(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	uint32_t words[2];

	(void)priv;
	if (len != sizeof(words))
		return -EINVAL;
	memcpy(words, data, sizeof(words));
	if (side.role == VIRTIO_DEV_DEVICE) {
		words[1] = words[0] * 2;
		return rpmsg_sendto(ept, words, sizeof(words), src);
	}
	side.sum += words[1];
	atomic_fetch_add(&side.received, 1);
	return RPMSG_SUCCESS;
}

static void on_end(struct rpmsg_endpoint *ept)
{
	(void)ept;
	atomic_store(&side.ended, 1);
}

static bool reaches(atomic_uint *word, unsigned int value)
{
	for (unsigned int ms = 0; atomic_load(word) < value && ms < PATIENCE; ms++)
		metal_sleep_usec(1000);
	return atomic_load(word) >= value;
}

/* Step by step; which one failed is the process's exit status. */
static int connect_side(void)
{
	static const metal_phys_addr_t base = 0;
	const struct metal_init_params params = METAL_INIT_DEFAULTS;

	if (metal_init(&params) || metal_shmem_open(name, SIZE, &side.io))
		return 2;
	if (!remoteproc_init(&side.rproc, &ops, NULL))
		return 3;
	remoteproc_init_mem(&side.mem, "shm", base, base, SIZE, side.io);
	remoteproc_add_mem(&side.rproc, &side.mem);
	if (remoteproc_set_rsc_table(&side.rproc, metal_io_virt(side.io, 0), sizeof(struct table)))
		return 4;
	side.vdev = remoteproc_create_virtio(&side.rproc, 0, side.role, NULL);
	if (!side.vdev)
		return 5;
	rpmsg_virtio_init_shm_pool(&side.pool, metal_io_virt(side.io, BUFFERS), SIZE - BUFFERS);
	if (rpmsg_init_vdev(&side.rvdev, side.vdev, NULL, side.io, &side.pool))
		return 6;
	if (rpmsg_create_ept(&side.ept, &side.rvdev.rdev, SERVICE, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY,
			     on_message, on_end))
		return 7;
	if (metal_irq_register(side.own_fd, on_doorbell, NULL))
		return 8;
	metal_irq_enable((unsigned int)side.own_fd);
	/* What came before the interrupt was enabled has left its mark in the counter. */
	return 0;
}

static void disconnect_side(void)
{
	metal_irq_disable((unsigned int)side.own_fd);
	metal_irq_unregister(side.own_fd);
	rpmsg_deinit_vdev(&side.rvdev);
	remoteproc_remove_virtio(&side.rproc, side.vdev);
	metal_io_finish(side.io);
	free(side.io);
	metal_finish();
}

static int be_device(void)
{
	int ret = connect_side();

	if (ret)
		return ret;
	ret = reaches(&side.ended, 1) ? 0 : 9;
	disconnect_side();
	return ret;
}

static void write_table(void)
{
	struct table table = {
		.header = { .ver = 1, .num = 1 },
		.offset = { offsetof(struct table, vdev) },
		.vdev = { .type = RSC_VDEV,
			  .id = VIRTIO_ID_RPMSG,
			  .notifyid = 0,
			  .dfeatures = 1u << VIRTIO_RPMSG_F_NS,
			  .num_of_vrings = 2 },
		.vring = { { .da = RINGS, .align = 4096, .num = 16, .notifyid = 1 },
			   { .da = RINGS + 0x4000, .align = 4096, .num = 16, .notifyid = 2 } },
	};
	struct metal_io_region *io;

	assert_int_equal(metal_shmem_open(name, SIZE, &io), 0);
	assert_int_equal(metal_io_block_write(io, 0, &table, sizeof(table)), sizeof(table));
	metal_io_finish(io);
	free(io);
}

static bool bound(void)
{
	for (unsigned int ms = 0; ms < PATIENCE; ms++) {
		bool ready;

		metal_mutex_acquire(&side.rvdev.rdev.lock);
		ready = is_rpmsg_ept_ready(&side.ept);
		metal_mutex_release(&side.rvdev.rdev.lock);
		if (ready)
			return true;
		metal_sleep_usec(1000);
	}
	return false;
}

static void driver_and_device(void **state)
{
	int status, to_driver = eventfd(0, EFD_CLOEXEC), to_device = eventfd(0, EFD_CLOEXEC);
	pid_t device;

	(void)state;
	snprintf(name, sizeof(name), "/mica-test-openamp-%d", (int)getpid());
	write_table();
	/* One thread so far: the child may go on as it likes. */
	device = fork();
	assert_true(device >= 0);
	if (device == 0) {
		side.role = VIRTIO_DEV_DEVICE;
		side.own_fd = to_device;
		side.peer_fd = to_driver;
		_exit(be_device());
	}
	side.role = VIRTIO_DEV_DRIVER;
	side.own_fd = to_driver;
	side.peer_fd = to_device;
	assert_int_equal(connect_side(), 0);
	assert_true(bound());
	for (uint32_t i = 0; i < MESSAGES; i++) {
		uint32_t words[2] = { i, 0 };

		assert_int_equal(rpmsg_send(&side.ept, words, sizeof(words)), sizeof(words));
	}
	assert_true(reaches(&side.received, MESSAGES));
	assert_int_equal(side.sum, (unsigned long)MESSAGES * (MESSAGES - 1));
	rpmsg_destroy_ept(&side.ept); /* tells the device that it is over */
	assert_int_equal(waitpid(device, &status, 0), device);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_null(rpmsg_virtio_broken(&side.rvdev));
	disconnect_side();
	assert_int_equal(shm_unlink(name), 0);
	close(to_driver);
	close(to_device);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(driver_and_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
