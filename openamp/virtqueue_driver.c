/* SPDX-License-Identifier: BSD-3-Clause */
/* The driver's side of a virtqueue: it owns descriptors, offers buffers, takes them back. */
#include <metal/utilities.h>
#include <openamp/virtio.h>

#include "virtqueue_internal.h"

/* Address of a buffer as the device sees it, or METAL_BAD_PHYS when not all of it is shared. */
static metal_phys_addr_t buf_phys(struct virtqueue *vq, const struct virtqueue_buf *buf)
{
	struct metal_io_region *io = vq->shm_io;
	unsigned long offset;

	if (!io || buf->len <= 0)
		return METAL_BAD_PHYS;
	offset = metal_io_virt_to_offset(io, buf->buf);
	if (offset == METAL_BAD_OFFSET || !metal_io_range_ok(io, offset, (size_t)buf->len))
		return METAL_BAD_PHYS;
	return metal_io_phys(io, offset);
}

static void write_desc(struct virtqueue *vq, uint16_t idx, uint64_t phys, uint32_t len,
		       uint16_t flags, uint16_t next)
{
	uint8_t *desc = (uint8_t *)&vq->vq_ring.desc[idx];

	/* Two words: a ring with a small alignment need not start at a multiple of eight. */
	metal_shared_write32(desc, (uint32_t)phys);
	metal_shared_write32(desc + 4, (uint32_t)(phys >> 32));
	metal_shared_write32(desc + offsetof(struct vring_desc, len), len);
	metal_shared_write16(desc + offsetof(struct vring_desc, flags), flags);
	metal_shared_write16(desc + offsetof(struct vring_desc, next), next);
	VRING_FLUSH(desc, sizeof(struct vring_desc));
}

/*
 * The one descriptor of a buffer. A buffer mostly comes back to the descriptor it had: then nothing
 * is written, and the device's copy of that cache line stays good.
 */
static bool write_single(struct virtqueue *vq, uint16_t idx, const struct virtqueue_buf *buf,
			 uint16_t flags)
{
	struct vq_desc_extra *x = &vq->vq_descx[idx];
	metal_phys_addr_t phys;

	vq->vq_seen_write = flags & VRING_DESC_F_WRITE;
	if (x->written && x->addr == buf->buf && x->len == (uint32_t)buf->len && x->flags == flags)
		return true;
	phys = buf_phys(vq, buf);
	if (phys == METAL_BAD_PHYS)
		return false;
	write_desc(vq, idx, phys, (uint32_t)buf->len, flags, 0);
	x->addr = buf->buf;
	x->len = (uint32_t)buf->len;
	x->flags = flags;
	x->written = true;
	return true;
}

/* Last descriptor of a chain, by the private links. */
static uint16_t chain_end(const struct virtqueue *vq, uint16_t head)
{
	uint16_t last = head, n = vq->vq_descx[head].ndescs;

	while (--n)
		last = vq->vq_descx[last].next;
	return last;
}

static bool write_chain(struct virtqueue *vq, uint16_t head, const struct virtqueue_buf *buf_list,
			int readable, int needed)
{
	uint16_t idx = head, next = 0;
	uint32_t total = 0;

	for (int i = 0; i < needed; i++) {
		if (buf_phys(vq, &buf_list[i]) == METAL_BAD_PHYS)
			return false;
	}
	for (int i = 0; i < needed; i++, idx = next) {
		uint16_t flags = i >= readable ? VRING_DESC_F_WRITE : 0;
		bool last = i + 1 == needed;

		next = vq->vq_descx[idx].next;
		write_desc(vq, idx, buf_phys(vq, &buf_list[i]), (uint32_t)buf_list[i].len,
			   last ? flags : flags | VRING_DESC_F_NEXT, last ? 0 : next);
		vq->vq_descx[idx].written = false;
		total += (uint32_t)buf_list[i].len;
	}
	vq->vq_descx[head].addr = buf_list[0].buf;
	vq->vq_descx[head].len = total;
	return true;
}

int virtqueue_push_buffer(struct virtqueue *vq, void *buf, uint32_t len, bool writable,
			  void *cookie)
{
	const struct virtqueue_buf one = { buf, (int)len };
	struct vq_desc_extra *x;
	uint16_t head;

	if (virtqueue_is_broken(vq))
		return ERROR_VQUEUE_BROKEN;
	if (!vq->vq_free_cnt)
		return ERROR_VRING_FULL;
	head = vq->vq_desc_head_idx;
	if (!write_single(vq, head, &one, writable ? VRING_DESC_F_WRITE : 0))
		return ERROR_VQUEUE_INVLD_PARAM;
	x = &vq->vq_descx[head];
	x->cookie = cookie;
	x->ndescs = 1;
	vq->vq_free_cnt--;
	vq->vq_desc_head_idx = x->next;
	vq_put(vq, head, 0);
	return VQUEUE_SUCCESS;
}

static int push_chain(struct virtqueue *vq, const struct virtqueue_buf *buf_list, int readable,
		      int needed, void *cookie)
{
	uint16_t head = vq->vq_desc_head_idx;
	struct vq_desc_extra *x = &vq->vq_descx[head];

	if (needed > vq->vq_free_cnt)
		return ERROR_VRING_FULL;
	if (!write_chain(vq, head, buf_list, readable, needed))
		return ERROR_VQUEUE_INVLD_PARAM;
	x->cookie = cookie;
	x->ndescs = (uint16_t)needed;
	vq->vq_free_cnt = (uint16_t)(vq->vq_free_cnt - needed);
	vq->vq_desc_head_idx = vq->vq_descx[chain_end(vq, head)].next;
	vq_put(vq, head, 0);
	return VQUEUE_SUCCESS;
}

int virtqueue_add_buffer(struct virtqueue *vq, struct virtqueue_buf *buf_list, int readable,
			 int writable, void *cookie)
{
	int needed = readable + writable, ret;

	if (!vq || !buf_list || readable < 0 || writable < 0 || needed < 1)
		return ERROR_VQUEUE_INVLD_PARAM;
	if (virtqueue_is_broken(vq))
		return ERROR_VQUEUE_BROKEN;
	if (needed > 1)
		ret = push_chain(vq, buf_list, readable, needed, cookie);
	else if (buf_list->len <= 0)
		ret = ERROR_VQUEUE_INVLD_PARAM;
	else
		ret = virtqueue_push_buffer(vq, buf_list->buf, (uint32_t)buf_list->len, !readable,
					    cookie);
	if (ret == VQUEUE_SUCCESS)
		virtqueue_publish(vq);
	return ret;
}

/* Put a chain back in front of the free list. */
static void free_chain(struct virtqueue *vq, uint16_t head)
{
	vq->vq_free_cnt = (uint16_t)(vq->vq_free_cnt + vq->vq_descx[head].ndescs);
	vq->vq_descx[chain_end(vq, head)].next = vq->vq_desc_head_idx;
	vq->vq_desc_head_idx = head;
	vq->vq_descx[head].ndescs = 0;
}

/* As a device reads what is offered: all that is new at once. What the device wrote is read next,
 * what it read is written again. */
static void read_ahead(struct virtqueue *vq, uint16_t used)
{
	bool to_write = !vq->vq_seen_write;

	for (uint16_t i = vq->vq_peer_idx; i != used; i++) {
		uint16_t slot = i & (vq->vq_nentries - 1);
		struct vring_used_elem *elem = &vq->vq_ring.used->ring[slot];
		struct vq_desc_extra *place = &vq->vq_descx[slot];
		uint32_t id;

		VRING_INVALIDATE(elem, sizeof(*elem));
		id = metal_shared_read32(&elem->id);
		place->place_len = metal_shared_read32(&elem->len);
		place->place_id = (uint16_t)id;
		vq_expect(vq, id, to_write);
		if (id >= vq->vq_nentries) {
			place->place_id = VQ_RING_DESC_CHAIN_END;
			place->place_len = id; /* for the report */
		}
	}
	vq->vq_peer_idx = used;
}

/* Is there something the device published? What was seen before is taken before a new look. */
static bool look_used(struct virtqueue *vq)
{
	uint16_t used;

	if (vq->vq_peer_idx != vq->vq_used_cons_idx)
		return true;
	VRING_INVALIDATE(&vq->vq_ring.used->idx, sizeof(uint16_t));
	used = metal_shared_read16_acquire(&vq->vq_ring.used->idx);
	if ((uint16_t)(used - vq->vq_used_cons_idx) > vq->vq_nentries - vq->vq_free_cnt) {
		virtqueue_set_broken(vq, VQ_BREACH_USED_IDX, used);
		return false;
	}
	read_ahead(vq, used);
	return used != vq->vq_used_cons_idx;
}

/* What the device published next: its head and length, checked. False: nothing, or broken. */
static bool next_used(struct virtqueue *vq, uint16_t *head, uint32_t *len)
{
	const struct vq_desc_extra *seen;

	if (!look_used(vq))
		return false;
	seen = &vq->vq_descx[vq->vq_used_cons_idx & (vq->vq_nentries - 1)];
	if (seen->place_id >= vq->vq_nentries) {
		virtqueue_set_broken(vq, VQ_BREACH_DESC_ID, seen->place_len);
		return false;
	}
	if (!vq->vq_descx[seen->place_id].ndescs) {
		virtqueue_set_broken(vq, VQ_BREACH_NOT_OWNED, seen->place_id);
		return false;
	}
	*head = seen->place_id;
	*len = seen->place_len;
	return true;
}

void *virtqueue_get_buffer(struct virtqueue *vq, uint32_t *len, uint16_t *idx)
{
	uint32_t used_len;
	uint16_t head;
	void *cookie;

	if (!vq || virtqueue_is_broken(vq) || !next_used(vq, &head, &used_len))
		return NULL;
	cookie = vq->vq_descx[head].cookie;
	vq->vq_descx[head].cookie = NULL;
	/* Some devices report a fixed length whatever the buffer; never more than was lent. */
	if (len)
		*len = metal_min(used_len, vq->vq_descx[head].len);
	if (idx)
		*idx = head;
	free_chain(vq, head);
	vq->vq_used_cons_idx++;
	vq_consumed(vq);
	return cookie;
}

/* ---- after another process ---- */

/* The ring says that this descriptor is with the device: check what it says and believe it. */
static bool resume_desc(struct virtqueue *vq, uint32_t id,
			void *(*owner)(void *arg, void *buf, uint32_t len), void *arg)
{
	struct metal_io_region *io = vq->shm_io;
	const uint8_t *desc;
	uint32_t len;
	uint64_t phys;
	void *buf;

	if (id >= vq->vq_nentries || vq->vq_descx[id].ndescs)
		return false;
	desc = (const uint8_t *)&vq->vq_ring.desc[id];
	phys = metal_shared_read32(desc) | (uint64_t)metal_shared_read32(desc + 4) << 32;
	len = metal_shared_read32(desc + offsetof(struct vring_desc, len));
	buf = io ? metal_io_phys_to_virt(io, (metal_phys_addr_t)phys) : NULL;
	vq->vq_descx[id].cookie = buf ? owner(arg, buf, len) : NULL;
	if (!vq->vq_descx[id].cookie)
		return false;
	vq->vq_descx[id].addr = buf;
	vq->vq_descx[id].len = len;
	vq->vq_descx[id].ndescs = 1;
	vq->vq_free_cnt--;
	return true;
}

void vq_free_all(struct virtqueue *vq)
{
	uint16_t next = VQ_RING_DESC_CHAIN_END;

	for (uint16_t i = vq->vq_nentries; i-- > 0;) {
		if (vq->vq_descx[i].ndescs)
			continue;
		vq->vq_descx[i].next = next;
		next = i;
	}
	vq->vq_desc_head_idx = next;
}

int virtqueue_resume(struct virtqueue *vq, bool all,
		     void *(*owner)(void *arg, void *buf, uint32_t len), void *arg)
{
	uint16_t used = metal_shared_read16_acquire(&vq->vq_ring.used->idx);
	uint16_t prod = metal_shared_read16(&vq->vq_ring.avail->idx);
	uint16_t out = all ? vq->vq_nentries : (uint16_t)(prod - used);

	if (out > vq->vq_nentries)
		return ERROR_INVLD_DESC_IDX;
	vq->vq_prod_idx = vq->vq_public_idx = vq->vq_kicked_idx = prod;
	vq->vq_used_cons_idx = vq->vq_peer_idx = (uint16_t)(prod - out);
	for (uint16_t i = 0; i < out; i++) {
		uint16_t slot = (uint16_t)(used + i) & (vq->vq_nentries - 1);
		uint32_t id = all ? i : metal_shared_read16(&vq->vq_ring.avail->ring[slot]);

		if (!resume_desc(vq, id, owner, arg))
			return ERROR_INVLD_DESC_IDX;
	}
	vq_free_all(vq);
	return VQUEUE_SUCCESS;
}
