/* SPDX-License-Identifier: BSD-3-Clause */
/* The arena of programs that define none. In a file of its own: its size is not the compiler's to
 * know where it is used. */
#include "include/metal/system/port.h"

extern metal_weak unsigned char metal_arena[];
extern metal_weak const unsigned int metal_arena_size;

METAL_ARENA(METAL_ARENA_SIZE);
