/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Split virtqueue (Virtual I/O Device specification 1.2, 2.7), both sides.
 *
 * Memory rules: every ring word has one writer; indices are published by release stores and
 * looked at by acquire loads, all else is relaxed; no read-modify-write. Nothing in the ring is
 * read twice, and nothing we wrote is read back.
 */
#include <metal/alloc.h>
#include <openamp/virtio.h>

#include "virtqueue_internal.h"

struct virtqueue *virtqueue_allocate(unsigned int num_desc_extra)
{
	struct virtqueue *vq;
	size_t size;

	if (num_desc_extra > VQ_RING_MAX_NUM)
		return NULL;
	size = sizeof(*vq) + num_desc_extra * sizeof(vq->vq_descx[0]);
	vq = metal_allocate_memory((unsigned int)size);
	if (vq && !METAL_IS_MINIMAL) /* there it is used for the first time */
		memset(vq, 0, size);
	return vq;
}

void virtqueue_free(struct virtqueue *vq)
{
	metal_free_memory(vq);
}

static bool power_of_two(unsigned long n)
{
	return n && !(n & (n - 1));
}

int virtqueue_create(struct virtio_device *device, unsigned short id, const char *name,
		     struct vring_alloc_info *ring, void (*callback)(struct virtqueue *vq),
		     void (*notify)(struct virtqueue *vq), struct virtqueue *vq)
{
	uint16_t num;

	if (METAL_MISTAKE(!device || !ring || !vq || !ring->vaddr))
		return ERROR_VQUEUE_INVLD_PARAM;
	num = ring->num_descs;
	/* A transport has checked what the peer says of them before it allocated the queue. */
	if (METAL_MISTAKE(!power_of_two(num) || num > VQ_RING_MAX_NUM))
		return ERROR_VRING_MAX_DESC;
	if (METAL_MISTAKE(!power_of_two(ring->align) || ring->align < 4 ||
			  (uintptr_t)ring->vaddr % 4))
		return ERROR_VRING_ALIGN;
	if (METAL_IS_MINIMAL && (device->features & VIRTIO_RING_F_EVENT_IDX))
		return ERROR_VQUEUE_INVLD_PARAM;
	memset(vq, 0, sizeof(*vq) + num * sizeof(vq->vq_descx[0]));
	vq->vq_dev = device;
	vq->vq_name = name;
	vq->vq_queue_index = id;
	vq->vq_nentries = num;
	vq->vq_free_cnt = num;
	vq->callback = callback;
	vq->notify = notify;
	vq->vq_cb_enabled = true;
	vq->vq_event_idx = (device->features & VIRTIO_RING_F_EVENT_IDX) != 0;
	vring_init(&vq->vq_ring, num, ring->vaddr, ring->align);
	if (VIRTIO_ROLE_IS_DRIVER(device))
		vq_free_all(vq);
	return VQUEUE_SUCCESS;
}

void virtqueue_set_broken(struct virtqueue *vq, enum virtqueue_breach breach, uint64_t value)
{
	if (vq->vq_breach != VQ_BREACH_NONE)
		return;
	vq->vq_breach = (uint8_t)breach;
	vq->vq_breach_value = value;
}

/* ---- suppression, notification ---- */

/* Where this side says at which index of the peer's it wants to be told. */
static void write_event(struct virtqueue *vq, uint16_t idx)
{
	uint16_t *event = VIRTIO_ROLE_IS_DRIVER(vq->vq_dev) ? &vring_used_event(&vq->vq_ring)
							    : &vring_avail_event(&vq->vq_ring);

	metal_shared_write16(event, idx);
	VRING_FLUSH(event, sizeof(*event));
}

static void write_flags(struct virtqueue *vq, uint16_t flags)
{
	uint16_t *place = VIRTIO_ROLE_IS_DRIVER(vq->vq_dev) ? &vq->vq_ring.avail->flags
							    : &vq->vq_ring.used->flags;

	metal_shared_write16(place, flags);
	VRING_FLUSH(place, sizeof(*place));
}

void vq_tell_consumed(struct virtqueue *vq)
{
	write_event(vq, vq_consumed_idx(vq));
	/* The caller looks at the index again; the peer must have seen this before it. */
	metal_full_barrier();
}

void virtqueue_disable_cb(struct virtqueue *vq)
{
	vq->vq_cb_enabled = false;
	if (vq_event_idx(vq))
		write_event(vq, (uint16_t)(vq_consumed_idx(vq) - vq->vq_nentries - 1));
	else
		write_flags(vq, 1); /* NO_INTERRUPT, NO_NOTIFY */
}

int virtqueue_enable_cb(struct virtqueue *vq)
{
	vq->vq_cb_enabled = true;
	if (vq_event_idx(vq))
		write_event(vq, vq_consumed_idx(vq));
	else
		write_flags(vq, 0);
	metal_full_barrier();
	return virtqueue_pending(vq);
}

bool virtqueue_seen(const struct virtqueue *vq)
{
	return vq_seen(vq);
}

bool virtqueue_pending(struct virtqueue *vq)
{
	uint16_t *idx = VIRTIO_ROLE_IS_DRIVER(vq->vq_dev) ? &vq->vq_ring.used->idx
							  : &vq->vq_ring.avail->idx;

	if (virtqueue_is_broken(vq))
		return false;
	if (vq_seen(vq))
		return true;
	VRING_INVALIDATE(idx, sizeof(*idx));
	return metal_shared_read16_acquire(idx) != vq_consumed_idx(vq);
}

void virtqueue_publish(struct virtqueue *vq)
{
	uint16_t *idx = VIRTIO_ROLE_IS_DRIVER(vq->vq_dev) ? &vq->vq_ring.avail->idx
							  : &vq->vq_ring.used->idx;

	if (!METAL_IS_MINIMAL && vq->vq_public_idx == vq->vq_prod_idx)
		return;
	/* These words are in a line that the peer may look at all the time: written together. */
	while (!METAL_IS_MINIMAL && vq->vq_public_idx != vq->vq_prod_idx) {
		uint16_t slot = vq->vq_public_idx++ & (vq->vq_nentries - 1);

		vq_write_place(vq, slot, vq->vq_descx[slot].place_id, vq->vq_descx[slot].place_len);
	}
	metal_shared_write16_release(idx, vq->vq_prod_idx);
	VRING_FLUSH(idx, sizeof(*idx));
}

static bool peer_wants_kick(struct virtqueue *vq)
{
	const struct vring *vr = &vq->vq_ring;
	bool driver = VIRTIO_ROLE_IS_DRIVER(vq->vq_dev);
	uint16_t *word;

	if (vq_event_idx(vq))
		word = driver ? &vring_avail_event(vr) : &vring_used_event(vr);
	else
		word = driver ? &vr->used->flags : &vr->avail->flags;
	VRING_INVALIDATE(word, sizeof(*word));
	if (!vq_event_idx(vq))
		return !(metal_shared_read16(word) & 1);
	return vring_need_event(metal_shared_read16(word), vq->vq_prod_idx, vq->vq_kicked_idx);
}

void virtqueue_kick(struct virtqueue *vq)
{
	bool wanted;

	if (virtqueue_is_broken(vq) || vq->vq_prod_idx == vq->vq_kicked_idx)
		return;
	virtqueue_publish(vq);
	/* Our index before the peer's flag: it clears the flag and then looks at the index. */
	metal_full_barrier();
	wanted = peer_wants_kick(vq);
	vq->vq_kicked_idx = vq->vq_prod_idx;
	if (!METAL_IS_MINIMAL)
		vq->vq_queued_cnt = 0;
	if (wanted && (METAL_IS_MINIMAL || vq->notify))
		vq->notify(vq);
}

void virtqueue_notification(struct virtqueue *vq)
{
	if (vq && vq->callback && !virtqueue_is_broken(vq))
		vq->callback(vq);
}

/* ---- questions ---- */

uint32_t virtqueue_get_buffer_length(struct virtqueue *vq, uint16_t idx)
{
	return idx < vq->vq_nentries ? vq->vq_descx[idx].len : 0;
}

void *virtqueue_get_buffer_addr(struct virtqueue *vq, uint16_t idx)
{
	if (idx >= vq->vq_nentries ||
	    (VIRTIO_ROLE_IS_DEVICE(vq->vq_dev) && !vq->vq_descx[idx].ndescs))
		return NULL;
	return vq->vq_descx[idx].addr;
}
