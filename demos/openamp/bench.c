/* SPDX-License-Identifier: BSD-3-Clause */
#include <metal/atomic.h>
#include <metal/cpu.h>

#include "bench.h"

static bool enter(struct metal_io_region *io, unsigned int side, bool (*go_on)(void))
{
	unsigned int spins = 0;

	metal_io_write32(io, BENCH_WANTS(side), 1);
	metal_io_write32(io, BENCH_TURN, !side);
	metal_full_barrier();
	while (metal_io_read32(io, BENCH_WANTS(!side)) &&
	       metal_io_read32(io, BENCH_TURN) == !side) {
		metal_cpu_yield();
		if (++spins % 1024 == 0 && !go_on())
			return false;
	}
	return true;
}

bool bench_add(struct metal_io_region *io, unsigned int side, bool (*go_on)(void))
{
	bool inside = true;

	for (unsigned int i = 0; inside && i < BENCH_ADDS; i++) {
		inside = enter(io, side, go_on);
		if (inside)
			metal_io_write32(io, BENCH_COUNTER, metal_io_read32(io, BENCH_COUNTER) + 1);
		metal_io_write32(io, BENCH_WANTS(side), 0);
	}
	return inside;
}
