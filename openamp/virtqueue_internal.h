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

/* Never in a minimal client, whose queues refuse to be created with it. */
static inline bool vq_event_idx(const struct virtqueue *vq)
{
	return !METAL_IS_MINIMAL && vq->vq_event_idx;
}

/* What was there at the last look at the peer's index; a minimal client keeps no record of it. */
static inline bool vq_seen(const struct virtqueue *vq)
{
	return !METAL_IS_MINIMAL && vq->vq_peer_idx != vq_consumed_idx(vq);
}

/* virtqueue_set_broken(). In a minimal client without the number; nothing works on such a queue, so
 * there is no second time. */
static inline void vq_break(struct virtqueue *vq, enum virtqueue_breach what, uint64_t value)
{
	if (METAL_IS_MINIMAL)
		vq->vq_breach = (uint8_t)what;
	else
		virtqueue_set_broken(vq, what, value);
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

/* The words of one place in the ring; the peer looks at them when the index says so. */
static inline void vq_write_place(struct virtqueue *vq, uint16_t slot, uint32_t id, uint32_t len)
{
	if (VIRTIO_ROLE_IS_DRIVER(vq->vq_dev)) {
		metal_shared_write16(&vq->vq_ring.avail->ring[slot], (uint16_t)id);
		VRING_FLUSH(&vq->vq_ring.avail->ring[slot], sizeof(uint16_t));
	} else {
		metal_shared_write32(&vq->vq_ring.used->ring[slot].id, id);
		metal_shared_write32(&vq->vq_ring.used->ring[slot].len, len);
		VRING_FLUSH(&vq->vq_ring.used->ring[slot], sizeof(struct vring_used_elem));
	}
}

/* Give the peer a buffer; it sees it with the next virtqueue_publish(). len: what a device used. */
static inline void vq_put(struct virtqueue *vq, uint16_t id, uint32_t len)
{
	uint16_t slot = vq->vq_prod_idx++ & (vq->vq_nentries - 1);

	if (METAL_IS_MINIMAL) {
		vq_write_place(vq, slot, id, len);
		return;
	}
	vq->vq_descx[slot].place_id = id;
	vq->vq_descx[slot].place_len = len;
	vq->vq_queued_cnt++;
}

/* Something was taken: tell the peer where we are, where event indices are in use. */
void vq_tell_consumed(struct virtqueue *vq);

static inline void vq_consumed(struct virtqueue *vq)
{
	if (vq_event_idx(vq) && vq->vq_cb_enabled)
		vq_tell_consumed(vq);
}

/* Device: the next offered buffer, checked, or NULL; give one back that was taken. */
struct vq_desc_extra *vq_take(struct virtqueue *vq);
int vq_give(struct virtqueue *vq, struct vq_desc_extra *x, uint32_t len);

/* Driver: all descriptors that are not outstanding are free, in ascending order. */
void vq_free_all(struct virtqueue *vq);

#endif /* VIRTQUEUE_INTERNAL_H */
