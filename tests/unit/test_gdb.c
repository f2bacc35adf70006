/* SPDX-License-Identifier: BSD-3-Clause */
/* The debugger's way: rings with a peer that lies, the filter of packets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gdb_filter.h"
#include "mica/gdb_ring.h"

static struct {
	uint8_t before[64];
	_Alignas(16) uint8_t ring[MICA_GDB_RING_SIZE];
	uint8_t after[64];
} shared;

static struct mica_gdb_ring writer, reader;

static int make(void **state)
{
	(void)state;
	memset(&shared, 0xee, sizeof(shared));
	mica_gdb_ring_make(shared.ring);
	mica_gdb_ring_take(&writer, shared.ring, true);
	mica_gdb_ring_take(&reader, shared.ring, false);
	return 0;
}

static void put32(unsigned int at, uint32_t value)
{
	memcpy(shared.ring + at, &value, 4);
}

static uint32_t get32(unsigned int at)
{
	uint32_t value;

	memcpy(&value, shared.ring + at, 4);
	return value;
}

static void fences_hold(void)
{
	for (unsigned int i = 0; i < sizeof(shared.before); i++) {
		assert_int_equal(shared.before[i], 0xee);
		assert_int_equal(shared.after[i], 0xee);
	}
}

static void ring_layout(void **state)
{
	(void)state;
	assert_int_equal(get32(8), 0xFF0);
	assert_int_equal(mica_gdb_ring_room(&writer), 0xFF0);
	mica_gdb_ring_write(&writer, "abc", 3);
	assert_int_equal(get32(0), 3);
	assert_int_equal(get32(4), 0);
	assert_memory_equal(shared.ring + 16, "abc", 3);
}

static void ring_goes_round(void **state)
{
	uint8_t out[700], in[700];
	uint32_t sum_in = 0, sum_out = 0;
	bool broken;

	(void)state;
	for (unsigned int round = 0; round < 1000; round++) {
		uint32_t n = 1 + round * 37 % sizeof(out);

		for (uint32_t i = 0; i < n; i++)
			out[i] = (uint8_t)(sum_out + i * 7);
		sum_out += n;
		mica_gdb_ring_write(&writer, out, n);
		assert_true(mica_gdb_ring_any(&reader));
		assert_int_equal(mica_gdb_ring_read(&reader, in, sizeof(in), &broken), n);
		assert_false(broken);
		assert_memory_equal(in, out, n);
		sum_in += n;
	}
	assert_int_equal(get32(0), sum_out);
	assert_int_equal(get32(4), sum_in);
	fences_hold();
}

static void ring_full(void **state)
{
	uint8_t data[MICA_GDB_RING_LEN + 1] = { 1 };
	bool broken;

	(void)state;
	mica_gdb_ring_write(&writer, data, MICA_GDB_RING_LEN);
	assert_int_equal(mica_gdb_ring_room(&writer), 0);
	assert_int_equal(mica_gdb_ring_read(&reader, data, sizeof(data), &broken),
			 MICA_GDB_RING_LEN);
	assert_int_equal(mica_gdb_ring_room(&writer), MICA_GDB_RING_LEN);
	fences_hold();
}

static void ring_with_a_lying_peer(void **state)
{
	static const uint32_t lies[] = { 0xFF1, 0x80000000u, 0xFFFFFFFFu, 0x1000, 0x10FF0 };
	uint8_t data[2 * MICA_GDB_RING_LEN];
	bool broken;

	(void)state;
	for (unsigned int i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		make(NULL);
		put32(0, lies[i]); /* the writer's index */
		assert_int_equal(mica_gdb_ring_read(&reader, data, sizeof(data), &broken), 0);
		assert_true(broken);
		/* It begins anew from there. */
		assert_int_equal(mica_gdb_ring_read(&reader, data, sizeof(data), &broken), 0);
		assert_false(broken);
		make(NULL);
		put32(4, lies[i]); /* the reader's: never more room than the ring has */
		assert_true(mica_gdb_ring_room(&writer) <= MICA_GDB_RING_LEN);
		put32(8, lies[i]); /* the length is nobody's to change */
		put32(4, 0);
		assert_int_equal(mica_gdb_ring_room(&writer), MICA_GDB_RING_LEN);
		fences_hold();
	}
}

static void ring_is_taken_over(void **state)
{
	struct mica_gdb_ring next;
	char text[8];
	bool broken;

	(void)state;
	mica_gdb_ring_write(&writer, "one", 3);
	mica_gdb_ring_take(&next, shared.ring, false);
	assert_int_equal(mica_gdb_ring_read(&next, text, sizeof(text), &broken), 3);
	mica_gdb_ring_take(&next, shared.ring, true);
	mica_gdb_ring_write(&next, "two", 3);
	mica_gdb_ring_take(&reader, shared.ring, false);
	assert_int_equal(mica_gdb_ring_read(&reader, text, sizeof(text), &broken), 3);
	assert_memory_equal(text, "two", 3);
	put32(0, 100000);
	mica_gdb_ring_take(&next, shared.ring, false);
	assert_false(mica_gdb_ring_any(&next));
	fences_hold();
}

/* ---- the filter ---- */

static struct mica_gdb_filter filter;
static char passed[4096];
static size_t n_passed;
static enum mica_gdb_event last;

static void feed(const char *data, size_t len)
{
	memset(&filter, 0, sizeof(filter));
	n_passed = 0;
	last = MICA_GDB_NOTHING;
	for (size_t i = 0; i < len; i++) {
		uint8_t out[MICA_GDB_HELD];
		unsigned int n;
		enum mica_gdb_event e = mica_gdb_from_debugger(&filter, (uint8_t)data[i], out, &n);

		assert_true(n <= sizeof(out));
		memcpy(passed + n_passed, out, n);
		n_passed += n;
		if (e != MICA_GDB_NOTHING)
			last = e;
	}
}

static void check(const char *in, const char *out, enum mica_gdb_event event)
{
	feed(in, strlen(in));
	passed[n_passed] = '\0';
	assert_string_equal(passed, out);
	assert_int_equal(last, event);
}

static void packets_pass(void **state)
{
	static const char *const same[] = { "+$qSupported:a;b#12",
					    "$m0,4#fd",
					    "$#00",
					    "$v#76",
					    "$vR#c8",
					    "$vRu#3d",
					    "$vRux;#00",
					    "$vCont;c#a8",
					    "$Rz#cc",
					    "$vRunny#00",
					    "$X0,1:}\x03#00",
					    "--+$?#3f" };

	(void)state;
	for (unsigned int i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		check(same[i], same[i], MICA_GDB_PACKET);
	assert_int_equal(filter.at, GDB_BETWEEN);
}

static void restarts_are_taken(void **state)
{
	(void)state;
	check("$vRun;2f#00", "", MICA_GDB_RUN);
	check("$vRun#00", "", MICA_GDB_RUN);
	check("+$R00#b2", "+", MICA_GDB_RESTART);
	check("$R#52", "", MICA_GDB_RESTART);
	check("$vRun;#00$m0,1#fa", "$m0,1#fa", MICA_GDB_PACKET);
}

static void ctrl_c_is_no_data(void **state)
{
	(void)state;
	check("\x03", "", MICA_GDB_INTERRUPTED);
	check("+\x03", "+", MICA_GDB_INTERRUPTED);
	check("$X0,1:\x03", "$X0,1:\x03", MICA_GDB_NOTHING);
	check("$c#63", "$c#63", MICA_GDB_PACKET);
	assert_true(filter.resumes);
	check("$g#67", "$g#67", MICA_GDB_PACKET);
	assert_false(filter.resumes);
}

static void anything_goes_in(void **state)
{
	char junk[2000];
	uint32_t seed = 1;

	(void)state;
	for (unsigned int round = 0; round < 500; round++) {
		for (unsigned int i = 0; i < sizeof(junk); i++) {
			seed = seed * 1664525u + 1013904223u;
			junk[i] = "$#vRun;+\x03}a0cgk"[seed >> 24 & 15];
		}
		feed(junk, sizeof(junk));
		assert_true(n_passed <= sizeof(junk));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(ring_layout, make),
		cmocka_unit_test_setup(ring_goes_round, make),
		cmocka_unit_test_setup(ring_full, make),
		cmocka_unit_test_setup(ring_with_a_lying_peer, make),
		cmocka_unit_test_setup(ring_is_taken_over, make),
		cmocka_unit_test(packets_pass),
		cmocka_unit_test(restarts_are_taken),
		cmocka_unit_test(ctrl_c_is_no_data),
		cmocka_unit_test(anything_goes_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
