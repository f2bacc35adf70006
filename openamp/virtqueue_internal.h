/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef VIRTQUEUE_INTERNAL_H
#define VIRTQUEUE_INTERNAL_H

#include <openamp/virtio.h>

/* create_virtqueues of a transport whose queues are allocated and rings placed. Driver: clears
 * them. */
int virtio_create_on_rings(struct virtio_device *vdev, unsigned int flags, unsigned int nvqs,
			   const char *names[], vq_callback callbacks[], void *callback_args[]);

/* How far this side has taken what the peer gave. */
static inline uint16_t vq_consumed_idx(const struct virtqueue *vq)
{
	return VIRTIO_ROLE_IS_DRIVER(vq->vq_dev) ? vq->vq_used_cons_idx : vq->vq_available_idx;
}

/*
 * A buffer that is ours now and will soon be read or written: its first cache line is fetched
 * meanwhile. By private state only, checked when it was written down.
 */
static inline void vq_expect(const struct virtqueue *vq, uint32_t id, bool to_write)
{
	if (id >= vq->vq_nentries)
		return;
	if (to_write)
		__builtin_prefetch(vq->vq_descx[id].addr, 1);
	else
		__builtin_prefetch(vq->vq_descx[id].addr);
}

/* Give the peer a buffer; it sees it with the next virtqueue_publish(). len: what a device used. */
static inline void vq_put(struct virtqueue *vq, uint16_t id, uint32_t len)
{
	struct vq_desc_extra *place = &vq->vq_descx[vq->vq_prod_idx++ & (vq->vq_nentries - 1)];

	place->place_id = id;
	place->place_len = len;
	vq->vq_queued_cnt++;
}

/* Something was taken: tell the peer where we are, where event indices are in use. */
void vq_consumed(struct virtqueue *vq);

/* Driver: all descriptors that are not outstanding are free, in ascending order. */
void vq_free_all(struct virtqueue *vq);

#endif /* VIRTQUEUE_INTERNAL_H */
