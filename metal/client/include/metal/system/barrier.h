/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef METAL_SYSTEM_BARRIER_H
#define METAL_SYSTEM_BARRIER_H

/* Orders every access before it against every access after it, on all cores. */
static inline void metal_full_barrier(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

#endif /* METAL_SYSTEM_BARRIER_H */
