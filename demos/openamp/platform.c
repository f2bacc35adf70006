/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * remoteproc without its life cycle: the memory, the table, one rpmsg device. Nothing rings: both
 * sides look at the indices of the rings, which alone are the truth. The poll word, for which
 * existing images wait before they look, is written after each change of a ring and now and then
 * besides; it is cleared at the very end only, for the other side may just be about to look at it.
 */
#include <metal/atomic.h>
#include <metal/sleep.h>
#include <metal/sys.h>
#include <metal/time.h>
#include <openamp/remoteproc.h>
#include <openamp/rpmsg_virtio.h>

#include "demo.h"
#include "table.h"

#define MS	   1000000ull /* of metal_get_timestamp() */
#define SPIN_NS	   (MS / 5)
#define CARE_NS	   (10 * MS)
#define TROUBLE_NS (100 * MS)
#define PAUSE_US   200u
/* At the end: how long at most, and how much of it in silence. */
#define SETTLE_NS  (1000 * MS)
#define SILENCE_NS (50 * MS)

struct platform {
	struct remoteproc rproc;
	struct remoteproc_mem mem;
	struct metal_io_region *io;
	struct rpmsg_virtio_shm_pool pool;
	struct rpmsg_virtio_device rvdev;
	struct virtio_device *vdev;
	struct demo_table table;
	unsigned int role;
	uint32_t seen; /* messages received so far */
	unsigned long long idle_since, cared, asked;
	int trouble; /* what platform_poll() said last */
};

static struct platform the_platform;

static int notify(struct remoteproc *rproc, uint32_t id)
{
	struct platform *p = rproc->priv;

	(void)id;
	metal_io_write32(p->io, DEMO_POLL, DEMO_POLL_STOP);
	return 0;
}

static struct remoteproc *init(struct remoteproc *rproc, const struct remoteproc_ops *ops,
			       void *arg)
{
	rproc->ops = ops;
	rproc->priv = arg;
	return rproc;
}

static const struct remoteproc_ops ops = { .init = init, .notify = notify };

int platform_init(int argc, char *argv[], void **platform)
{
	struct metal_init_params params = METAL_INIT_DEFAULTS;
	struct platform *p = &the_platform;
	metal_phys_addr_t base;
	int ret;

	memset(p, 0, sizeof(*p));
	if (metal_init(&params)) {
		port_error("libmetal cannot be initialized");
		return 1;
	}
	ret = port_open(argc, argv, &p->io, &base);
	if (ret) {
		metal_finish();
		return ret;
	}
	remoteproc_init(&p->rproc, &ops, p);
	remoteproc_init_mem(&p->mem, "shm", base, base, DEMO_SIZE, p->io);
	remoteproc_add_mem(&p->rproc, &p->mem);
	port_say("Initialize remoteproc successfully.\n");
	*platform = p;
	return 0;
}

void platform_cleanup(void *platform)
{
	struct platform *p = platform;

	remoteproc_remove(&p->rproc);
	port_close();
	metal_finish();
}

static void touch(struct platform *p)
{
	p->idle_since = metal_get_timestamp();
}

/* Now and then: is anything wrong? */
static int care(struct platform *p, unsigned long long now)
{
	int ret = 0;

	if (now - p->cared >= CARE_NS) {
		p->cared = now;
		notify(&p->rproc, RSC_NOTIFY_ID_ANY);
		if (p->vdev && p->role == VIRTIO_DEV_DRIVER && !p->seen)
			ret = table_restore(&p->table);
		else if (p->vdev && p->role == VIRTIO_DEV_DEVICE && !table_driver_ok(&p->table))
			ret = -ENODEV;
		if (ret == -ENODEV)
			port_error("the driver on the other side has ended");
	}
	if (!ret && now - p->asked >= TROUBLE_NS) {
		p->asked = now;
		ret = port_trouble((now - p->idle_since) / MS, p->seen != 0);
	}
	return ret;
}

/* A moment, in which nothing came. */
static int idle(struct platform *p)
{
	unsigned long long now = metal_get_timestamp();
	int ret = care(p, now);

	if (ret)
		return ret;
	if (now - p->idle_since < SPIN_NS)
		metal_yield();
	else
		metal_sleep_usec(PAUSE_US);
	return 0;
}

/* Instead of sleeping blindly where a sender waits for a buffer. */
static int wait_for_buffer(struct rpmsg_device *rdev, uint32_t id)
{
	(void)id;
	(void)rdev;
	the_platform.trouble = idle(&the_platform);
	return the_platform.trouble ? RPMSG_ERR_DEV_STATE : RPMSG_SUCCESS;
}

int platform_poll(void *platform)
{
	struct platform *p = platform;
	struct virtqueue *broken;

	if (p->trouble)
		return p->trouble;
	remoteproc_get_notification(&p->rproc, RSC_NOTIFY_ID_ANY);
	broken = rpmsg_virtio_broken(&p->rvdev);
	if (broken) {
		port_error("the other side broke the rules of ring %u", broken->vq_queue_index);
		p->trouble = -EPROTO;
	} else if (p->rvdev.stats.rx_messages != p->seen) {
		p->seen = p->rvdev.stats.rx_messages;
		touch(p);
		p->trouble = care(p, p->idle_since);
	} else {
		p->trouble = idle(p);
	}
	return p->trouble;
}

static int wait_for_driver(struct platform *p)
{
	int ret = 0;

	while (!ret && !table_driver_ok(&p->table))
		ret = idle(p);
	return ret;
}

/* From the table as it is now; NULL: that cannot be. */
static struct virtio_device *try_virtio(struct platform *p, unsigned int index,
					void (*rst_cb)(struct virtio_device *vdev))
{
	int ret = table_open(&p->table, p->io, p->mem.pa, p->role == VIRTIO_DEV_DRIVER);

	if (!ret && p->role == VIRTIO_DEV_DEVICE)
		ret = wait_for_driver(p);
	if (!ret)
		ret = remoteproc_set_rsc_table(&p->rproc, metal_io_virt(p->io, DEMO_TABLE),
					       TABLE_BYTES);
	if (ret)
		return NULL;
	return remoteproc_create_virtio(&p->rproc, (int)index, p->role, rst_cb);
}

static struct virtio_device *create_virtio(struct platform *p, unsigned int index,
					   void (*rst_cb)(struct virtio_device *vdev))
{
	struct virtio_device *vdev = try_virtio(p, index, rst_cb);

	/* The client may have begun at the same moment, and put its table over what was filled in.
	 */
	while (!vdev && p->role == VIRTIO_DEV_DRIVER && !table_filled_in(&p->table) && !idle(p))
		vdev = try_virtio(p, index, rst_cb);
	return vdev;
}

struct rpmsg_device *platform_create_rpmsg_vdev(void *platform, unsigned int vdev_index,
						unsigned int role,
						void (*rst_cb)(struct virtio_device *vdev),
						rpmsg_ns_bind_cb ns_bind_cb)
{
	struct platform *p = platform;
	struct virtio_device *vdev;
	int ret;

	p->role = role;
	touch(p);
	p->cared = p->asked = p->idle_since;
	port_say("creating remoteproc virtio\n");
	vdev = create_virtio(p, vdev_index, rst_cb);
	if (!vdev) {
		port_error("failed to create the virtio device");
		return NULL;
	}
	port_say("initializing rpmsg shared buffer pool\n");
	rpmsg_virtio_init_shm_pool(&p->pool, metal_io_virt(p->io, DEMO_BUFFERS), DEMO_BUFFERS_SIZE);
	port_say("initializing rpmsg vdev\n");
	ret = rpmsg_init_vdev(&p->rvdev, vdev, ns_bind_cb, p->io,
			      role == VIRTIO_DEV_DRIVER ? &p->pool : NULL);
	if (ret) {
		port_error("failed to initialize the rpmsg device: %d", ret);
		remoteproc_remove_virtio(&p->rproc, vdev);
		return NULL;
	}
	port_say("initializing rpmsg vdev\n");
	rpmsg_virtio_set_wait_cb(&p->rvdev, wait_for_buffer);
	p->vdev = vdev;
	touch(p);
	return &p->rvdev.rdev;
}

static bool all_taken(const struct virtqueue *vq)
{
	return metal_shared_read16_acquire(&vq->vq_ring.used->idx) ==
	       metal_shared_read16(&vq->vq_ring.avail->idx);
}

/* Until the other side has seen our last words and fallen silent itself. */
static void settle(struct platform *p)
{
	unsigned long long begin = metal_get_timestamp(), now = begin;

	touch(p);
	while (!p->trouble && now - begin < SETTLE_NS &&
	       (!all_taken(p->rvdev.svq) || now - p->idle_since < SILENCE_NS)) {
		platform_poll(p);
		now = metal_get_timestamp();
	}
}

void platform_release_rpmsg_vdev(struct rpmsg_device *rpdev, void *platform)
{
	struct platform *p = platform;
	bool driver = p->role == VIRTIO_DEV_DRIVER;

	(void)rpdev;
	if (driver)
		settle(p);
	rpmsg_deinit_vdev(&p->rvdev);
	remoteproc_remove_virtio(&p->rproc, p->vdev);
	p->vdev = NULL;
	if (!driver)
		return;
	/* Also where a table of another shape has come to lie there since. */
	table_close(&p->table);
	/* To others this word says that a demo of theirs begins. */
	metal_io_write32(p->io, DEMO_POLL, 0);
}
