/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The few objects a device needs lie in the arena (metal/system/port.h): first fit, neighbours
 * joined when there is need. No heap of the client's OS is used.
 */
#include <stdbool.h>
#include <stdint.h>
#include <metal/alloc.h>

#include "include/metal/system/port.h"

#ifdef METAL_MINIMAL
/* One thread asks, at its start, and nothing comes back. */
void *metal_allocate_memory(unsigned int size)
{
	static unsigned int used;
	unsigned int room = metal_arena_size - used;
	void *memory = metal_arena + used;

	if (size > room)
		return NULL;
	size = (size + 15) & ~15u;
	used += size < room ? size : room;
	return memory;
}

void metal_free_memory(void *ptr)
{
	(void)ptr;
}
#else

#define UNIT sizeof(struct block)

struct block {
	_Alignas(16) uint32_t units; /* with this header */
	bool used;
};

#define ARENA ((struct block *)(void *)metal_arena)
#define END   (ARENA + metal_arena_size / UNIT)

/* Take n units from a free block that has them. */
static void carve(struct block *b, uint32_t n)
{
	if (b->units > n) {
		b[n].units = b->units - n;
		b[n].used = false;
		b->units = n;
	}
	b->used = true;
}

static struct block *find(uint32_t n)
{
	struct block *b;

	if (!ARENA->units)
		ARENA->units = (uint32_t)(END - ARENA);
	for (b = ARENA; b < END; b += b->units) {
		while (!b->used && b + b->units < END && !b[b->units].used)
			b->units += b[b->units].units;
		if (!b->used && b->units >= n)
			return b;
	}
	return NULL;
}

void *metal_allocate_memory(unsigned int size)
{
	unsigned long state;
	struct block *b;
	uint32_t n;

	if (size > metal_arena_size)
		return NULL;
	n = 1 + (uint32_t)((size + UNIT - 1) / UNIT);
	state = metal_port_critical_enter();
	b = find(n);
	if (b)
		carve(b, n);
	metal_port_critical_leave(state);
	return b ? b + 1 : NULL;
}

void metal_free_memory(void *ptr)
{
	unsigned long state;

	if (!ptr)
		return;
	state = metal_port_critical_enter();
	((struct block *)ptr - 1)->used = false;
	metal_port_critical_leave(state);
}
#endif
