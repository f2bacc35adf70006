/* SPDX-License-Identifier: BSD-3-Clause */
/* Parts of the client port of libmetal, compiled into this program under other names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <metal/alloc.h>
#include <metal/io.h>

void *arena_allocate(unsigned int size);
void arena_free(void *ptr);
void client_io_mem_map(struct metal_io_region *io);

#define metal_allocate_memory arena_allocate
#define metal_free_memory     arena_free
#include "../../metal/client/alloc.c"

METAL_ARENA(4096);

#define metal_sys_io_mem_map client_io_mem_map
#include "../../metal/client/io.c"

/* A client whose memory appears 0x1000 bytes higher than its devices see it. */
static _Alignas(16) uint8_t memory[256];

/* The critical section: how deep in it. */
static unsigned long depth;

unsigned long metal_port_critical_enter(void)
{
	return depth++;
}

void metal_port_critical_leave(unsigned long state)
{
	assert_int_equal(--depth, state);
}

uintptr_t metal_port_phys_to_virt(uint64_t phys)
{
	return (uintptr_t)phys + 0x1000;
}

uint64_t metal_port_virt_to_phys(uintptr_t virt)
{
	return virt - 0x1000;
}

static void regions(void **state)
{
	const metal_phys_addr_t phys = (uintptr_t)memory - 0x1000;
	struct metal_io_region io;

	(void)state;
	metal_io_init(&io, METAL_BAD_VA, &phys, sizeof(memory), (unsigned int)-1, 0, NULL);
	assert_null(metal_io_virt(&io, 0));
	client_io_mem_map(&io);
	assert_ptr_equal(metal_io_virt(&io, 5), memory + 5);

	metal_io_init(&io, memory, NULL, sizeof(memory), (unsigned int)-1, 0, NULL);
	assert_int_equal(metal_io_phys(&io, 0), METAL_BAD_PHYS);
	client_io_mem_map(&io);
	assert_int_equal(metal_io_phys(&io, 7), phys + 7);
	assert_int_equal(metal_io_phys(&io, 256), METAL_BAD_PHYS);
	assert_ptr_equal(metal_io_phys_range(&io, phys + 8, 248), memory + 8);
	assert_null(metal_io_phys_range(&io, phys + 8, 249));
	assert_null(metal_io_phys_range(&io, phys - 1, 1));
}

static void fills_and_empties(void **state)
{
	unsigned int n, round;
	void *p[300];

	(void)state;
	for (round = 0; round < 3; round++) {
		for (n = 0; n < 300 && (p[n] = arena_allocate(24)) != NULL; n++) {
			assert_int_equal((uintptr_t)p[n] % 16, 0);
			memset(p[n], 0xff, 24);
		}
		assert_int_equal(n, 4096 / 48);
		while (n--)
			arena_free(p[n]);
		/* All of it is one piece again. */
		p[0] = arena_allocate(4096 - 16);
		assert_non_null(p[0]);
		arena_free(p[0]);
	}
	assert_null(arena_allocate(4096));
	assert_null(arena_allocate(0xffffffff));
	arena_free(NULL);
}

static void joins_neighbours(void **state)
{
	void *a = arena_allocate(1000), *b = arena_allocate(1000), *c = arena_allocate(1000);

	(void)state;
	assert_non_null(c);
	assert_null(arena_allocate(2000));
	arena_free(a);
	arena_free(b);
	a = arena_allocate(2000);
	assert_non_null(a);
	memset(a, 0x55, 2000);
	assert_non_null(memset(c, 0xaa, 1000));
	assert_int_equal(((uint8_t *)a)[1999], 0x55);
	arena_free(a);
	arena_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills_and_empties),
		cmocka_unit_test(joins_neighbours),
		cmocka_unit_test(regions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
