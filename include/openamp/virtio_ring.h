/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Split virtqueue layout (Virtual I/O Device specification, 2.7), under OpenAMP's names. The
 * structures lie in memory that the peer writes at any time: code reads them through
 * metal_shared_read*() only, each word once. align may be as little as 4.
 */
#ifndef OPENAMP_VIRTIO_RING_H
#define OPENAMP_VIRTIO_RING_H

#include <stdint.h>
#include <metal/compiler.h>

METAL_C_BEGIN

#define VRING_DESC_F_NEXT     1
#define VRING_DESC_F_WRITE    2
#define VRING_DESC_F_INDIRECT 4

#define VRING_USED_F_NO_NOTIFY	   1
#define VRING_AVAIL_F_NO_INTERRUPT 1

struct vring_desc {
	uint64_t addr; /* physical (device) address */
	uint32_t len;
	uint16_t flags;
	uint16_t next;
} __attribute__((packed, aligned(4)));

struct vring_avail {
	uint16_t flags;
	uint16_t idx;
	__extension__ uint16_t ring[];
};

struct vring_used_elem {
	__extension__ union {
		uint16_t event;
		uint32_t id;
	};
	uint32_t len;
};

struct vring_used {
	uint16_t flags;
	uint16_t idx;
	__extension__ struct vring_used_elem ring[];
};

struct vring {
	unsigned int num; /* power of two */
	struct vring_desc *desc;
	struct vring_avail *avail;
	struct vring_used *used;
};

METAL_STATIC_ASSERT(sizeof(struct vring_desc) == 16, "vring_desc");
METAL_STATIC_ASSERT(sizeof(struct vring_used_elem) == 8, "vring_used_elem");

#define vring_used_event(vr)  ((vr)->avail->ring[(vr)->num])
#define vring_avail_event(vr) ((vr)->used->ring[(vr)->num].event)

/* Bytes of a ring of num descriptors. num at most 32768, align a power of two. */
static inline int vring_size(unsigned int num, unsigned long align)
{
	unsigned long size = num * sizeof(struct vring_desc) + (3 + num) * sizeof(uint16_t);

	size = (size + align - 1) & ~(align - 1);
	size += 3 * sizeof(uint16_t) + num * sizeof(struct vring_used_elem);
	return (int)size;
}

/* p must be aligned to 4 at least, and to align. */
static inline void vring_init(struct vring *vr, unsigned int num, uint8_t *p, unsigned long align)
{
	unsigned long used = num * sizeof(struct vring_desc) + (3 + num) * sizeof(uint16_t);

	used = (used + align - 1) & ~(align - 1);
	vr->num = num;
	vr->desc = (struct vring_desc *)(void *)p;
	vr->avail = (struct vring_avail *)(void *)(p + num * sizeof(struct vring_desc));
	vr->used = (struct vring_used *)(void *)(p + used);
}

/* The index went from old to new_idx: did it pass event_idx? (2.7.7.2) */
static inline int vring_need_event(uint16_t event_idx, uint16_t new_idx, uint16_t old)
{
	return (uint16_t)(new_idx - event_idx - 1) < (uint16_t)(new_idx - old);
}

METAL_C_END

#endif /* OPENAMP_VIRTIO_RING_H */
