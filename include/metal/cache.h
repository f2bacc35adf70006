/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Cache maintenance on the caller's own mapping. Needed only where a region is cacheable on one
 * side alone; the system's own regions have one attribute on both sides and need none.
 */
#ifndef METAL_CACHE_H
#define METAL_CACHE_H

#include <metal/compiler.h>

METAL_C_BEGIN

void metal_cache_flush(void *addr, unsigned int len);
void metal_cache_invalidate(void *addr, unsigned int len);

METAL_C_END

#endif /* METAL_CACHE_H */
