/* SPDX-License-Identifier: BSD-3-Clause */
/* What both sides of a lane share. */
#ifndef RPMSG_LANE_INTERNAL_H
#define RPMSG_LANE_INTERNAL_H

#include <metal/atomic.h>
#include <metal/io.h>
#include <openamp/rpmsg_lane.h>

#define LANE_HDR ((uint32_t)sizeof(struct rpmsg_lane_hdr))

static inline uint32_t lane_stamp(uint32_t pos)
{
	return pos | 1u;
}

/* Bytes of a record with that payload. */
static inline uint32_t lane_record(uint32_t len)
{
	return (len + LANE_HDR + RPMSG_LANE_GRANULE - 1u) & ~(RPMSG_LANE_GRANULE - 1u);
}

static inline struct rpmsg_lane_hdr *lane_at(struct rpmsg_lane *lane, uint32_t size, uint32_t pos)
{
	return (void *)(lane->data + (pos & (size - 1u)));
}

/* Bytes from pos to the end of the ring. */
static inline uint32_t lane_to_end(uint32_t size, uint32_t pos)
{
	return size - (pos & (size - 1u));
}

/* *max: 0 becomes the largest. */
static inline bool lane_valid(const struct rpmsg_lane *lane, uint32_t size, uint32_t *max)
{
	uint32_t largest = rpmsg_lane_payload_max(size);

	*max = *max ? *max : largest;
	return lane && *max <= largest && (uintptr_t)lane % RPMSG_LANE_LINE == 0 &&
	       size >= RPMSG_LANE_SIZE_MIN && size <= RPMSG_LANE_SIZE_MAX && !(size & (size - 1u));
}

static inline bool lane_pending(const struct rpmsg_lane_rx *rx)
{
	return !rx->breach &&
	       metal_shared_read32_acquire(&lane_at(rx->lane, rx->size, rx->pos)->stamp) != 0;
}

/*
 * Copy the header at pos, if it is there, and check it: 1; 0: nothing there. -1: it breaks the
 * rules, *breach and *value say how. *bytes: of the record.
 */
int lane_read_header(struct rpmsg_lane *lane, uint32_t size, uint32_t max, uint32_t pos,
		     struct rpmsg_lane_hdr *hdr, uint32_t *bytes, uint8_t *breach, uint32_t *value);

#endif /* RPMSG_LANE_INTERNAL_H */
