// SPDX-License-Identifier: BSD-3-Clause
/*
 * The smallest client: the device's role of OpenAMP and static memory, no session. It says hello on
 * a terminal and echoes what it is told. bench/sdk_size.py counts what of the SDK it is made of.
 */
#include <metal/atomic.h>
#include <metal/system/port.h>
#include <openamp/remoteproc_virtio.h>
#include <openamp/rpmsg_virtio.h>

#include "mica_chip.h"
#include "mica_os.h"
#include "platform.h"
#include "tables.h"

#define NUM   8u
#define ALIGN 16u

/* What the virtio device and its two rings take, exactly: metal/system/port.h. */
METAL_ARENA(480u + 64u * NUM);

IMAGE_TABLE struct table_plain table = TABLE_PLAIN(NUM, ALIGN);

const struct mica_variant mica_variant = {
	.name = "mica-minimal",
	.table = &table,
	.table_size = sizeof(table),
};

static struct rpmsg_virtio_device rvdev;
static struct rpmsg_endpoint terminal;
static struct metal_io_region memory;
static metal_phys_addr_t memory_da;
static struct mica_chip_doorbell doorbell;
static struct mica_os_sem rung;
static struct mica_os_thread thread;
static _Alignas(16) unsigned char stack[4096];

static void on_doorbell(void *arg)
{
	(void)arg;
	mica_os_sem_give(&rung);
}

static int ring_doorbell(void *priv, uint32_t id)
{
	(void)priv;
	(void)id;
	mica_chip_doorbell_raise(&doorbell);
	return 0;
}

/* The host speaks first: a message without bytes says who it is. */
static int on_message(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	static const char hello[] = "hello from mica-minimal\r\n";

	(void)src;
	(void)priv;
	return len ? rpmsg_send(ept, data, (int)len) : rpmsg_send(ept, hello, sizeof(hello) - 1);
}

/* A ring where the host placed it; its words are the host's, so each is read once. */
static int init_ring(struct virtio_device *vdev, const struct mica_rsc_rpmsg *rsc, unsigned int i)
{
	uint32_t align = metal_shared_read32(&rsc->vring[i].align);
	uint64_t da = metal_shared_read32(&rsc->vring[i].da);

	if (align > 4096)
		return -1;
	return rproc_virtio_init_vring(vdev, i, i, mica_chip_to_va(da, 1), &memory, NUM, align);
}

static bool stop_asked(const struct mica_rsc_header *header)
{
	return metal_shared_read32_acquire(&header->status) == MICA_STATUS_STOP;
}

static _Noreturn void power_off(struct mica_rsc_header *header)
{
	metal_shared_write32_release(&header->status, MICA_STATUS_OFF);
	mica_chip_doorbell_raise(&doorbell);
	mica_chip_power_off();
}

/* The link, once the host is there, and the endpoint. */
static int bring_up(struct virtio_device *vdev, const struct table_plain *t)
{
	size_t size;

	memory_da = (metal_phys_addr_t)mica_chip_comm(&size);
	metal_io_init(&memory, mica_chip_to_va(memory_da, size), &memory_da, size, (unsigned int)-1,
		      0, NULL);
	do {
		rproc_virtio_wait_remote_ready(vdev);
		if (stop_asked(&t->header) || init_ring(vdev, &t->rpmsg, 0) ||
		    init_ring(vdev, &t->rpmsg, 1))
			return -1;
	} while (rpmsg_init_vdev(&rvdev, vdev, NULL, &memory, NULL) == RPMSG_ERR_DEV_STATE);
	return rpmsg_create_ept(&terminal, &rvdev.rdev, "rpmsg-tty", RPMSG_ADDR_ANY, RPMSG_ADDR_ANY,
				on_message, NULL);
}

static void run(void *arg)
{
	size_t size;
	struct table_plain *t = mica_chip_resource_table(&size);
	struct virtio_device *vdev;

	(void)arg;
	mica_chip_doorbell_default(&doorbell);
	vdev = rproc_virtio_create_vdev(VIRTIO_DEV_DEVICE, 0, &t->rpmsg, NULL, NULL, ring_doorbell,
					NULL);
	if (!vdev || mica_chip_doorbell_connect(&doorbell, on_doorbell, NULL) || bring_up(vdev, t))
		power_off(&t->header);
	while (!stop_asked(&t->header)) {
		rproc_virtio_notified(vdev, RSC_NOTIFY_ID_ANY);
		/* One notification handles at most a ring of messages. */
		if (!rpmsg_virtio_rx_pending(&rvdev))
			mica_os_sem_take(&rung, MICA_OS_FOREVER);
	}
	power_off(&t->header);
}

void app_start(void)
{
	mica_os_sem_init(&rung, 0);
	mica_os_thread_start(&thread, "minimal", MICA_OS_PRIO_SERVICE, run, NULL, stack,
			     sizeof(stack));
}

/* ---- no session that could tell of an end ---- */

void mica_panic(const char *message)
{
	(void)message;
	for (;;)
		__builtin_trap();
}

bool mica_session_crashed(struct mica_crash *record)
{
	(void)record;
	return false;
}

bool mica_session_crash_taken(void)
{
	return true;
}
