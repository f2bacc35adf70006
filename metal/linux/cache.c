/* SPDX-License-Identifier: BSD-3-Clause */
/* The kernel module maps shared memory with one attribute on both sides; only order is left. */
#include <metal/cache.h>
#include <metal/cpu.h>

void metal_cache_flush(void *addr, unsigned int len)
{
	(void)addr;
	(void)len;
	metal_full_barrier();
}

void metal_cache_invalidate(void *addr, unsigned int len)
{
	(void)addr;
	(void)len;
	metal_full_barrier();
}
