/* SPDX-License-Identifier: BSD-3-Clause */
/* bench_openamp: the rings of an installed implementation of OpenAMP (make bench-openamp). */
#include "bench.h"

void bench_cases(void)
{
	bench_floors_ring();
	bench_floors_system();
	bench_rpmsg();
}
