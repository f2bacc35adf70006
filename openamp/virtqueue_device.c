/* SPDX-License-Identifier: BSD-3-Clause */
/* The device's side of a virtqueue: it takes the driver's buffers and gives them back. */
#include <openamp/virtio.h>

#include "virtqueue_internal.h"

struct desc {
	uint64_t addr;
	uint32_t len;
	uint16_t flags;
};

static struct desc read_desc(struct virtqueue *vq, uint16_t idx)
{
	uint8_t *d = (uint8_t *)&vq->vq_ring.desc[idx];
	struct desc desc;

	VRING_INVALIDATE(d, sizeof(struct vring_desc));
	desc.addr = metal_shared_read32(d) | (uint64_t)metal_shared_read32(d + 4) << 32;
	desc.len = metal_shared_read32(d + offsetof(struct vring_desc, len));
	desc.flags = metal_shared_read16(d + offsetof(struct vring_desc, flags));
	return desc;
}

static bool breach(struct virtqueue *vq, enum virtqueue_breach what, uint64_t value)
{
	vq_break(vq, what, value);
	return false;
}

static uint16_t read_place(struct virtqueue *vq, uint16_t slot)
{
	uint16_t *entry = &vq->vq_ring.avail->ring[slot];

	VRING_INVALIDATE(entry, sizeof(*entry));
	return metal_shared_read16(entry);
}

/*
 * The driver's index moved: all that is new is read at once. It writes in that cache line for each
 * message, so a look for each would fetch the line each time. The buffers were mostly here before;
 * they are on their way while the first one is handled.
 */
static void read_ahead(struct virtqueue *vq, uint16_t avail)
{
	bool to_write = vq->vq_seen_write;

	for (uint16_t i = vq->vq_peer_idx; i != avail; i++) {
		uint16_t slot = i & (vq->vq_nentries - 1);
		uint16_t id = read_place(vq, slot);

		vq->vq_descx[slot].place_id = id;
		vq_expect(vq, id, to_write);
	}
	vq->vq_peer_idx = avail;
}

/* Is there something the driver offers? What was seen before is taken before a new look. */
static bool look_avail(struct virtqueue *vq)
{
	uint16_t avail;

	if (vq_seen(vq))
		return true;
	VRING_INVALIDATE(&vq->vq_ring.avail->idx, sizeof(uint16_t));
	avail = metal_shared_read16_acquire(&vq->vq_ring.avail->idx);
	/* What the driver can offer is what we do not hold already. */
	if ((uint16_t)(avail - vq->vq_available_idx) > vq->vq_free_cnt)
		return breach(vq, VQ_BREACH_AVAIL_IDX, avail);
	if (!METAL_IS_MINIMAL)
		read_ahead(vq, avail);
	return avail != vq->vq_available_idx;
}

/* Head of the next offered buffer, checked. False: nothing, or broken. */
static bool next_avail(struct virtqueue *vq, uint16_t *head)
{
	uint16_t slot;

	if (!look_avail(vq))
		return false;
	slot = vq->vq_available_idx & (vq->vq_nentries - 1);
	*head = METAL_IS_MINIMAL ? read_place(vq, slot) : vq->vq_descx[slot].place_id;
	if (*head >= vq->vq_nentries)
		return breach(vq, VQ_BREACH_DESC_ID, *head);
	if (vq->vq_descx[*head].ndescs)
		return breach(vq, VQ_BREACH_NOT_OWNED, *head);
	return true;
}

/* Address of what a descriptor says, checked; NULL: not all of it is shared memory. A driver mostly
 * says the same as the last time. */
static void *check_addr(struct virtqueue *vq, struct vq_desc_extra *x, const struct desc *desc)
{
	if (!METAL_IS_MINIMAL && x->addr && x->len == desc->len &&
	    (uintptr_t)x->cookie == desc->addr)
		return x->addr;
	x->addr = METAL_MISTAKE(!vq->shm_io)
			  ? NULL
			  : metal_io_phys_range(vq->shm_io, desc->addr, desc->len);
	x->len = desc->len;
	if (!METAL_IS_MINIMAL)
		x->cookie = (void *)(uintptr_t)desc->addr;
	return x->addr;
}

static bool take(struct virtqueue *vq, struct vq_desc_extra *x, struct desc desc)
{
	if (desc.flags & (VRING_DESC_F_NEXT | VRING_DESC_F_INDIRECT))
		return breach(vq, VQ_BREACH_DESC_FLAGS, desc.flags);
	if (!desc.len)
		return breach(vq, VQ_BREACH_DESC_LEN, desc.len);
	if (!check_addr(vq, x, &desc))
		return breach(vq, VQ_BREACH_DESC_ADDR, desc.addr);
	if (!METAL_IS_MINIMAL)
		vq->vq_seen_write = desc.flags & VRING_DESC_F_WRITE;
	x->ndescs = 1;
	vq->vq_free_cnt--;
	return true;
}

struct vq_desc_extra *vq_take(struct virtqueue *vq)
{
	struct vq_desc_extra *x;
	uint16_t head;

	if (virtqueue_is_broken(vq) || !next_avail(vq, &head))
		return NULL;
	x = &vq->vq_descx[head];
	if (!take(vq, x, read_desc(vq, head)))
		return NULL;
	vq->vq_available_idx++;
	vq_consumed(vq);
	return x;
}

int vq_give(struct virtqueue *vq, struct vq_desc_extra *x, uint32_t len)
{
	if (!x->ndescs)
		return ERROR_INVLD_DESC_IDX;
	if (virtqueue_is_broken(vq))
		return ERROR_VQUEUE_BROKEN;
	vq_put(vq, (uint16_t)(x - vq->vq_descx), len);
	x->ndescs = 0;
	vq->vq_free_cnt++;
	return VQUEUE_SUCCESS;
}

void *virtqueue_get_available_buffer(struct virtqueue *vq, uint16_t *avail_idx, uint32_t *len)
{
	struct vq_desc_extra *x = vq ? vq_take(vq) : NULL;

	if (!x)
		return NULL;
	if (avail_idx)
		*avail_idx = (uint16_t)(x - vq->vq_descx);
	if (len)
		*len = x->len;
	return x->addr;
}

int virtqueue_push_consumed_buffer(struct virtqueue *vq, uint16_t head_idx, uint32_t len)
{
	if (!vq || head_idx >= vq->vq_nentries)
		return ERROR_INVLD_DESC_IDX;
	return vq_give(vq, &vq->vq_descx[head_idx], len);
}

int virtqueue_add_consumed_buffer(struct virtqueue *vq, uint16_t head_idx, uint32_t len)
{
	int ret = virtqueue_push_consumed_buffer(vq, head_idx, len);

	if (ret == VQUEUE_SUCCESS)
		virtqueue_publish(vq);
	return ret;
}

/* Bytes of the buffer the driver offers next; a hint that is checked again when it is taken. */
uint32_t virtqueue_get_desc_size(struct virtqueue *vq)
{
	uint16_t head;

	if (!vq || !VIRTIO_ROLE_IS_DEVICE(vq->vq_dev) || virtqueue_is_broken(vq) ||
	    !next_avail(vq, &head))
		return 0;
	return read_desc(vq, head).len;
}
