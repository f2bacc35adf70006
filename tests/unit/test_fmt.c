/* SPDX-License-Identifier: BSD-3-Clause */
/* The client SDK's formatted text says what the C library's says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../client/sdk/fmt.h"

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static void same(const char *format, ...)
{
	char ours[200], theirs[200];
	va_list args;
	size_t n;

	va_start(args, format);
	n = fmt_v(ours, sizeof(ours), format, args);
	va_end(args);
	va_start(args, format);
	vsnprintf(theirs, sizeof(theirs), format, args);
	va_end(args);
	assert_string_equal(ours, theirs);
	assert_int_equal(n, strlen(theirs));
}

static void numbers(void **state)
{
	static const char *const shapes[] = { "%d",  "%5d",   "%-5d|", "%05d",	  "%+d",
					      "% d", "%.3d",  "%6.3d", "%-6.3d|", "%x",
					      "%#x", "%#08x", "%X",    "%#X",	  "%o",
					      "%#o", "%.0d",  "%+.0d", "%u",	  "%8u|",
					      "%hd", "%hhd",  "%hu",   "%hhx",	  "%#.5o",
					      "%i",  "%+05d", "%#.0o", "%06.2d" };
	static const int values[] = { 0, 1, -1, 7, 42, -42, 12345, 70000, INT32_MAX, INT32_MIN };

	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		for (size_t j = 0; j < sizeof(values) / sizeof(values[0]); j++)
			same(shapes[i], values[j]);
	}
	same("%lld %llu %lx %zu %jd %td", (long long)INT64_MIN, UINT64_MAX, ~0ul, (size_t)9,
	     (intmax_t)-3, (ptrdiff_t)-4);
	same("%*d|%-*d|%.*d|%*d", 6, 1, 6, 2, 4, 3, -6, 4);
	same("%.*d", -1, 5);
	same("%p", (void *)0x1234);
}

static void text(void **state)
{
	char small[4];

	(void)state;
	same("%s|%5s|%-5s|%.2s|%5.2s|%c|%3c|%-3c|%%", "abc", "abc", "abc", "abc", "abc", 'x', 'y',
	     'z');
	same("%s %d %s", "", 0, "end");
	assert_int_equal(fmt(small, sizeof(small), "%s", "longer"), 3);
	assert_string_equal(small, "lon");
	assert_int_equal(fmt(small, 1, "%d", 12), 0);
	assert_string_equal(small, "");
}

static size_t make(char *out, size_t size, const char *format, ...)
{
	va_list args;
	size_t n;

	va_start(args, format);
	n = fmt_v(out, size, format, args);
	va_end(args);
	return n;
}

/* What it does not know ends the text, visibly. */
static void unknown(void **state)
{
	char out[32];

	(void)state;
	assert_int_equal(make(out, sizeof(out), "a %d %f b", 1, 2.0), 5);
	assert_string_equal(out, "a 1 ?");
	make(out, sizeof(out), "end %");
	assert_string_equal(out, "end ?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(text),
		cmocka_unit_test(unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
