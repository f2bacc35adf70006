/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory for objects that live as long as a device; never used per message. */
#ifndef METAL_ALLOC_H
#define METAL_ALLOC_H

#include <stddef.h>

/* NULL when there is none. Not cleared; aligned for any type. */
void *metal_allocate_memory(unsigned int size);
void metal_free_memory(void *ptr);

#endif /* METAL_ALLOC_H */
