/* SPDX-License-Identifier: BSD-3-Clause */
/* Statistics of round trips against values that were computed in the plain way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stats.h"

static struct stats s;

static int setup(void **state)
{
	(void)state;
	memset(&s, 0, sizeof(s));
	return 0;
}

static void nothing(void **state)
{
	(void)state;
	assert_int_equal(stats_percentile(&s, 500), 0);
	assert_true(stats_deviation(&s) == 0);
}

static void one_value(void **state)
{
	(void)state;
	stats_add(&s, 123456789);
	assert_int_equal(s.min, 123456789);
	assert_int_equal(s.max, 123456789);
	for (unsigned int p = 0; p <= 1000; p += 100)
		assert_int_equal(stats_percentile(&s, p), 123456789);
	assert_true(stats_deviation(&s) == 0);
}

static void small_values_are_exact(void **state)
{
	(void)state;
	for (unsigned int v = 1; v <= 100; v++)
		stats_add(&s, v);
	assert_int_equal(stats_percentile(&s, 500), 50);
	assert_int_equal(stats_percentile(&s, 900), 90);
	assert_int_equal(stats_percentile(&s, 990), 99);
	assert_int_equal(stats_percentile(&s, 999), 100);
	assert_true(s.mean == 50.5);
	/* sqrt((100^2 - 1) / 12) */
	assert_true(stats_deviation(&s) > 28.866 && stats_deviation(&s) < 28.867);
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Of every magnitude, with the seed fixed. */
static void within_two_percent_of_the_sorted_list(void **state)
{
	static uint64_t v[20000];
	const size_t n = sizeof(v) / sizeof(v[0]);
	const unsigned int ask[] = { 1, 100, 500, 900, 990, 999, 1000 };
	uint64_t x = 88172645463325252u;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		v[i] = x >> (x & 63);
		stats_add(&s, v[i]);
	}
	qsort(v, n, sizeof(v[0]), by_value);
	assert_int_equal(s.min, v[0]);
	assert_int_equal(s.max, v[n - 1]);
	for (size_t i = 0; i < sizeof(ask) / sizeof(ask[0]); i++) {
		uint64_t got = stats_percentile(&s, ask[i]), want = v[n * ask[i] / 1000 - 1];

		assert_true(got >= want);
		assert_true(got - want <= want / 50);
	}
}

static void extremes_of_the_type(void **state)
{
	(void)state;
	stats_add(&s, 0);
	stats_add(&s, UINT64_MAX);
	assert_int_equal(stats_percentile(&s, 1), 0);
	assert_true(stats_percentile(&s, 999) == UINT64_MAX);
	assert_int_equal(s.min, 0);
	assert_true(s.max == UINT64_MAX);
	assert_true(stats_deviation(&s) > 9.2e18 && stats_deviation(&s) < 9.3e18);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing, setup),
		cmocka_unit_test_setup(one_value, setup),
		cmocka_unit_test_setup(small_values_are_exact, setup),
		cmocka_unit_test_setup(within_two_percent_of_the_sorted_list, setup),
		cmocka_unit_test_setup(extremes_of_the_type, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
