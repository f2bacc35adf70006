/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Driver of a virtio device behind memory-mapped registers, under OpenAMP's names. Registers:
 * Virtual I/O Device specification 1.2, 4.2.2 and, for version 1, 4.2.4. Version 1 and the
 * driver's role only, as in OpenAMP; virtqueues are the caller's.
 */
#ifndef OPENAMP_VIRTIO_MMIO_H
#define OPENAMP_VIRTIO_MMIO_H

#include <metal/compiler.h>
#include <metal/device.h>
#include <openamp/virtio.h>
#include <openamp/virtqueue.h>

METAL_C_BEGIN

#define VIRTIO_MMIO_LEGACY

/* R: read, W: write */
#define VIRTIO_MMIO_MAGIC_VALUE		0x000 /* R "virt" */
#define VIRTIO_MMIO_MAGIC_VALUE_STRING	('v' | ('i' << 8) | ('r' << 16) | ('t' << 24))
#define VIRTIO_MMIO_VERSION		0x004 /* R */
#define VIRTIO_MMIO_DEVICE_ID		0x008 /* R */
#define VIRTIO_MMIO_VENDOR_ID		0x00c /* R */
#define VIRTIO_MMIO_DEVICE_FEATURES	0x010 /* R */
#define VIRTIO_MMIO_DEVICE_FEATURES_SEL 0x014 /* W */
#define VIRTIO_MMIO_DRIVER_FEATURES	0x020 /* W */
#define VIRTIO_MMIO_DRIVER_FEATURES_SEL 0x024 /* W */
#define VIRTIO_MMIO_GUEST_PAGE_SIZE	0x028 /* W version 1 */
#define VIRTIO_MMIO_QUEUE_SEL		0x030 /* W */
#define VIRTIO_MMIO_QUEUE_NUM_MAX	0x034 /* R */
#define VIRTIO_MMIO_QUEUE_NUM		0x038 /* W */
#define VIRTIO_MMIO_QUEUE_ALIGN		0x03c /* W version 1 */
#define VIRTIO_MMIO_QUEUE_PFN		0x040 /* RW version 1 */
#define VIRTIO_MMIO_QUEUE_READY		0x044 /* RW version 2 */
#define VIRTIO_MMIO_QUEUE_NOTIFY	0x050 /* W */
#define VIRTIO_MMIO_INTERRUPT_STATUS	0x060 /* R */
#define VIRTIO_MMIO_INTERRUPT_ACK	0x064 /* W */
#define VIRTIO_MMIO_STATUS		0x070 /* RW */
#define VIRTIO_MMIO_QUEUE_DESC_LOW	0x080 /* W version 2, and the next five */
#define VIRTIO_MMIO_QUEUE_DESC_HIGH	0x084
#define VIRTIO_MMIO_QUEUE_AVAIL_LOW	0x090
#define VIRTIO_MMIO_QUEUE_AVAIL_HIGH	0x094
#define VIRTIO_MMIO_QUEUE_USED_LOW	0x0a0
#define VIRTIO_MMIO_QUEUE_USED_HIGH	0x0a4
#define VIRTIO_MMIO_SHM_SEL		0x0ac
#define VIRTIO_MMIO_SHM_LEN_LOW		0x0b0
#define VIRTIO_MMIO_SHM_LEN_HIGH	0x0b4
#define VIRTIO_MMIO_SHM_BASE_LOW	0x0b8
#define VIRTIO_MMIO_SHM_BASE_HIGH	0x0bc
#define VIRTIO_MMIO_CONFIG_GENERATION	0x0fc
#define VIRTIO_MMIO_CONFIG		0x100 /* RW the device type's own */

/* INTERRUPT_STATUS, INTERRUPT_ACK */
#define VIRTIO_MMIO_INT_VRING  (1 << 0)
#define VIRTIO_MMIO_INT_CONFIG (1 << 1)

#define VIRTIO_MMIO_MAX_DATA_SIZE 128

/* base: physical address */
struct virtio_mmio_dev_mem {
	void *base;
	size_t size;
};

/*
 * Filled in by the caller: cfg_mem, shm_mem, device_mode, shm_device.name, vdev.features (what the
 * driver can do); the rest by virtio_mmio_device_init().
 */
struct virtio_mmio_device {
	struct virtio_device vdev;
	struct metal_io_region *cfg_io;
	struct metal_io_region *shm_io;
	struct metal_device shm_device;
	struct virtio_mmio_dev_mem cfg_mem;
	struct virtio_mmio_dev_mem shm_mem;
	unsigned int device_mode;
	unsigned int irq;
	void *user_data;
};

/* The queues of a device, allocated with virtqueue_allocate(); before they are set up. */
void virtio_mmio_register_device(struct virtio_device *vdev, int vq_num, struct virtqueue **vqs);

/*
 * vq: vq_nentries = vq_free_cnt descriptors, vq_ring.desc their memory, aligned to 4096 and inside
 * the shared memory; it is zeroed. cb is called by the interrupt with cb_arg. Returns vq, or NULL:
 * not the driver's role, version 2, no such queue at the device, ring too large or misplaced.
 */
struct virtqueue *virtio_mmio_setup_virtqueue(struct virtio_device *vdev, unsigned int idx,
					      struct virtqueue *vq, void (*cb)(void *),
					      void *cb_arg, const char *vq_name);

/* Addresses as they are mapped here. 0, -1: no device of version 1 there, or -errno. */
METAL_NOT_MINIMAL int virtio_mmio_device_init(struct virtio_mmio_device *vmdev,
					      uintptr_t virt_mem_ptr, uintptr_t cfg_mem_ptr,
					      void *user_data);

/* The interrupt: calls the queues' callbacks, acknowledges. */
void virtio_mmio_isr(struct virtio_device *vdev);

METAL_C_END

#endif /* OPENAMP_VIRTIO_MMIO_H */
