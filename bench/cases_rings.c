/* SPDX-License-Identifier: BSD-3-Clause */
/* bench_rpmsg: rings in the standard format and in lanes. */
#include "bench.h"

void bench_cases(void)
{
	bench_floors_ring();
	bench_floors_system();
	bench_rpmsg();
	bench_lanes();
}
