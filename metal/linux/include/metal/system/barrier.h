/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef METAL_SYSTEM_BARRIER_H
#define METAL_SYSTEM_BARRIER_H

/* Orders every access before it against every access after it, on all cores. */
static inline void metal_full_barrier(void)
{
#ifdef __SANITIZE_THREAD__
	/* The sanitizer knows no fences; one on a private word keeps the hardware's order. */
	static int word;

	__atomic_fetch_add(&word, 1, __ATOMIC_SEQ_CST);
#else
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}

#endif /* METAL_SYSTEM_BARRIER_H */
