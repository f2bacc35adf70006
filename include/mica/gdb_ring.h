/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One ring of the debugger's pair: 0x1000 bytes, {u32 in, out, len, esize; u8 data[]}. in and out
 * count bytes since the ring was made and wrap at 32 bits; byte n lies at n % len. One side owns
 * `in`, the other `out`: each keeps its own in private and only reads the other's. Used by libmica
 * and by the client SDK.
 */
#ifndef MICA_GDB_RING_H
#define MICA_GDB_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <metal/atomic.h>
#include <metal/io.h>

#define MICA_GDB_RING_SIZE   0x1000u
#define MICA_GDB_RING_HEADER 16u
#define MICA_GDB_RING_LEN    (MICA_GDB_RING_SIZE - MICA_GDB_RING_HEADER)

/* state of the ring pair */
#define MICA_GDB_NONE	   0u
#define MICA_GDB_READY	   1u /* the rings are there; clients wait for it */
#define MICA_GDB_DATA	   2u
#define MICA_GDB_INTERRUPT 3u /* Ctrl-C; the client writes DATA when it has seen it */
#define MICA_GDB_OFF	   4u

/* flags of the ring pair, constant: the client rings the doorbell after it has written, enters its
 * stub when there is data, and stops at its start when it finds INTERRUPT instead of READY. */
#define MICA_GDB_F_DOORBELL (1u << 31)

struct mica_gdb_ring {
	uint8_t *base; /* shared, aligned to 4 */
	uint32_t own;  /* in of the writer, out of the reader */
};

enum { MICA_GDB_RING_IN = 0, MICA_GDB_RING_OUT = 4, MICA_GDB_RING_LEN_AT = 8 };

static inline void mica_gdb_ring_make(uint8_t *base)
{
	metal_shared_write32(base + MICA_GDB_RING_IN, 0);
	metal_shared_write32(base + MICA_GDB_RING_OUT, 0);
	metal_shared_write32(base + MICA_GDB_RING_LEN_AT, MICA_GDB_RING_LEN);
	metal_shared_write32(base + 12, 1);
}

/* Go on where an earlier process of this side stopped. What makes no sense is dropped. */
static inline void mica_gdb_ring_take(struct mica_gdb_ring *r, uint8_t *base, bool writer)
{
	uint32_t in = metal_shared_read32_acquire(base + MICA_GDB_RING_IN);
	uint32_t out = metal_shared_read32_acquire(base + MICA_GDB_RING_OUT);

	r->base = base;
	r->own = writer ? in : out;
	if (in - out > MICA_GDB_RING_LEN)
		r->own = writer ? out : in;
}

/* Bytes that can be written, 0 where the reader's index makes no sense. */
static inline uint32_t mica_gdb_ring_room(const struct mica_gdb_ring *r)
{
	uint32_t used = r->own - metal_shared_read32_acquire(r->base + MICA_GDB_RING_OUT);

	return used > MICA_GDB_RING_LEN ? 0 : MICA_GDB_RING_LEN - used;
}

/* len is at most mica_gdb_ring_room(). */
static inline void mica_gdb_ring_write(struct mica_gdb_ring *r, const void *data, uint32_t len)
{
	uint32_t at = r->own % MICA_GDB_RING_LEN, first = MICA_GDB_RING_LEN - at;
	uint8_t *bytes = r->base + MICA_GDB_RING_HEADER;

	if (first > len)
		first = len;
	metal_copy_to_shared(bytes + at, data, first);
	metal_copy_to_shared(bytes, (const uint8_t *)data + first, len - first);
	r->own += len;
	metal_full_barrier();
	metal_shared_write32_release(r->base + MICA_GDB_RING_IN, r->own);
}

/* Bytes that were read. *broken: the writer's index made no sense; the ring is empty again. */
static inline uint32_t mica_gdb_ring_read(struct mica_gdb_ring *r, void *data, uint32_t size,
					  bool *broken)
{
	uint32_t in = metal_shared_read32_acquire(r->base + MICA_GDB_RING_IN);
	uint32_t len = in - r->own, at = r->own % MICA_GDB_RING_LEN;
	const uint8_t *bytes = r->base + MICA_GDB_RING_HEADER;
	uint32_t first = MICA_GDB_RING_LEN - at;

	*broken = len > MICA_GDB_RING_LEN;
	if (*broken) {
		r->own = in;
		metal_shared_write32_release(r->base + MICA_GDB_RING_OUT, in);
		return 0;
	}
	if (len > size)
		len = size;
	if (first > len)
		first = len;
	metal_copy_from_shared(data, bytes + at, first);
	metal_copy_from_shared((uint8_t *)data + first, bytes, len - first);
	r->own += len;
	metal_full_barrier();
	metal_shared_write32_release(r->base + MICA_GDB_RING_OUT, r->own);
	return len;
}

/* Something is there to be read. */
static inline bool mica_gdb_ring_any(const struct mica_gdb_ring *r)
{
	return metal_shared_read32_acquire(r->base + MICA_GDB_RING_IN) != r->own;
}

#endif /* MICA_GDB_RING_H */
