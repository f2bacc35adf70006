/* SPDX-License-Identifier: BSD-3-Clause */
/* When a client is restarted: arithmetic with a clock of our own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "restart_policy.h"

#define SEC 1000000ull

static struct mica_config config(enum mica_restart restart)
{
	struct mica_config cfg;

	mica_config_defaults(&cfg);
	cfg.restart = restart;
	return cfg;
}

static void which_ends_count(void **state)
{
	struct mica_config no = config(MICA_RESTART_NO), failure = config(MICA_RESTART_ON_FAILURE),
			   always = config(MICA_RESTART_ALWAYS);
	struct restart_counts n = { 0 };
	uint32_t ms;

	(void)state;
	assert_int_equal(restart_decide(&no, &n, true, SEC, SEC, &ms), RESTART_NO);
	assert_int_equal(restart_decide(&failure, &n, false, SEC, SEC, &ms), RESTART_NO);
	assert_int_equal(n.restarts, 0);
	assert_int_equal(restart_decide(&failure, &n, true, SEC, SEC, &ms), RESTART_LATER);
	assert_int_equal(restart_decide(&always, &n, false, SEC, SEC, &ms), RESTART_LATER);
	assert_int_equal(restart_decide(&always, &n, true, SEC, SEC, &ms), RESTART_LATER);
	assert_int_equal(n.restarts, 3);
}

static void delay_doubles(void **state)
{
	static const uint32_t want[] = { 100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000 };
	struct mica_config cfg = config(MICA_RESTART_ALWAYS);
	struct restart_counts n = { 0 };
	uint64_t now = SEC;
	uint32_t ms;

	(void)state;
	cfg.restart_max_ms = 5000;
	cfg.start_limit_burst = 0;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		/* It runs for a second each time: that is not long enough. */
		assert_int_equal(restart_decide(&cfg, &n, true, now, now + SEC, &ms),
				 RESTART_LATER);
		assert_int_equal(ms, want[i]);
		now += SEC + ms * 1000ull;
	}
	/* One microsecond less than StartLimitIntervalSec, then exactly that. */
	assert_int_equal(restart_decide(&cfg, &n, true, now, now + 10 * SEC - 1, &ms),
			 RESTART_LATER);
	assert_int_equal(ms, 5000);
	assert_int_equal(restart_decide(&cfg, &n, true, now, now + 10 * SEC, &ms), RESTART_LATER);
	assert_int_equal(ms, 100);
	/* A start that failed never ran. */
	assert_int_equal(restart_decide(&cfg, &n, true, 0, now + 100 * SEC, &ms), RESTART_LATER);
	assert_int_equal(ms, 200);
}

static void delay_at_its_limits(void **state)
{
	struct mica_config cfg = config(MICA_RESTART_ALWAYS);
	struct restart_counts n = { 0 };
	uint32_t ms;

	(void)state;
	cfg.start_limit_ms = 0;
	cfg.restart_ms = 2000;
	cfg.restart_max_ms = 500; /* does not shorten the first */
	for (int i = 0; i < 100; i++) {
		assert_int_equal(restart_decide(&cfg, &n, true, 0, SEC, &ms), RESTART_LATER);
		assert_int_equal(ms, 2000);
	}
	cfg.restart_ms = 0;
	assert_int_equal(restart_decide(&cfg, &n, true, 0, SEC, &ms), RESTART_LATER);
	assert_int_equal(ms, 0);
	/* The largest values of mica.conf(5) do not overflow. */
	cfg.restart_ms = 3600000;
	cfg.restart_max_ms = 24 * 3600000u;
	assert_int_equal(restart_decide(&cfg, &n, true, 0, SEC, &ms), RESTART_LATER);
	assert_int_equal(ms, 24 * 3600000u);
	/* Without an interval: well after RestartMaxDelaySec. */
	cfg.restart_ms = 100;
	cfg.restart_max_ms = 1000;
	assert_int_equal(restart_decide(&cfg, &n, true, SEC, 2 * SEC - 1, &ms), RESTART_LATER);
	assert_int_equal(ms, 1000);
	assert_int_equal(restart_decide(&cfg, &n, true, SEC, 2 * SEC, &ms), RESTART_LATER);
	assert_int_equal(ms, 100);
}

static void limit(void **state)
{
	struct mica_config cfg = config(MICA_RESTART_ON_FAILURE);
	struct restart_counts n = { 0 };
	uint32_t ms;

	(void)state;
	for (uint64_t i = 0; i < 5; i++)
		assert_int_equal(restart_decide(&cfg, &n, true, 0, (1 + i) * SEC, &ms),
				 RESTART_LATER);
	assert_int_equal(restart_decide(&cfg, &n, true, 0, 11 * SEC - 1, &ms), RESTART_LIMIT);
	assert_int_equal(n.restarts, 5);
	/* The interval is over: five more. */
	for (uint64_t i = 0; i < 5; i++)
		assert_int_equal(restart_decide(&cfg, &n, true, 0, (11 + i) * SEC, &ms),
				 RESTART_LATER);
	assert_int_equal(restart_decide(&cfg, &n, true, 0, 16 * SEC, &ms), RESTART_LIMIT);
	/* No limit. */
	cfg.start_limit_burst = 0;
	assert_int_equal(restart_decide(&cfg, &n, true, 0, 16 * SEC, &ms), RESTART_LATER);
	cfg.start_limit_burst = 5;
	cfg.start_limit_ms = 0;
	assert_int_equal(restart_decide(&cfg, &n, true, 0, 16 * SEC, &ms), RESTART_LATER);
	/* A clock that went back, as a damaged file may have it, begins a new interval. */
	cfg.start_limit_ms = 10000;
	n.window_us = UINT64_MAX;
	assert_int_equal(restart_decide(&cfg, &n, true, 0, 17 * SEC, &ms), RESTART_LATER);
	assert_int_equal(n.in_window, 1);
}

static void spans_as_text(void **state)
{
	char text[32];

	(void)state;
	restart_seconds(0, text);
	assert_string_equal(text, "0 s");
	restart_seconds(2000, text);
	assert_string_equal(text, "2 s");
	restart_seconds(1600, text);
	assert_string_equal(text, "1.6 s");
	restart_seconds(50, text);
	assert_string_equal(text, "0.05 s");
	restart_seconds(10001, text);
	assert_string_equal(text, "10.001 s");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(which_ends_count),    cmocka_unit_test(delay_doubles),
		cmocka_unit_test(delay_at_its_limits), cmocka_unit_test(limit),
		cmocka_unit_test(spans_as_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
