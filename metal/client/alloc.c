/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A fixed arena for the few objects a device needs: first fit, neighbours joined when freed. No
 * heap of the client's OS is used. METAL_ARENA_SIZE: two rings of 16 need less than 4 KiB, lanes of
 * 18 KiB each way 2.5 KiB more.
 */
#include <stdbool.h>
#include <stdint.h>
#include <metal/alloc.h>
#include <metal/mutex.h>

#ifndef METAL_ARENA_SIZE
#define METAL_ARENA_SIZE 12288
#endif

#define UNIT sizeof(struct block)

struct block {
	_Alignas(16) uint32_t units; /* with this header */
	bool used;
};

static METAL_MUTEX_DEFINE(arena_lock);
static struct block arena[METAL_ARENA_SIZE / sizeof(struct block)];

#define END (arena + sizeof(arena) / sizeof(arena[0]))

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

	if (!arena[0].units)
		arena[0].units = (uint32_t)(END - arena);
	for (b = arena; b < END; b += b->units) {
		while (!b->used && b + b->units < END && !b[b->units].used)
			b->units += b[b->units].units;
		if (!b->used && b->units >= n)
			return b;
	}
	return NULL;
}

void *metal_allocate_memory(unsigned int size)
{
	struct block *b;
	uint32_t n;

	if (size > METAL_ARENA_SIZE)
		return NULL;
	n = 1 + (uint32_t)((size + UNIT - 1) / UNIT);
	metal_mutex_acquire(&arena_lock);
	b = find(n);
	if (b)
		carve(b, n);
	metal_mutex_release(&arena_lock);
	return b ? b + 1 : NULL;
}

void metal_free_memory(void *ptr)
{
	if (!ptr)
		return;
	metal_mutex_acquire(&arena_lock);
	((struct block *)ptr - 1)->used = false;
	metal_mutex_release(&arena_lock);
}
