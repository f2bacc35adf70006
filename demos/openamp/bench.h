/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Further demos of libmetal: what both halves know. Words from base + BENCH on, each written by one
 * side only unless it says otherwise. Linux starts a demo and measures; the client follows.
 */
#ifndef DEMO_BENCH_H
#define DEMO_BENCH_H

#include <stdbool.h>
#include <metal/io.h>

#define BENCH 0x10000u

enum bench_demo {
	BENCH_NONE,
	BENCH_ATOMIC,	  /* both add to one counter */
	BENCH_LATENCY,	  /* a word there and back */
	BENCH_THROUGHPUT, /* blocks there and back */
	BENCH_IRQ,	  /* messages in shared memory, an interrupt for each */
	BENCH_IRQ_LATENCY /* an interrupt there and back */
};

#define BENCH_RUN	(BENCH + 0x00u)		   /* Linux: enum bench_demo */
#define BENCH_READY	(BENCH + 0x04u)		   /* client: the same, once it follows */
#define BENCH_THERE	(BENCH + 0x08u)		   /* Linux: number of the round */
#define BENCH_BACK	(BENCH + 0x0Cu)		   /* client: the same */
#define BENCH_SIZE	(BENCH + 0x10u)		   /* Linux: bytes of a block */
#define BENCH_ADDED	(BENCH + 0x14u)		   /* client: it has done its part */
#define BENCH_WANTS(i)	(BENCH + 0x20u + 4u * (i)) /* 0 Linux, 1 client */
#define BENCH_TURN	(BENCH + 0x28u)		   /* both */
#define BENCH_COUNTER	(BENCH + 0x2Cu)		   /* whoever is inside */
#define BENCH_DOORBELL	(BENCH + 0x40u)		   /* load_fw: enum bench_doorbell words */
#define BENCH_TO_CLIENT 0x20000u		   /* blocks */
#define BENCH_TO_LINUX	0x60000u
#define BENCH_BLOCK	0x40000u /* at most */

enum bench_doorbell {
	BENCH_DB_KIND,
	BENCH_DB_KIND_TO_CLIENT,
	BENCH_DB_TO_HOST,
	BENCH_DB_TO_CLIENT,
	BENCH_DB_VALUE,
	BENCH_DB_ADDR, /* two words each, the lower first */
	BENCH_DB_TARGET = BENCH_DB_ADDR + 2,
	BENCH_DB_WORDS = BENCH_DB_TARGET + 2,
};

#define BENCH_ADDS   5000u
#define BENCH_ROUNDS 1000u

/*
 * One side's additions, each under a lock made of plain loads and stores (Peterson's): memory that
 * is not cacheable need not know any other atomic access. side: 0 Linux, 1 client. go_on: asked
 * while waiting; false ends it. False: it was ended.
 */
bool bench_add(struct metal_io_region *io, unsigned int side, bool (*go_on)(void));

#endif /* DEMO_BENCH_H */
