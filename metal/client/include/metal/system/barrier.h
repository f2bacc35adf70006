/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef METAL_SYSTEM_BARRIER_H
#define METAL_SYSTEM_BARRIER_H

#include <stdatomic.h>

/* Orders every access before it against every access after it, on all cores. */
static inline void metal_full_barrier(void)
{
	atomic_thread_fence(memory_order_seq_cst);
}

#endif /* METAL_SYSTEM_BARRIER_H */
