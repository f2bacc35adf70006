/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What programs that were written for OpenAMP rely on without asking: transports that leave the
 * queues to the library, rings that the driver places later, announcements that come twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <cmocka.h>
#include <metal/sleep.h>
#include <metal/utilities.h>
#include <openamp/open_amp.h>
#include <openamp/rsc_table_parser.h>

#include "rpmsg_link.h"

#define NUM   8u
#define ALIGN 4u
#define SIZE  0x8000u
#define RINGS 0x1000u
#define STEP  0x1000u /* from one ring to the next */
#define POOL  0x4000u

static uint8_t *mem; /* SIZE bytes, shared with processes of a test */
static const metal_phys_addr_t phys = 0x40000000;

/* ---- a transport of five operations, rings and queues of the program ---- */

struct own_vdev {
	struct virtio_device vdev; /* first */
	struct virtio_vring_info rings[2];
	struct metal_io_region io;
	struct rpmsg_virtio_device rvdev;
	struct rpmsg_endpoint ept;
	struct link_seen seen;
};

static struct own_vdev own_host, own_remote;
static uint8_t own_status;
static unsigned int own_bells;

static uint8_t get_status(struct virtio_device *vdev)
{
	(void)vdev;
	return own_status;
}

static void set_status(struct virtio_device *vdev, uint8_t status)
{
	(void)vdev;
	own_status = status;
}

static uint32_t get_features(struct virtio_device *vdev)
{
	(void)vdev;
	return 1u << VIRTIO_RPMSG_F_NS;
}

static void set_features(struct virtio_device *vdev, uint32_t features)
{
	(void)vdev;
	(void)features;
}

static void notify(struct virtqueue *vq)
{
	assert_non_null(vq->vq_dev);
	own_bells++;
}

static const struct virtio_dispatch own_operations = {
	.get_status = get_status,
	.set_status = set_status,
	.get_features = get_features,
	.set_features = set_features,
	.notify = notify,
};

static void own_open(struct own_vdev *own, unsigned int role)
{
	unsigned int i;

	memset(own, 0, sizeof(*own));
	metal_io_init(&own->io, mem, &phys, SIZE, (unsigned int)-1, 0, NULL);
	for (i = 0; i < 2; i++) {
		own->rings[i].io = &own->io;
		own->rings[i].info.vaddr = mem + RINGS + i * STEP;
		own->rings[i].info.num_descs = NUM;
		own->rings[i].info.align = ALIGN;
		own->rings[i].vq = virtqueue_allocate(NUM);
		assert_non_null(own->rings[i].vq);
	}
	own->vdev.role = role;
	own->vdev.vrings_num = 2;
	own->vdev.vrings_info = own->rings;
	own->vdev.func = &own_operations;
	own->ept.priv = &own->seen;
}

static void own_close(struct own_vdev *own)
{
	rpmsg_deinit_vdev(&own->rvdev);
	virtqueue_free(own->rings[0].vq);
	virtqueue_free(own->rings[1].vq);
}

static void own_transport(void **state)
{
	const char *names[] = { "a", "b", "c" };
	vq_callback callbacks[3] = { NULL };
	struct rpmsg_virtio_shm_pool pool;

	(void)state;
	memset(mem, 0xa5, SIZE);
	own_status = 0;
	own_open(&own_host, VIRTIO_DEV_DRIVER);
	own_open(&own_remote, VIRTIO_DEV_DEVICE);
	rpmsg_virtio_init_shm_pool(&pool, mem + POOL, SIZE - POOL);
	assert_int_equal(
		rpmsg_init_vdev(&own_host.rvdev, &own_host.vdev, NULL, &own_host.io, &pool),
		RPMSG_SUCCESS);
	assert_true(own_status & VIRTIO_CONFIG_STATUS_DRIVER_OK);
	assert_int_equal(
		rpmsg_init_vdev(&own_remote.rvdev, &own_remote.vdev, NULL, &own_remote.io, NULL),
		RPMSG_SUCCESS);
	assert_int_equal(
		rpmsg_create_ept(&own_host.ept, &own_host.rvdev.rdev, "", 100, 200, link_see, NULL),
		RPMSG_SUCCESS);
	assert_int_equal(rpmsg_create_ept(&own_remote.ept, &own_remote.rvdev.rdev, "", 200, 100,
					  link_see, NULL),
			 RPMSG_SUCCESS);
	own_bells = 0;
	assert_int_equal(rpmsg_send(&own_host.ept, "there", 5), 5);
	assert_int_equal(own_bells, 1);
	virtqueue_notification(own_remote.rings[1].vq);
	assert_int_equal(own_remote.seen.calls, 1);
	assert_memory_equal(own_remote.seen.data, "there", 5);
	assert_int_equal(rpmsg_send(&own_remote.ept, "back", 4), 4);
	virtqueue_notification(own_host.rings[0].vq);
	assert_int_equal(own_host.seen.calls, 1);
	assert_memory_equal(own_host.seen.data, "back", 4);
	own_close(&own_remote);
	own_close(&own_host);

	/* What is not there is said to be missing. */
	own_open(&own_host, VIRTIO_DEV_DRIVER);
	assert_int_equal(virtio_create_virtqueues(&own_host.vdev, 0, 3, names, callbacks, NULL),
			 ERROR_VQUEUE_INVLD_PARAM);
	virtqueue_free(own_host.rings[1].vq);
	own_host.rings[1].vq = NULL;
	assert_int_equal(virtio_create_virtqueues(&own_host.vdev, 0, 2, names, callbacks, NULL),
			 ERROR_VQUEUE_INVLD_PARAM);
	own_host.vdev.func = NULL;
	assert_int_equal(virtio_create_virtqueues(&own_host.vdev, 0, 2, names, callbacks, NULL),
			 -ENXIO);
	virtqueue_free(own_host.rings[0].vq);
}

/* ---- resource tables ---- */

struct table {
	struct resource_table header;
	uint32_t offset[1];
	struct fw_rsc_vdev vdev;
	struct fw_rsc_vdev_vring vring[2];
} __attribute__((packed));

static struct remoteproc rproc;
static struct remoteproc_mem rmem;
static struct metal_io_region io;

static struct remoteproc *init(struct remoteproc *r, const struct remoteproc_ops *ops, void *arg)
{
	(void)ops;
	(void)arg;
	return r;
}

static const struct remoteproc_ops rproc_ops = { .init = init };

static struct table *open_table(uint32_t da)
{
	struct table *table = (void *)mem;

	memset(mem, 0, SIZE);
	table->header.ver = 1;
	table->header.num = 1;
	table->offset[0] = offsetof(struct table, vdev);
	table->vdev.type = RSC_VDEV;
	table->vdev.id = VIRTIO_ID_RPMSG;
	table->vdev.notifyid = 31;
	table->vdev.dfeatures = 1;
	table->vdev.num_of_vrings = 2;
	for (uint32_t i = 0; i < 2; i++) {
		table->vring[i].da = da == FW_RSC_U32_ADDR_ANY ? da : da + i * STEP;
		table->vring[i].align = ALIGN;
		table->vring[i].num = NUM;
		table->vring[i].notifyid = i + 1;
	}
	metal_io_init(&io, mem, &phys, SIZE, (unsigned int)-1, 0, NULL);
	assert_non_null(remoteproc_init(&rproc, &rproc_ops, NULL));
	remoteproc_init_mem(&rmem, "shm", phys, phys, SIZE, &io);
	remoteproc_add_mem(&rproc, &rmem);
	assert_int_equal(remoteproc_set_rsc_table(&rproc, &table->header, sizeof(*table)), 0);
	return table;
}

/* The driver of another system: places the rings, then says that it is there. */
static void place_later(void)
{
	metal_sleep_usec(20000);
	for (uint32_t i = 0; i < 2; i++)
		metal_shared_write32(
			&mem[offsetof(struct table, vring) + i * sizeof(struct fw_rsc_vdev_vring) +
			     offsetof(struct fw_rsc_vdev_vring, da)],
			(uint32_t)phys + RINGS + i * STEP);
	metal_shared_write8_release(&mem[offsetof(struct table, vdev.status)],
				    VIRTIO_CONFIG_STATUS_DRIVER_OK);
}

static void rings_placed_by_the_driver(void **state)
{
	struct virtio_device *vdev;
	pid_t driver;
	int status;

	(void)state;
	(void)open_table(FW_RSC_U32_ADDR_ANY);
	/* A driver places them itself, before. */
	assert_null(remoteproc_create_virtio(&rproc, 0, VIRTIO_DEV_DRIVER, NULL));
	driver = fork();
	assert_true(driver >= 0);
	if (!driver) {
		place_later();
		_exit(0);
	}
	vdev = remoteproc_create_virtio(&rproc, 0, VIRTIO_DEV_DEVICE, NULL);
	assert_int_equal(waitpid(driver, &status, 0), driver);
	assert_int_equal(status, 0);
	assert_non_null(vdev);
	assert_ptr_equal(vdev->vrings_info[0].info.vaddr, mem + RINGS);
	assert_ptr_equal(vdev->vrings_info[1].info.vaddr, mem + RINGS + STEP);
	assert_int_equal(vdev->vrings_info[1].notifyid, 2);
	remoteproc_remove_virtio(&rproc, vdev);
}

static void one_device_an_entry(void **state)
{
	struct virtio_device *vdev;

	(void)state;
	(void)open_table((uint32_t)phys + RINGS);
	vdev = remoteproc_create_virtio(&rproc, 0, VIRTIO_DEV_DEVICE, NULL);
	assert_non_null(vdev);
	assert_ptr_equal(remoteproc_create_virtio(&rproc, 0, VIRTIO_DEV_DEVICE, NULL), vdev);
	assert_null(remoteproc_create_virtio(&rproc, 1, VIRTIO_DEV_DEVICE, NULL));
	remoteproc_remove_virtio(&rproc, vdev);
	vdev = remoteproc_create_virtio(&rproc, 0, VIRTIO_DEV_DRIVER, NULL);
	assert_non_null(vdev);
	assert_int_equal(vdev->role, VIRTIO_DEV_DRIVER);
	remoteproc_remove_virtio(&rproc, vdev);
	assert_int_equal(remoteproc_get_notification(NULL, 1), 0);
	assert_int_equal(remoteproc_set_rsc_table(NULL, NULL, 0), -RPROC_EINVAL);
}

/* A device names the region of its resource table for its rings: it needs none for them. */
static void ring_outside_the_region(void **state)
{
	struct table *table = open_table((uint32_t)phys + RINGS);
	struct metal_io_region table_io;
	struct virtio_device *vdev;

	(void)state;
	metal_io_init(&table_io, table, &phys, sizeof(*table), (unsigned int)-1, 0, NULL);
	vdev = rproc_virtio_create_vdev(VIRTIO_DEV_DEVICE, 0xff, &table->vdev, &table_io, NULL,
					NULL, NULL);
	assert_non_null(vdev);
	assert_int_equal(rproc_virtio_init_vring(vdev, 0, 1, mem + RINGS, &table_io, NUM, ALIGN),
			 0);
	assert_int_equal(rproc_virtio_init_vring(vdev, 0, 1, NULL, &table_io, NUM, ALIGN),
			 -RPROC_EINVAL);
	rproc_virtio_remove_vdev(vdev);
	vdev = rproc_virtio_create_vdev(VIRTIO_DEV_DRIVER, 0xff, &table->vdev, &table_io, NULL,
					NULL, NULL);
	assert_int_equal(rproc_virtio_init_vring(vdev, 0, 1, mem + RINGS, &table_io, NUM, ALIGN),
			 -RPROC_EINVAL);
	rproc_virtio_remove_vdev(vdev);
}

/* ---- links ---- */

static void pools(void **state)
{
	const struct link_options options = {
		.config = { .h2r_buf_size = 256, .r2h_buf_size = 512, .split_shpool = true },
	};
	struct rpmsg_virtio_shm_pool two[2], none = { 0 };
	struct link l;
	uint32_t len;
	void *buf;

	(void)state;
	link_open(&l, &options);
	assert_int_equal(
		rpmsg_init_vdev_with_config(&l.host, l.host_vdev, NULL, &l.host_io, two, NULL),
		RPMSG_ERR_PARAM);
	assert_int_equal(rpmsg_init_vdev(&l.host, l.host_vdev, NULL, &l.host_io, &none),
			 RPMSG_ERR_NO_BUFF);
	/* The first one for what is received, exactly; the second for what is sent, some. */
	rpmsg_virtio_init_shm_pool(&two[0], l.mem + LINK_POOL, 8 * 512);
	rpmsg_virtio_init_shm_pool(&two[1], l.mem + LINK_POOL + 8 * 512, 3 * 256);
	assert_int_equal(
		rpmsg_init_vdev_with_config(&l.host, l.host_vdev, NULL, &l.host_io, two, &l.config),
		RPMSG_SUCCESS);
	assert_int_equal(two[0].avail, 0);
	assert_int_equal(two[1].avail, 3 * 256);
	assert_int_equal(link_client_up(&l), RPMSG_SUCCESS);
	rpmsg_virtio_set_tx_timeout(&l.host, 0);
	rpmsg_virtio_set_tx_timeout(&l.client, 0);
	{
		struct rpmsg_endpoint ept = { 0 };

		assert_int_equal(rpmsg_create_ept(&ept, &l.host.rdev, "", 100, 200, link_see, NULL),
				 RPMSG_SUCCESS);
		for (uint32_t i = 0; i < 3; i++) {
			buf = rpmsg_get_tx_payload_buffer(&ept, &len, false);
			assert_ptr_equal(buf, l.mem + LINK_POOL + 8 * 512 + i * 256 + 16);
			assert_int_equal(len, 240);
		}
		assert_null(rpmsg_get_tx_payload_buffer(&ept, &len, false));
		rpmsg_destroy_ept(&ept);
	}
	link_close(&l);
}

static unsigned int binds;

static void bind(struct rpmsg_device *rdev, const char *name, uint32_t dest)
{
	(void)rdev;
	(void)dest;
	assert_string_equal(name, "service");
	binds++;
}

static unsigned int unbinds;

static void unbind(struct rpmsg_endpoint *ept)
{
	(void)ept;
	unbinds++;
}

static void announce(struct rpmsg_endpoint *ept, const char *name)
{
	struct rpmsg_ns_msg msg = { .addr = ept->addr, .flags = RPMSG_NS_CREATE };

	strncpy(msg.name, name, sizeof(msg.name) - 1);
	assert_int_equal(rpmsg_sendto(ept, &msg, sizeof(msg), RPMSG_NS_EPT_ADDR), sizeof(msg));
}

/* The peer's announcement of a service that is known already is none of a new one. */
static void announced_twice(void **state)
{
	struct rpmsg_endpoint remote = { 0 }, again = { 0 }, host = { 0 }, second = { 0 };
	struct link_seen seen = { 0 };
	struct rpmsg_device *rdev;
	struct link l;

	(void)state;
	binds = 0;
	unbinds = 0;
	link_open(&l, NULL);
	link_up(&l, bind);
	rdev = &l.host.rdev;
	/* The remote's address is known from its first message, before it announces itself. */
	host.priv = &seen;
	assert_int_equal(
		rpmsg_create_ept(&host, rdev, "service", 100, RPMSG_ADDR_ANY, link_see, unbind),
		RPMSG_SUCCESS);
	link_run(&l);
	assert_int_equal(rpmsg_create_ept(&remote, &l.client.rdev, "", 1030, 100, link_see, NULL),
			 RPMSG_SUCCESS);
	assert_int_equal(rpmsg_send(&remote, "x", 1), 1);
	link_run(&l);
	assert_int_equal(host.dest_addr, 1030);
	rpmsg_destroy_ept(&remote);
	assert_int_equal(rpmsg_create_ept(&remote, &l.client.rdev, "service", 1030, RPMSG_ADDR_ANY,
					  link_see, NULL),
			 RPMSG_SUCCESS);
	link_run(&l);
	assert_int_equal(binds, 0);
	assert_int_equal(host.dest_addr, 1030);

	/* As said before: whoever wants to know is told. */
	l.host.tell_again = true;
	announce(&remote, "service");
	link_run(&l);
	assert_int_equal(binds, 1);
	l.host.tell_again = false;
	announce(&remote, "service");
	link_run(&l);
	assert_int_equal(binds, 1);
	binds = 0;

	/* By name: the one that is bound to the address, else one that waits. */
	assert_int_equal(
		rpmsg_create_ept(&second, rdev, "service", 101, RPMSG_ADDR_ANY, link_see, unbind),
		RPMSG_SUCCESS);
	link_run(&l);
	assert_ptr_equal(rpmsg_get_endpoint(rdev, "service", RPMSG_ADDR_ANY, 1030), &host);
	assert_ptr_equal(rpmsg_get_endpoint(rdev, "service", RPMSG_ADDR_ANY, 7), &second);
	assert_ptr_equal(rpmsg_get_endpoint(rdev, "service", RPMSG_ADDR_ANY, RPMSG_ADDR_ANY),
			 &second);
	assert_null(rpmsg_get_endpoint(rdev, "other", RPMSG_ADDR_ANY, 1030));

	/* Another remote end of that name goes: nobody here was bound to it. */
	second.dest_addr = 5;
	assert_int_equal(rpmsg_create_ept(&again, &l.client.rdev, "service", 1031, RPMSG_ADDR_ANY,
					  link_see, NULL),
			 RPMSG_SUCCESS);
	link_run(&l);
	assert_int_equal(binds, 1);
	second.dest_addr = RPMSG_ADDR_ANY;
	rpmsg_destroy_ept(&again);
	link_run(&l);
	assert_int_equal(unbinds, 0);
	rpmsg_destroy_ept(&remote);
	link_run(&l);
	assert_int_equal(unbinds, 1);
	assert_int_equal(host.dest_addr, RPMSG_ADDR_ANY);
	link_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_transport),
		cmocka_unit_test(rings_placed_by_the_driver),
		cmocka_unit_test(one_device_an_entry),
		cmocka_unit_test(ring_outside_the_region),
		cmocka_unit_test(pools),
		cmocka_unit_test(announced_twice),
	};

	mem = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (mem == MAP_FAILED)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
