/* SPDX-License-Identifier: BSD-3-Clause */
/* What rings and their floors have in common: sizes, depth. */
#ifndef BENCH_RINGS_H
#define BENCH_RINGS_H

#include <stdint.h>

#define RINGS_NUM	  16u /* messages under way in one direction */
#define RINGS_PAYLOAD_MAX 2032u

/* Payloads in bytes, ended by 0. The last ones need buffers of 1024 and 2048 bytes. */
static const uint32_t rings_sizes[] = { 16, 64, 256, 496, 1008, 2032, 0 };

#endif /* BENCH_RINGS_H */
