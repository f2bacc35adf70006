/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lanes: the negotiated format of messages (docs/lanes.md; not part of OpenAMP). A lane is a ring
 * of bytes with one writer and one reader. A message lies in it whole, behind a header whose first
 * word, the stamp, is written last and says by its value that the record is there: what a short
 * message costs is one cache line going over.
 *
 * Positions count bytes since the lane was zeroed, modulo 2^32; the place of a position in the ring
 * is position % size. Records start at multiples of RPMSG_LANE_GRANULE, do not wrap, and end in
 * front of a granule whose stamp word is zero. All words little-endian.
 *
 * No function locks: each side's is the caller's (rpmsg: the device's lock). What the peer writes
 * is read once and checked; the first breach of the rules leaves a lane `broken`, which moves
 * nothing any more.
 */
#ifndef OPENAMP_RPMSG_LANE_H
#define OPENAMP_RPMSG_LANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <metal/compiler.h>

#define RPMSG_LANE_GRANULE  32u
#define RPMSG_LANE_LINE	    64u /* alignment of a lane; no line has two writers */
#define RPMSG_LANE_SIZE_MIN 1024u
#define RPMSG_LANE_SIZE_MAX (1u << 20)

#define RPMSG_LANE_F_SKIP 1u /* no message: the reader goes on behind it */

struct rpmsg_lane_hdr {
	uint32_t stamp; /* position of the record | 1; written last */
	uint16_t len;	/* bytes of payload; a skipped record has none */
	uint16_t flags; /* RPMSG_LANE_F_* */
	uint32_t src;
	uint32_t dst; /* of a skipped record: its bytes, header included */
};

/* What is shared. Zeroed by whoever places it, before either side looks. */
struct rpmsg_lane {
	/* writer's line */
	uint32_t want; /* 1: ring when room was made */
	uint32_t writer_pad[15];
	/* reader's line */
	uint32_t head; /* all before it is free again */
	uint32_t wake; /* ring when the record at this position is there */
	uint32_t reader_pad[14];
	__extension__ uint8_t data[];
};

enum rpmsg_lane_breach {
	RPMSG_LANE_OK,
	RPMSG_LANE_BAD_STAMP, /* neither empty nor the next record */
	RPMSG_LANE_BAD_LEN,   /* a record longer than the lane allows, or beyond its end */
	RPMSG_LANE_BAD_FLAGS,
	RPMSG_LANE_BAD_HEAD, /* the reader freed what it was not given */
};

/* Plain English. */
const char *rpmsg_lane_breach_name(enum rpmsg_lane_breach breach);

/* Bytes that a lane of that many data bytes takes. */
static inline size_t rpmsg_lane_bytes(uint32_t size)
{
	return sizeof(struct rpmsg_lane) + size;
}

/* Largest payload of a lane: a quarter of it at most, so that a full lane still streams. */
static inline uint32_t rpmsg_lane_payload_max(uint32_t size)
{
	uint32_t quarter = size / 4 - (uint32_t)sizeof(struct rpmsg_lane_hdr);

	return quarter < UINT16_MAX ? quarter : UINT16_MAX - 15u;
}

/* ---- writer ---- */

#define RPMSG_LANE_OPEN_MAX 8 /* buffers lent to senders at once */

struct rpmsg_lane_lent {
	uint32_t pos;
	uint32_t bytes; /* 0: not in use */
};

struct rpmsg_lane_tx {
	struct rpmsg_lane *lane;
	uint32_t size;
	uint32_t max;	  /* payload of one message */
	uint32_t tail;	  /* next record */
	uint32_t limit;	  /* the ring may be filled up to here */
	uint32_t head;	  /* the reader's, as last seen */
	uint32_t kicked;  /* tail at the last look whether to ring */
	uint32_t fetched; /* cache lines before it were asked for, to be written */
	struct rpmsg_lane_lent lent[RPMSG_LANE_OPEN_MAX];
	uint8_t n_lent;
	uint8_t breach; /* enum rpmsg_lane_breach */
	uint32_t breach_value;
};

/* lane: of a zeroed ring with `size` data bytes, a power of two in the limits above, aligned to
 * RPMSG_LANE_LINE. max: bytes of payload that both sides agreed on, 0: as many as it allows. -1:
 * one of them is wrong. */
int rpmsg_lane_tx_init(struct rpmsg_lane_tx *tx, struct rpmsg_lane *lane, uint32_t size,
		       uint32_t max);

/*
 * Or, after init: go on where an earlier process left the lane, which is used as it is. What the
 * reader has not freed are the records from its head to the first zero stamp. -1: that makes no
 * sense, and the lane must be begun anew.
 */
int rpmsg_lane_tx_resume(struct rpmsg_lane_tx *tx);

/* Copy a message in. 0; -1 when there is no room now (or ever: len above the largest payload). */
int rpmsg_lane_send(struct rpmsg_lane_tx *tx, uint32_t src, uint32_t dst, const void *data,
		    uint32_t len);

/* Whether a message of len bytes finds room now, wherever in the ring. */
bool rpmsg_lane_has_room(struct rpmsg_lane_tx *tx, uint32_t len);
/* Of how many such payloads at least? */
unsigned int rpmsg_lane_room(struct rpmsg_lane_tx *tx, uint32_t len);

/*
 * Room for a message of up to `room` bytes, in the ring; the caller's until commit or cancel, which
 * take the pointer. Messages sent in between overtake it. NULL: no room now, or too many are lent.
 * commit: 0; -1 when what was overtaken finds no room now, the buffer stays the caller's.
 */
void *rpmsg_lane_lend(struct rpmsg_lane_tx *tx, uint32_t room);
/* Whether the pointer came from lend; its room in *room. */
bool rpmsg_lane_is_lent(const struct rpmsg_lane_tx *tx, const void *payload, uint32_t *room);
int rpmsg_lane_commit(struct rpmsg_lane_tx *tx, void *payload, uint32_t src, uint32_t dst,
		      uint32_t len);
void rpmsg_lane_cancel(struct rpmsg_lane_tx *tx, void *payload);

/* After messages were sent: does the reader want its doorbell? Once per doorbell. */
bool rpmsg_lane_must_ring(struct rpmsg_lane_tx *tx);
/* The sender has no room and waits: the reader rings when it has made some. True: it has already.
 */
bool rpmsg_lane_want_room(struct rpmsg_lane_tx *tx, bool want);

/* ---- reader ---- */

struct rpmsg_lane_rec; /* private: one record that was handed out */

struct rpmsg_lane_rx {
	struct rpmsg_lane *lane;
	uint32_t size;
	uint32_t max;		     /* payload of one message */
	uint32_t pos;		     /* next record */
	uint32_t done;		     /* all before it were given back */
	uint32_t published;	     /* the head the writer knows of */
	struct rpmsg_lane_rec *recs; /* one a granule */
	bool asleep;		     /* asked for a doorbell since the last message */
	uint8_t breach;
	uint32_t breach_value;
};

struct rpmsg_lane_msg {
	uint32_t src, dst;
	uint32_t len;
	void *payload; /* in the ring; the peer can still write there */
	uint32_t pos;  /* of its record */
};

/* As rpmsg_lane_tx_init; allocates. -1: or out of memory. */
int rpmsg_lane_rx_init(struct rpmsg_lane_rx *rx, struct rpmsg_lane *lane, uint32_t size,
		       uint32_t max);
void rpmsg_lane_rx_free(struct rpmsg_lane_rx *rx);
/* As rpmsg_lane_tx_resume: from what was last freed on, so that messages may come once more. */
int rpmsg_lane_rx_resume(struct rpmsg_lane_rx *rx);

/* The next message, held once; false: none, or broken. */
bool rpmsg_lane_next(struct rpmsg_lane_rx *rx, struct rpmsg_lane_msg *msg);
/* Held once more / once less, by its payload; 0, -1: no such message. Given back when nobody holds
 * it; *ring: the writer waits for room and wants its doorbell. */
int rpmsg_lane_hold(struct rpmsg_lane_rx *rx, const void *payload);
int rpmsg_lane_release(struct rpmsg_lane_rx *rx, const void *payload, bool *ring);
/* Held once less by whoever took it from rpmsg_lane_next(), before a lap later; by its pos. True:
 * the writer waits for room and wants its doorbell. */
bool rpmsg_lane_done(struct rpmsg_lane_rx *rx, uint32_t pos);
/* Before waiting: ask for a doorbell, free what was given back. True: a message is there already.
 * *ring as above. */
bool rpmsg_lane_sleep(struct rpmsg_lane_rx *rx, bool *ring);
/* One look. */
bool rpmsg_lane_pending(const struct rpmsg_lane_rx *rx);

METAL_STATIC_ASSERT(sizeof(struct rpmsg_lane_hdr) == 16, "rpmsg_lane_hdr");
METAL_STATIC_ASSERT(offsetof(struct rpmsg_lane, head) == RPMSG_LANE_LINE, "rpmsg_lane.head");
METAL_STATIC_ASSERT(offsetof(struct rpmsg_lane, wake) == RPMSG_LANE_LINE + 4, "rpmsg_lane.wake");
METAL_STATIC_ASSERT(sizeof(struct rpmsg_lane) == 2 * RPMSG_LANE_LINE, "rpmsg_lane");

#endif /* OPENAMP_RPMSG_LANE_H */
