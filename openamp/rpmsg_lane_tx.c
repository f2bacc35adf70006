/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The writer of a lane. Its tail is nowhere in shared memory: the reader goes by the stamps.
 * Nothing it wrote is read back, except what an overtaken sender left in its buffer.
 */
#include <string.h>

#include <metal/atomic.h>

#include "rpmsg_lane.h"

#define CATCH_UP 256u /* bytes */

int rpmsg_lane_tx_init(struct rpmsg_lane_tx *tx, struct rpmsg_lane *lane, uint32_t size,
		       uint32_t max)
{
	if (!lane_valid(lane, size, &max))
		return -1;
	memset(tx, 0, sizeof(*tx));
	tx->lane = lane;
	tx->size = tx->limit = size;
	tx->max = max;
	return 0;
}

/* What is lent longest bounds the ring like what the reader holds. */
static void set_limit(struct rpmsg_lane_tx *tx)
{
	uint32_t oldest = tx->head;

	for (unsigned int i = 0; tx->n_lent && i < RPMSG_LANE_OPEN_MAX; i++) {
		const struct rpmsg_lane_lent *l = &tx->lent[i];

		if (l->bytes && tx->tail - l->pos > tx->tail - oldest)
			oldest = l->pos;
	}
	tx->limit = oldest + tx->size;
}

static bool look_at_head(struct rpmsg_lane_tx *tx)
{
	uint32_t head = metal_shared_read32_acquire(&tx->lane->head);

	if (head - tx->head > tx->tail - tx->head || head % RPMSG_LANE_GRANULE) {
		tx->breach = RPMSG_LANE_BAD_HEAD;
		tx->breach_value = head;
		return false;
	}
	tx->head = head;
	set_limit(tx);
	return true;
}

/* The record in front of the tail, and the empty granule behind it. */
static bool fits(const struct rpmsg_lane_tx *tx, uint32_t bytes)
{
	return bytes + RPMSG_LANE_GRANULE <= tx->limit - tx->tail;
}

/*
 * The reader had the lines that will be written soon, a lap ago. They are fetched to be written
 * while records before them are made, as far as they are free; after each record somewhat more than
 * it took, so that a quarter of the ring is ahead soon and no message waits for many at once.
 */
static void expect(struct rpmsg_lane_tx *tx, uint32_t bytes)
{
	uint32_t ahead = tx->limit - tx->tail, goal;

	if (ahead > tx->size / 4)
		ahead = tx->size / 4;
	/* What was skipped or lent need not be. */
	if (tx->fetched - tx->tail > tx->size)
		tx->fetched = (tx->tail + RPMSG_LANE_LINE - 1u) & ~(RPMSG_LANE_LINE - 1u);
	goal = tx->fetched - tx->tail + bytes + CATCH_UP;
	if (goal > ahead)
		goal = ahead;
	for (; tx->fetched - tx->tail < goal; tx->fetched += RPMSG_LANE_LINE)
		__builtin_prefetch(lane_at(tx->lane, tx->size, tx->fetched), 1);
}

/* The record at the tail becomes the reader's. Its payload is there. */
static void publish(struct rpmsg_lane_tx *tx, uint32_t bytes, uint32_t len, uint32_t flags,
		    uint32_t src, uint32_t dst)
{
	struct rpmsg_lane_hdr *hdr = lane_at(tx->lane, tx->size, tx->tail);

	metal_shared_write32(&lane_at(tx->lane, tx->size, tx->tail + bytes)->stamp, 0);
	metal_shared_write32(&hdr->len, len | flags << 16);
	metal_shared_write32(&hdr->src, src);
	metal_shared_write32(&hdr->dst, dst);
	metal_shared_write32_release(&hdr->stamp, lane_stamp(tx->tail));
	tx->tail += bytes;
	expect(tx, bytes);
}

static void skip(struct rpmsg_lane_tx *tx, uint32_t bytes)
{
	publish(tx, bytes, 0, RPMSG_LANE_F_SKIP, 0, bytes);
}

/* The buffer at the tail, if one is lent there. */
static struct rpmsg_lane_lent *lent_at(struct rpmsg_lane_tx *tx, uint32_t pos)
{
	for (unsigned int i = 0; tx->n_lent && i < RPMSG_LANE_OPEN_MAX; i++) {
		if (tx->lent[i].bytes && tx->lent[i].pos == pos)
			return &tx->lent[i];
	}
	return NULL;
}

/*
 * What has to be skipped for a record of that many bytes in one piece: a buffer that is lent at the
 * tail (*lent), the rest of the ring behind it (*rest). False: it does not fit now.
 */
static bool find_room(struct rpmsg_lane_tx *tx, uint32_t bytes, uint32_t *lent, uint32_t *rest)
{
	const struct rpmsg_lane_lent *l = lent_at(tx, tx->tail);
	uint32_t all;

	*lent = l ? l->bytes : 0;
	*rest = lane_to_end(tx->size, tx->tail + *lent);
	if (*rest >= bytes)
		*rest = 0;
	all = *lent + *rest + bytes;
	return !tx->breach && (fits(tx, all) || (look_at_head(tx) && fits(tx, all)));
}

/* The short way to the same: nothing is lent, nothing to skip, and the reader's head need not be
 * looked at. */
static bool fits_here(const struct rpmsg_lane_tx *tx, uint32_t bytes)
{
	return !tx->n_lent && !tx->breach && bytes <= lane_to_end(tx->size, tx->tail) &&
	       fits(tx, bytes);
}

/* A buffer that is overtaken by this: the reader skips it, and the ring stops in front of it a lap
 * later until its sender is done. */
static bool make_room(struct rpmsg_lane_tx *tx, uint32_t bytes)
{
	uint32_t lent, rest;

	if (!find_room(tx, bytes, &lent, &rest))
		return false;
	if (lent)
		skip(tx, lent);
	if (rest)
		skip(tx, rest);
	return true;
}

int rpmsg_lane_tx_resume(struct rpmsg_lane_tx *tx)
{
	uint32_t head = metal_shared_read32_acquire(&tx->lane->head), at = head, bytes = 0, value;
	struct rpmsg_lane_hdr hdr;
	uint8_t breach;
	int got = 1;

	if (head % RPMSG_LANE_GRANULE)
		return -1;
	while (got > 0 && at - head < tx->size) {
		got = lane_read_header(tx->lane, tx->size, tx->max, at, &hdr, &bytes, &breach,
				       &value);
		at += got > 0 ? bytes : 0;
	}
	/* There is room for one zero stamp at least. */
	if (got || at - head + RPMSG_LANE_GRANULE > tx->size)
		return -1;
	tx->head = head;
	tx->tail = tx->kicked = at;
	tx->limit = head + tx->size;
	return 0;
}

bool rpmsg_lane_has_room(struct rpmsg_lane_tx *tx, uint32_t len)
{
	uint32_t lent, rest;

	return len <= tx->max && find_room(tx, lane_record(len), &lent, &rest);
}

unsigned int rpmsg_lane_room(struct rpmsg_lane_tx *tx, uint32_t len)
{
	uint32_t bytes, lent, rest, room;

	if (len > tx->max)
		return 0;
	bytes = lane_record(len);
	if (tx->breach || !look_at_head(tx) || !find_room(tx, bytes, &lent, &rest))
		return 0;
	/* One may find the end of the ring too near, and skips that. */
	room = tx->limit - tx->tail - RPMSG_LANE_GRANULE - lent;
	return room < 2 * bytes ? 1 : (room - bytes) / bytes;
}

/*
 * The payload of the record at the tail. The line with the header, at which the reader looks, comes
 * last and is written at one go: once it was touched the reader takes it.
 */
static void copy_in(const struct rpmsg_lane_tx *tx, const uint8_t *data, uint32_t len)
{
	uint8_t *to = (uint8_t *)(lane_at(tx->lane, tx->size, tx->tail) + 1);
	uint32_t first = RPMSG_LANE_LINE - LANE_HDR - tx->tail % RPMSG_LANE_LINE;

	if (len > first) {
		metal_copy_to_shared(to + first, data + first, len - first);
		len = first;
	}
	if (len)
		metal_copy_to_shared(to, data, len);
}

int rpmsg_lane_send(struct rpmsg_lane_tx *tx, uint32_t src, uint32_t dst, const void *data,
		    uint32_t len)
{
	uint32_t bytes;

	if (len > tx->max)
		return -1;
	bytes = lane_record(len);
	if (!fits_here(tx, bytes) && !make_room(tx, bytes))
		return -1;
	copy_in(tx, data, len);
	publish(tx, bytes, len, 0, src, dst);
	return 0;
}

void *rpmsg_lane_lend(struct rpmsg_lane_tx *tx, uint32_t room)
{
	struct rpmsg_lane_lent *l = tx->lent;
	uint32_t bytes;

	if (tx->n_lent == RPMSG_LANE_OPEN_MAX || room > tx->max)
		return NULL;
	bytes = lane_record(room);
	if (!make_room(tx, bytes))
		return NULL;
	while (l->bytes)
		l++;
	l->pos = tx->tail;
	l->bytes = bytes;
	tx->n_lent++;
	return lane_at(tx->lane, tx->size, tx->tail) + 1;
}

static struct rpmsg_lane_lent *find_lent(const struct rpmsg_lane_tx *tx, const void *payload)
{
	for (unsigned int i = 0; tx->n_lent && i < RPMSG_LANE_OPEN_MAX; i++) {
		const struct rpmsg_lane_lent *l = &tx->lent[i];

		if (l->bytes && lane_at(tx->lane, tx->size, l->pos) + 1 == payload)
			return (struct rpmsg_lane_lent *)l;
	}
	return NULL;
}

bool rpmsg_lane_is_lent(const struct rpmsg_lane_tx *tx, const void *payload, uint32_t *room)
{
	const struct rpmsg_lane_lent *l = find_lent(tx, payload);

	if (l)
		*room = l->bytes - LANE_HDR;
	return l;
}

static void take_back(struct rpmsg_lane_tx *tx, struct rpmsg_lane_lent *l)
{
	l->bytes = 0;
	tx->n_lent--;
	set_limit(tx);
}

int rpmsg_lane_commit(struct rpmsg_lane_tx *tx, void *payload, uint32_t src, uint32_t dst,
		      uint32_t len)
{
	struct rpmsg_lane_lent *l = find_lent(tx, payload);
	uint32_t bytes = lane_record(len);

	if (!l || len > l->bytes - LANE_HDR || tx->breach)
		return -1;
	if (l->pos != tx->tail) {
		/* Overtaken: the reader has skipped it, the message goes to the tail. */
		if (!make_room(tx, bytes))
			return -1;
		memcpy(lane_at(tx->lane, tx->size, tx->tail) + 1, payload, len);
	}
	publish(tx, bytes, len, 0, src, dst);
	take_back(tx, l);
	return 0;
}

void rpmsg_lane_cancel(struct rpmsg_lane_tx *tx, void *payload)
{
	struct rpmsg_lane_lent *l = find_lent(tx, payload);

	/* At the tail nobody has seen it; elsewhere it was skipped. */
	if (l)
		take_back(tx, l);
}

bool rpmsg_lane_must_ring(struct rpmsg_lane_tx *tx)
{
	uint32_t from = tx->kicked, wake;

	if (from == tx->tail || tx->breach)
		return false;
	tx->kicked = tx->tail;
	/* The stamp before the reader's word: it writes that word and then looks at the stamp. */
	metal_full_barrier();
	wake = metal_shared_read32(&tx->lane->wake);
	return wake - from < tx->tail - from;
}

bool rpmsg_lane_want_room(struct rpmsg_lane_tx *tx, bool want)
{
	uint32_t before = tx->head;

	metal_shared_write32(&tx->lane->want, want);
	if (!want || tx->breach)
		return false;
	/* The reader frees and then looks at the word. */
	metal_full_barrier();
	return look_at_head(tx) && tx->head != before;
}
