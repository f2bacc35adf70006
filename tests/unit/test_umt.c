/* SPDX-License-Identifier: BSD-3-Clause */
/* Pieces of a umt window: what either side may own, and what is no piece. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "umt_pieces.h"

#define PART 0x100000u

static void bounds(void **state)
{
	struct mica_umt_pieces p = { .part = PART };

	(void)state;
	assert_non_null(mica_umt_pieces_add(&p, 0, 0, 0));
	assert_non_null(mica_umt_pieces_add(&p, 0, PART + 1, 0));
	assert_non_null(mica_umt_pieces_add(&p, PART, 1, 0));
	assert_non_null(mica_umt_pieces_add(&p, PART - 1, 2, 0));
	assert_non_null(mica_umt_pieces_add(&p, UINT32_MAX, 2, 0));
	assert_non_null(mica_umt_pieces_add(&p, 1, UINT32_MAX, 0));
	assert_int_equal(p.n, 0);
	assert_null(mica_umt_pieces_add(&p, 0, PART, 0));
	assert_non_null(mica_umt_pieces_add(&p, PART - 1, 1, 0));
}

static void no_overlap(void **state)
{
	struct mica_umt_pieces p = { .part = PART };

	(void)state;
	assert_null(mica_umt_pieces_add(&p, 4096, 4096, 0));
	assert_non_null(mica_umt_pieces_add(&p, 4095, 2, 0));
	assert_non_null(mica_umt_pieces_add(&p, 8191, 1, 0));
	assert_non_null(mica_umt_pieces_add(&p, 0, PART, 0));
	assert_non_null(mica_umt_pieces_add(&p, 5000, 1, 0));
	assert_null(mica_umt_pieces_add(&p, 0, 4096, 0));
	assert_null(mica_umt_pieces_add(&p, 8192, 1, 0));
}

static void only_what_is_there_comes_back(void **state)
{
	struct mica_umt_pieces p = { .part = PART };

	(void)state;
	assert_null(mica_umt_pieces_add(&p, 64, 100, 0));
	assert_false(mica_umt_pieces_take(&p, 64, 99));
	assert_false(mica_umt_pieces_take(&p, 65, 99));
	assert_false(mica_umt_pieces_take(&p, 0, 100));
	assert_true(mica_umt_pieces_take(&p, 64, 100));
	assert_false(mica_umt_pieces_take(&p, 64, 100));
	assert_int_equal(p.n, 0);
}

static void no_more_than_there_may_be(void **state)
{
	struct mica_umt_pieces p = { .part = PART };

	(void)state;
	for (uint32_t i = 0; i < MICA_UMT_PIECES; i++)
		assert_null(mica_umt_pieces_add(&p, i * 64, 64, MICA_UMT_MORE));
	assert_non_null(mica_umt_pieces_add(&p, PART - 1, 1, 0));
	assert_true(mica_umt_pieces_take(&p, 64 * 7, 64));
	assert_int_equal(p.at[7].offset, 64 * 8); /* in order of arrival */
	assert_null(mica_umt_pieces_add(&p, PART - 1, 1, 0));
	assert_int_equal(p.at[MICA_UMT_PIECES - 1].offset, PART - 1);
}

/* Whatever is asked for in whatever order: what is owned lies inside and apart. */
static void random_walk(void **state)
{
	struct mica_umt_pieces p = { .part = 1000 };

	(void)state;
	srand(1);
	for (int i = 0; i < 20000; i++) {
		uint32_t offset = (uint32_t)rand() % 1100, len = (uint32_t)rand() % 100;
		unsigned int k = p.n ? (unsigned int)rand() % p.n : 0;

		if (rand() % 2)
			(void)mica_umt_pieces_add(&p, offset, len, 0);
		else if (p.n)
			assert_true(mica_umt_pieces_take(&p, p.at[k].offset, p.at[k].len));
		assert_true(p.n <= MICA_UMT_PIECES);
		for (unsigned int a = 0; a < p.n; a++) {
			assert_true(p.at[a].len && p.at[a].offset + p.at[a].len <= p.part);
			for (unsigned int b = 0; b < a; b++)
				assert_true(p.at[a].offset + p.at[a].len <= p.at[b].offset ||
					    p.at[b].offset + p.at[b].len <= p.at[a].offset);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounds),
		cmocka_unit_test(no_overlap),
		cmocka_unit_test(only_what_is_there_comes_back),
		cmocka_unit_test(no_more_than_there_may_be),
		cmocka_unit_test(random_walk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
