/* SPDX-License-Identifier: BSD-3-Clause */
/* The arena that clients allocate from, compiled into this program under another name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <metal/alloc.h>

void *arena_allocate(unsigned int size);
void arena_free(void *ptr);

#define metal_allocate_memory arena_allocate
#define metal_free_memory     arena_free
#define METAL_ARENA_SIZE      4096
#include "../../metal/client/alloc.c"

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
