/* SPDX-License-Identifier: BSD-3-Clause */
/* The writer of the OpenMetrics text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "openmetrics.h"

static void families_and_samples(void **state)
{
	struct openmetrics m = { 0 };
	char *text;

	(void)state;
	openmetrics_family(&m, "a_bytes", "counter", "bytes", "Bytes.");
	openmetrics_int(&m, "a_bytes_total", LABELS("c", "x", "d", "in"), UINT64_MAX);
	openmetrics_family(&m, "b", "gauge", "", "B.");
	openmetrics_int(&m, "b", LABELS(NULL), 0);
	openmetrics_milli(&m, "b", LABELS("k", ""), 12034);
	text = openmetrics_end(&m);
	assert_string_equal(text, "# TYPE a_bytes counter\n# UNIT a_bytes bytes\n"
				  "# HELP a_bytes Bytes.\n"
				  "a_bytes_total{c=\"x\",d=\"in\"} 18446744073709551615\n"
				  "# TYPE b gauge\n# HELP b B.\nb 0\nb{k=\"\"} 12.034\n# EOF\n");
	free(text);
}

static void any_bytes_in_values(void **state)
{
	struct openmetrics m = { 0 };
	char *text;

	(void)state;
	openmetrics_int(&m, "n", LABELS("e", "a\"b\\c\nd\x7f\xff} 1"), 1);
	text = openmetrics_end(&m);
	assert_string_equal(text, "n{e=\"a\\\"b\\\\x5cc\\\\x0ad\\\\x7f\\\\xff} 1\"} 1\n# EOF\n");
	free(text);
}

static void of_any_length(void **state)
{
	struct openmetrics m = { 0 };
	char long_value[3000], *text, *at;
	unsigned int n = 0;

	(void)state;
	memset(long_value, 'v', sizeof(long_value) - 1);
	long_value[sizeof(long_value) - 1] = '\0';
	for (unsigned int i = 0; i < 100; i++)
		openmetrics_int(&m, "n", LABELS("e", long_value), i);
	text = openmetrics_end(&m);
	assert_non_null(text);
	for (at = text; !strncmp(at, "n{e=\"", 5); n++) {
		char end[16];

		assert_int_equal(strspn(at + 5, "v"), sizeof(long_value) - 1);
		at += 5 + sizeof(long_value) - 1;
		snprintf(end, sizeof(end), "\"} %u\n", n);
		assert_memory_equal(at, end, strlen(end));
		at += strlen(end);
	}
	assert_int_equal(n, 100);
	assert_string_equal(at, "# EOF\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(families_and_samples),
		cmocka_unit_test(any_bytes_in_values),
		cmocka_unit_test(of_any_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
