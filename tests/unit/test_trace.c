/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading logs out of memory that somebody else writes, and keeping them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "mica/abi.h"
#include "trace.h"

#define RING_BYTES 1024u

static struct {
	char text[8192];
	uint64_t lost;
	unsigned int lines;
} got;

static void take(void *arg, struct mica_trace *t, int level, uint32_t pos, const char *text,
		 size_t len, uint32_t lost)
{
	(void)arg;
	(void)t;
	(void)pos;
	assert_in_range(level, 0, 7);
	assert_true(len <= MICA_BOOK_TEXT);
	got.lost += lost;
	got.lines += len != 0;
	if (strlen(got.text) + len + 2 < sizeof(got.text)) {
		strncat(got.text, text, len);
		if (len && text[len - 1] != '\n')
			strcat(got.text, "\n");
	}
}

static void reset(void)
{
	memset(&got, 0, sizeof(got));
}

static union {
	struct mica_log_ring ring;
	uint8_t bytes[sizeof(struct mica_log_ring) + RING_BYTES];
} mem;

static void client_writes(const char *line)
{
	for (const char *p = line; *p; p++)
		mem.ring.data[mem.ring.head++ % RING_BYTES] = (uint8_t)*p;
}

static void ring_lines(void **state)
{
	struct mica_trace t = { 0 };

	(void)state;
	memset(&mem, 0xa5, sizeof(mem));
	mica_trace_open_ring(&t, mem.bytes, sizeof(mem.bytes), true, 0);
	assert_int_equal(mem.ring.head, 0);
	reset();
	client_writes("<3>one\n<6>two\nno level\n");
	assert_false(mica_trace_look(&t, MICA_LOOK_LINES, take, NULL));
	assert_string_equal(got.text, "one\ntwo\nno level\n");
	assert_int_equal(mem.ring.seen, mem.ring.head);
	/* A later process begins where the kept lines end. */
	mica_trace_open_ring(&t, mem.bytes, sizeof(mem.bytes), false, mem.ring.head);
	reset();
	client_writes("<6>three\n");
	mica_trace_look(&t, MICA_LOOK_LINES, take, NULL);
	assert_string_equal(got.text, "three\n");
	assert_int_equal(got.lost, 0);
}

static void ring_overrun_is_counted(void **state)
{
	struct mica_trace t = { 0 };
	char line[32];
	uint32_t total = 0;

	(void)state;
	mica_trace_open_ring(&t, mem.bytes, sizeof(mem.bytes), true, 0);
	reset();
	for (int i = 0; i < 300; i++) {
		snprintf(line, sizeof(line), "<6>line %d\n", i);
		client_writes(line);
		total += (uint32_t)strlen(line);
	}
	mica_trace_look(&t, MICA_LOOK_LINES, take, NULL);
	assert_non_null(strstr(got.text, "line 299\n"));
	assert_true(got.lost > 0);
	/* Each line lost its level. */
	assert_int_equal(got.lost + strlen(got.text) + 3 * (uint64_t)got.lines, total);
}

static void ring_counter_wraps(void **state)
{
	struct mica_trace t = { 0 };

	(void)state;
	mica_trace_open_ring(&t, mem.bytes, sizeof(mem.bytes), true, 0);
	mem.ring.head = UINT32_MAX - 5;
	t.pos = mem.ring.head;
	reset();
	client_writes("<6>over the edge\n");
	mica_trace_look(&t, MICA_LOOK_LINES, take, NULL);
	assert_string_equal(got.text, "over the edge\n");
}

/* Whatever is there: bounded work, nothing outside. */
static void ring_hostile(void **state)
{
	struct mica_trace t = { 0 };

	(void)state;
	srand(1);
	mica_trace_open_ring(&t, mem.bytes, sizeof(mem.bytes), true, 0);
	for (int i = 0; i < 20000; i++) {
		for (size_t k = 0; k < sizeof(mem.bytes); k += 1 + (size_t)rand() % 97)
			mem.bytes[k] = (uint8_t)rand();
		mem.ring.head = (uint32_t)rand() * 3u;
		reset();
		mica_trace_look(&t, (enum mica_trace_look)(rand() % 3), take, NULL);
		assert_true(got.lines <= MICA_TRACE_BUDGET);
		assert_true(mem.ring.head - t.pos <= RING_BYTES);
	}
}

static char dir[] = "/tmp/mica-trace-XXXXXX";
static char file[64];

static void plain_hostile(void **state)
{
	static uint8_t buf[777];
	struct mica_trace t = { 0 };

	(void)state;
	srand(2);
	assert_int_equal(mica_trace_open_plain(&t, buf, sizeof(buf), file, true, 0), 0);
	for (int i = 0; i < 5000; i++) {
		for (size_t k = (size_t)rand() % sizeof(buf); k < sizeof(buf); k += 1 + k % 13)
			buf[k] = (uint8_t)(rand() % 20 ? rand() : '\n');
		reset();
		mica_trace_look(&t, (enum mica_trace_look)(rand() % 3), take, NULL);
		assert_true(t.pos < sizeof(buf));
	}
	mica_trace_close(&t);
	/* Places that cannot be, from a damaged file. */
	assert_int_equal(mica_trace_open_plain(&t, buf, sizeof(buf), file, false, 4000000000u), 0);
	assert_int_equal(t.pos, 0);
	mica_trace_close(&t);
}

/* Linear writers start over at the front. */
static void plain_from_the_front(void **state)
{
	static uint8_t buf[64];
	struct mica_trace t = { 0 };

	(void)state;
	assert_int_equal(mica_trace_open_plain(&t, buf, sizeof(buf), file, true, 0), 0);
	strcpy((char *)buf, "first\nsecond\n");
	reset();
	mica_trace_look(&t, MICA_LOOK_LINES, take, NULL);
	memset(buf, 0, sizeof(buf));
	strcpy((char *)buf, "again\nhalf");
	mica_trace_look(&t, MICA_LOOK_LINES, take, NULL);
	assert_string_equal(got.text, "first\nsecond\nagain\n");
	mica_trace_look(&t, MICA_LOOK_ALL, take, NULL);
	assert_string_equal(got.text, "first\nsecond\nagain\nhalf\n");
	mica_trace_close(&t);
}

static void keep(void *arg, const struct mica_log_line *line)
{
	(void)arg;
	strcat(got.text, line->text);
	strcat(got.text, "\n");
	got.lines++;
}

static void book(void **state)
{
	struct mica_book *b = mica_book_new(dir);
	struct mica_log_line line;
	static const char dirty[] = "a\x1b[1;31mb\x1b[0m\tc\x07 \xc3\xa4\xff\xc2\x80 \r\n";

	(void)state;
	reset();
	mica_book_begin(b);
	assert_true(mica_book_add(b, "log", 4, 77, dirty, sizeof(dirty) - 1, &line));
	assert_string_equal(line.text, "ab c? \xc3\xa4???");
	assert_false(mica_book_add(b, "log", 4, 99, "\x1b[2J\r\n", 6, &line));
	mica_book_free(b);
	b = mica_book_new(dir);
	mica_book_restore(b);
	mica_book_each(b, 0, keep, NULL);
	assert_string_equal(got.text, "ab c? \xc3\xa4???\n");
	assert_int_equal(mica_book_pos(b, "log"), 77);
	mica_book_begin(b);
	assert_int_equal(mica_book_pos(b, "log"), 0);
	for (int i = 0; i < 5000; i++)
		mica_book_add(b, "log", 6, 0, "0123456789 0123456789 0123456789", 32, &line);
	reset();
	mica_book_each(b, 3, keep, NULL);
	assert_int_equal(got.lines, 3);
	mica_book_free(b);
}

static int make_dir(void **state)
{
	(void)state;
	snprintf(file, sizeof(file), "%s/trace-0", mkdtemp(dir));
	return 0;
}

static int remove_dir(void **state)
{
	static const char *const names[] = { "trace-0", "log", "log.1" };
	char path[80];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ring_lines),
		cmocka_unit_test(ring_overrun_is_counted),
		cmocka_unit_test(ring_counter_wraps),
		cmocka_unit_test(ring_hostile),
		cmocka_unit_test(plain_hostile),
		cmocka_unit_test(plain_from_the_front),
		cmocka_unit_test(book),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
