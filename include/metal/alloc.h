/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory for objects that live as long as a device; never used per message. */
#ifndef METAL_ALLOC_H
#define METAL_ALLOC_H

#include <stddef.h>
#include <metal/compiler.h>
#include <metal/system/string.h>

METAL_C_BEGIN

/* NULL when there is none. Not cleared; aligned for any type. */
void *metal_allocate_memory(unsigned int size);
void metal_free_memory(void *ptr);

METAL_C_END

#endif /* METAL_ALLOC_H */
