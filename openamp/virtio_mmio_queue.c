/* SPDX-License-Identifier: BSD-3-Clause */
/* Queues of a virtio-mmio device: the caller's memory, announced by its page number. */
#include <metal/alloc.h>
#include <metal/errno.h>
#include <metal/log.h>

#include "virtio_mmio_internal.h"

#define PAGE VIRTIO_MMIO_VRING_ALIGNMENT

void virtio_mmio_register_device(struct virtio_device *vdev, int vq_num, struct virtqueue **vqs)
{
	size_t size;

	if (!vdev || !vqs || vq_num <= 0 || vq_num > UINT16_MAX)
		return;
	size = sizeof(struct virtio_vring_info) * (size_t)vq_num;
	vdev->vrings_num = 0;
	vdev->vrings_info = metal_allocate_memory((unsigned int)size);
	if (!vdev->vrings_info)
		return;
	memset(vdev->vrings_info, 0, size);
	for (int i = 0; i < vq_num; i++)
		vdev->vrings_info[i].vq = vqs[i];
	vdev->vrings_num = (unsigned int)vq_num;
}

void virtio_mmio_notify(struct virtqueue *vq)
{
	virtio_mmio_put(vq->vq_dev, VIRTIO_MMIO_QUEUE_NOTIFY, vq->vq_queue_index);
}

/* Page number of the ring for the device, or 0: not wholly in the shared memory, not at a page. */
static uint32_t ring_page(struct metal_io_region *io, const struct vring_alloc_info *ring)
{
	unsigned long offset = metal_io_virt_to_offset(io, ring->vaddr);
	metal_phys_addr_t phys;

	if (!ring->num_descs || ring->num_descs > VQ_RING_MAX_NUM || offset == METAL_BAD_OFFSET ||
	    !metal_io_range_ok(io, offset, (size_t)vring_size(ring->num_descs, ring->align)))
		return 0;
	phys = metal_io_phys(io, offset);
	if (phys == METAL_BAD_PHYS || phys % PAGE || phys / PAGE > UINT32_MAX)
		return 0;
	return (uint32_t)(phys / PAGE);
}

static bool may_set_up(struct virtio_device *vdev, unsigned int idx, const struct virtqueue *vq)
{
	if (!VIRTIO_ROLE_IS_DRIVER(vdev) || vdev->id.version != 1)
		return false;
	if (!vdev->vrings_info || idx >= vdev->vrings_num || idx > UINT16_MAX)
		return false;
	return vq && vq->vq_nentries && vq->vq_nentries == vq->vq_free_cnt && vq->vq_ring.desc;
}

struct virtqueue *virtio_mmio_setup_virtqueue(struct virtio_device *vdev, unsigned int idx,
					      struct virtqueue *vq, void (*cb)(void *),
					      void *cb_arg, const char *vq_name)
{
	struct metal_io_region *io;
	struct vring_alloc_info ring;
	uint32_t page, max;

	if (!vdev || !may_set_up(vdev, idx, vq)) {
		metal_err("virtio-mmio: queue %u cannot be set up\n", idx);
		return NULL;
	}
	io = to_vmdev(vdev)->shm_io;
	ring = (struct vring_alloc_info){ .vaddr = vq->vq_ring.desc,
					  .align = PAGE,
					  .num_descs = vq->vq_nentries };
	page = ring_page(io, &ring);
	virtio_mmio_put(vdev, VIRTIO_MMIO_QUEUE_SEL, idx);
	max = virtio_mmio_get(vdev, VIRTIO_MMIO_QUEUE_NUM_MAX);
	if (!page || ring.num_descs > max) {
		metal_err("virtio-mmio: queue %u: %u descriptors, the device has %lu; its memory "
			  "must start at a page of the shared memory\n",
			  idx, (unsigned int)ring.num_descs, (unsigned long)max);
		return NULL;
	}
	metal_set_shared(ring.vaddr, 0, (size_t)vring_size(ring.num_descs, ring.align));
	VRING_FLUSH(ring.vaddr, (unsigned int)vring_size(ring.num_descs, ring.align));
	if (virtqueue_create(vdev, (unsigned short)idx, vq_name, &ring, (vq_callback)cb,
			     vdev->func->notify, vq))
		return NULL;
	vq->priv = cb_arg;
	virtqueue_set_shmem_io(vq, io);
	virtio_mmio_put(vdev, VIRTIO_MMIO_QUEUE_NUM, ring.num_descs);
	virtio_mmio_put(vdev, VIRTIO_MMIO_QUEUE_ALIGN, PAGE);
	virtio_mmio_put(vdev, VIRTIO_MMIO_QUEUE_PFN, page);
	vdev->vrings_info[idx] =
		(struct virtio_vring_info){ .vq = vq, .info = ring, .notifyid = idx, .io = io };
	(void)virtqueue_enable_cb(vq);
	return vq;
}

/* Without arguments of their own, callbacks get their queue, as on the other transport. */
int virtio_mmio_create_virtqueues(struct virtio_device *vdev, unsigned int flags, unsigned int nvqs,
				  const char *names[], vq_callback callbacks[],
				  void *callback_args[])
{
	(void)flags;
	if (!names || !vdev->vrings_info || nvqs > vdev->vrings_num)
		return -EINVAL;
	for (unsigned int i = 0; i < nvqs; i++) {
		struct virtqueue *vq = vdev->vrings_info[i].vq;

		if (!virtio_mmio_setup_virtqueue(
			    vdev, i, vq, (void (*)(void *))(callbacks ? callbacks[i] : NULL),
			    callback_args ? callback_args[i] : vq, names[i]))
			return -ENODEV;
	}
	return 0;
}

/* The device lets go of the memory, which stays the caller's. */
void virtio_mmio_delete_virtqueues(struct virtio_device *vdev)
{
	for (unsigned int i = 0; i < vdev->vrings_num; i++) {
		if (!vdev->vrings_info[i].info.vaddr)
			continue;
		virtio_mmio_put(vdev, VIRTIO_MMIO_QUEUE_SEL, i);
		virtio_mmio_put(vdev, VIRTIO_MMIO_QUEUE_PFN, 0);
		vdev->vrings_info[i].vq->callback = NULL;
	}
}
