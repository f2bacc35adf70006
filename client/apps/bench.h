/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The benchmark's far end (variant "bench"): what the endpoint mica-bench takes and answers. Its
 * rpmsg-umt reads each piece and releases it.
 */
#ifndef CLIENT_BENCH_H
#define CLIENT_BENCH_H

#include <stdint.h>

#define CLIENT_BENCH_ENDPOINT "mica-bench"

enum client_bench_op {
	CLIENT_BENCH_LSEEK = 1, /* so many calls of Linux, one after the other */
	CLIENT_BENCH_WRITE = 2, /* of size bytes each */
	CLIENT_BENCH_READ = 3,
	CLIENT_BENCH_UMT = 4, /* sends so many bulk messages of size bytes, written anew each */
	CLIENT_BENCH_SEEN =
		5, /* count and bytes of the pieces read so far, all of them in the window */
};

struct client_bench_request {
	uint32_t op, count, size;
};

/* Once it is done. */
struct client_bench_answer {
	uint32_t op;
	uint32_t count; /* how many were done; less than asked for: one failed */
	uint64_t us;	/* by the client's clock */
	uint64_t bytes; /* SEEN */
};

#endif /* CLIENT_BENCH_H */
