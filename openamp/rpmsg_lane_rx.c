/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The reader of a lane. Which records are held, and how long they are, is private; a record's
 * header is read once. Room is given back a quarter of the ring at a time, or before waiting.
 */
#include <string.h>

#include <metal/alloc.h>
#include <metal/atomic.h>

#include "rpmsg_lane.h"

struct rpmsg_lane_rec {
	uint16_t granules;
	uint16_t holds;
};

_Static_assert(RPMSG_LANE_SIZE_MAX / RPMSG_LANE_GRANULE <= UINT16_MAX, "granules of a record");

int rpmsg_lane_rx_init(struct rpmsg_lane_rx *rx, struct rpmsg_lane *lane, uint32_t size,
		       uint32_t max)
{
	size_t bytes = size / RPMSG_LANE_GRANULE * sizeof(struct rpmsg_lane_rec);

	if (!lane_valid(lane, size, &max))
		return -1;
	memset(rx, 0, sizeof(*rx));
	rx->lane = lane;
	rx->size = size;
	rx->max = max;
	rx->recs = metal_allocate_memory((unsigned int)bytes);
	if (!rx->recs)
		return -1;
	memset(rx->recs, 0, bytes);
	return 0;
}

void rpmsg_lane_rx_free(struct rpmsg_lane_rx *rx)
{
	metal_free_memory(rx->recs);
	rx->recs = NULL;
	rx->lane = NULL;
}

static struct rpmsg_lane_rec *rec_at(const struct rpmsg_lane_rx *rx, uint32_t pos)
{
	return &rx->recs[(pos & (rx->size - 1u)) / RPMSG_LANE_GRANULE];
}

static inline int copy_header(struct rpmsg_lane *lane, uint32_t size, uint32_t max, uint32_t pos,
			      struct rpmsg_lane_hdr *hdr, uint32_t *bytes, uint8_t *breach,
			      uint32_t *value)
{
	const struct rpmsg_lane_hdr *at = lane_at(lane, size, pos);
	uint32_t word;

	hdr->stamp = metal_shared_read32_acquire(&at->stamp);
	if (hdr->stamp != lane_stamp(pos)) {
		*breach = RPMSG_LANE_BAD_STAMP;
		*value = hdr->stamp;
		return hdr->stamp ? -1 : 0;
	}
	word = metal_shared_read32(&at->len);
	hdr->len = (uint16_t)word;
	hdr->flags = (uint16_t)(word >> 16);
	hdr->src = metal_shared_read32(&at->src);
	hdr->dst = metal_shared_read32(&at->dst);
	if (hdr->flags & ~RPMSG_LANE_F_SKIP) {
		*breach = RPMSG_LANE_BAD_FLAGS;
		*value = hdr->flags;
		return -1;
	}
	*bytes = hdr->flags ? hdr->dst : lane_record(hdr->len);
	*breach = RPMSG_LANE_BAD_LEN;
	*value = hdr->flags ? hdr->dst : hdr->len;
	return (hdr->flags || hdr->len <= max) && *bytes && *bytes % RPMSG_LANE_GRANULE == 0 &&
			       *bytes <= size / 2 && *bytes <= lane_to_end(size, pos)
		       ? 1
		       : -1;
}

int lane_read_header(struct rpmsg_lane *lane, uint32_t size, uint32_t max, uint32_t pos,
		     struct rpmsg_lane_hdr *hdr, uint32_t *bytes, uint8_t *breach, uint32_t *value)
{
	return copy_header(lane, size, max, pos, hdr, bytes, breach, value);
}

/* The record at the reader's position. The writer may not reach what it was not given back. */
static bool read_header(struct rpmsg_lane_rx *rx, struct rpmsg_lane_hdr *hdr, uint32_t *bytes)
{
	uint8_t breach;
	uint32_t value;
	int got = copy_header(rx->lane, rx->size, rx->max, rx->pos, hdr, bytes, &breach, &value);

	if (!got)
		return false;
	if (got > 0 && rx->pos + *bytes + RPMSG_LANE_GRANULE - rx->published <= rx->size)
		return true;
	rx->breach = breach;
	rx->breach_value = value;
	return false;
}

int rpmsg_lane_rx_resume(struct rpmsg_lane_rx *rx)
{
	uint32_t head = metal_shared_read32_acquire(&rx->lane->head);

	if (head % RPMSG_LANE_GRANULE)
		return -1;
	rx->pos = rx->done = rx->published = head;
	return 0;
}

/* All that was given back without a gap. */
static void advance(struct rpmsg_lane_rx *rx)
{
	uint32_t done = rx->done, pos = rx->pos;
	const struct rpmsg_lane_rec *rec;

	while (done != pos && !(rec = rec_at(rx, done))->holds)
		done += rec->granules * RPMSG_LANE_GRANULE;
	rx->done = done;
}

/* Tell the writer. True: it waits for that. */
static bool give_room(struct rpmsg_lane_rx *rx)
{
	rx->published = rx->done;
	metal_shared_write32_release(&rx->lane->head, rx->done);
	metal_full_barrier();
	return metal_shared_read32(&rx->lane->want) & 1u;
}

bool rpmsg_lane_next(struct rpmsg_lane_rx *rx, struct rpmsg_lane_msg *msg)
{
	struct rpmsg_lane_hdr hdr;
	struct rpmsg_lane_rec *rec;
	uint32_t bytes, at;

	do {
		if (rx->breach || !read_header(rx, &hdr, &bytes))
			return false;
		at = rx->pos;
		rec = rec_at(rx, at);
		rec->granules = (uint16_t)(bytes / RPMSG_LANE_GRANULE);
		rec->holds = !(hdr.flags & RPMSG_LANE_F_SKIP);
		rx->pos += bytes;
		if (!rec->holds)
			advance(rx);
	} while (!rec->holds);
	rx->asleep = false;
	msg->pos = at;
	msg->src = hdr.src;
	msg->dst = hdr.dst;
	msg->len = hdr.len;
	msg->payload = lane_at(rx->lane, rx->size, at) + 1;
	return true;
}

/* Records start at granules and are held between done and pos: anything else is not one. */
static struct rpmsg_lane_rec *find_rec(const struct rpmsg_lane_rx *rx, const void *payload)
{
	uintptr_t offset;

	if (!rx->lane)
		return NULL;
	offset = (uintptr_t)payload - LANE_HDR - (uintptr_t)rx->lane->data;
	if (offset >= rx->size || offset % RPMSG_LANE_GRANULE)
		return NULL;
	if ((((uint32_t)offset - rx->done) & (rx->size - 1u)) >= rx->pos - rx->done)
		return NULL;
	return rec_at(rx, (uint32_t)offset);
}

int rpmsg_lane_hold(struct rpmsg_lane_rx *rx, const void *payload)
{
	struct rpmsg_lane_rec *rec = find_rec(rx, payload);

	if (!rec || !rec->holds || rec->holds == UINT16_MAX)
		return -1;
	rec->holds++;
	return 0;
}

/* True: the writer is to be rung for. */
static bool let_go(struct rpmsg_lane_rx *rx, struct rpmsg_lane_rec *rec)
{
	if (!rec->holds || --rec->holds)
		return false;
	advance(rx);
	return (rx->done - rx->published >= rx->size / 4 ||
		(rx->asleep && rx->done != rx->published)) &&
	       give_room(rx);
}

int rpmsg_lane_release(struct rpmsg_lane_rx *rx, const void *payload, bool *ring)
{
	struct rpmsg_lane_rec *rec = find_rec(rx, payload);

	*ring = false;
	if (!rec || !rec->holds)
		return -1;
	*ring = let_go(rx, rec);
	return 0;
}

bool rpmsg_lane_done(struct rpmsg_lane_rx *rx, uint32_t pos)
{
	return let_go(rx, rec_at(rx, pos));
}

bool rpmsg_lane_pending(const struct rpmsg_lane_rx *rx)
{
	return lane_pending(rx);
}

bool rpmsg_lane_sleep(struct rpmsg_lane_rx *rx, bool *ring)
{
	*ring = false;
	if (rx->breach)
		return false;
	if (rx->done != rx->published)
		*ring = give_room(rx);
	rx->asleep = true;
	metal_shared_write32(&rx->lane->wake, rx->pos);
	metal_full_barrier();
	return lane_pending(rx);
}

const char *rpmsg_lane_breach_name(enum rpmsg_lane_breach breach)
{
	static const char *const names[] = {
		[RPMSG_LANE_OK] = "no breach",
		[RPMSG_LANE_BAD_STAMP] = "stamp of another record",
		[RPMSG_LANE_BAD_LEN] = "record beyond its room",
		[RPMSG_LANE_BAD_FLAGS] = "unknown flags",
		[RPMSG_LANE_BAD_HEAD] = "room given back that was not the peer's",
	};

	if ((unsigned int)breach >= sizeof(names) / sizeof(names[0]))
		return "unknown breach";
	return names[breach];
}
