/* SPDX-License-Identifier: BSD-3-Clause */
/* Backlog of a tty: order kept, the oldest bytes go first, and how many went is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "backlog.h"

static uint8_t byte_at(size_t i)
{
	return (uint8_t)(i * 31 + (i >> 8));
}

/* Put bytes number from ... from + n - 1 of the stream, in pieces of `piece`. */
static size_t put(struct mica_backlog *b, size_t from, size_t n, size_t piece)
{
	uint8_t buf[4096];
	size_t lost = 0;

	for (size_t done = 0; done < n;) {
		size_t k = n - done < piece ? n - done : piece;

		for (size_t i = 0; i < k; i++)
			buf[i] = byte_at(from + done + i);
		lost += mica_backlog_put(b, buf, k);
		done += k;
	}
	return lost;
}

static size_t check_rest(struct mica_backlog *b, size_t from)
{
	const uint8_t *p;
	size_t len, total = 0;

	while ((p = mica_backlog_peek(b, &len))) {
		size_t k = len > 100 ? 100 : len;

		for (size_t i = 0; i < k; i++)
			assert_int_equal(p[i], byte_at(from + total + i));
		mica_backlog_take(b, k);
		total += k;
	}
	return total;
}

static void in_order(void **state)
{
	struct mica_backlog b = { 0 };
	size_t len;

	(void)state;
	assert_null(mica_backlog_peek(&b, &len));
	assert_int_equal(len, 0);
	assert_int_equal(put(&b, 0, 10000, 495), 0);
	assert_int_equal(check_rest(&b, 0), 10000);
	assert_int_equal(b.used, 0);
	/* Many times round the end. */
	for (size_t at = 0, i = 0; i < 50; i++, at += 7777) {
		assert_int_equal(put(&b, at, 7777, 333), 0);
		assert_int_equal(check_rest(&b, at), 7777);
	}
	mica_backlog_free(&b);
}

static void oldest_go(void **state)
{
	struct mica_backlog b = { 0 };

	(void)state;
	assert_int_equal(put(&b, 0, MICA_BACKLOG_SIZE, 4096), 0);
	assert_int_equal(put(&b, MICA_BACKLOG_SIZE, 1000, 77), 1000);
	assert_int_equal(b.used, MICA_BACKLOG_SIZE);
	assert_int_equal(check_rest(&b, 1000), MICA_BACKLOG_SIZE);
	mica_backlog_free(&b);
}

static void one_huge_message(void **state)
{
	static uint8_t big[MICA_BACKLOG_SIZE + 5];
	struct mica_backlog b = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = byte_at(i);
	assert_int_equal(mica_backlog_put(&b, "abc", 3), 0);
	assert_int_equal(mica_backlog_put(&b, big, sizeof(big)), 5 + 3);
	assert_int_equal(check_rest(&b, 5), MICA_BACKLOG_SIZE);
	mica_backlog_take(&b, 100); /* more than there is */
	assert_int_equal(b.used, 0);
	mica_backlog_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order),
		cmocka_unit_test(oldest_go),
		cmocka_unit_test(one_huge_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
