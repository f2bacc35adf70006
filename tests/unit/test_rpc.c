/* SPDX-License-Identifier: BSD-3-Clause */
/* rpc: failures in the layout of each call, flags of architectures, formats of clients. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "call.h"
#include "flags.h"
#include "rpc_reply.h"
#include "scan.h"

enum kind { NONE, RET32, RET64, NUL, FLAG, WIDE, OTHER };

struct want {
	uint32_t id;
	enum kind kind;
	size_t len;
};

/* Each id of the interface once. */
static const struct want calls[] = {
	{ 1, RET32, 20 },    { 2, RET32, 20 },	  { 3, RET64, 24 },    { 4, RET64, 24 },
	{ 5, RET64, 24 },    { 6, RET32, 20 },	  { 7, RET32, 32 },    { 8, RET32, 20 },
	{ 9, OTHER, 28 },    { 10, NUL, 24 },	  { 11, RET32, 20 },   { 12, NUL, 24 },
	{ 13, NUL, 24 },     { 14, NUL, 24 },	  { 15, RET32, 20 },   { 16, FLAG, 452 },
	{ 17, RET32, 20 },   { 18, NONE, 0 },	  { 19, RET32, 20 },   { 20, RET32, 20 },
	{ 21, RET32, 20 },   { 22, RET32, 20 },	  { 23, NUL, 24 },     { 24, NONE, 0 },
	{ 25, NUL, 24 },     { 26, RET32, 20 },	  { 27, RET32, 20 },   { 28, RET64, 24 },
	{ 29, RET32, 20 },   { 30, RET32, 20 },	  { 31, RET32, 20 },   { 32, RET32, 20 },
	{ 33, RET64, 24 },   { 34, RET32, 20 },	  { 35, WIDE, 20 },    { 36, WIDE, 20 },
	{ 37, RET32, 20 },   { 38, WIDE, 20 },	  { 39, RET32, 144 },  { 40, FLAG, 496 },
	{ 41, RET32, 144 },  { 42, RET32, 144 },  { 43, RET64, 24 },   { 44, RET64, 24 },
	{ 45, NUL, 24 },     { 46, RET32, 20 },	  { 47, RET64, 24 },   { 48, RET32, 20 },
	{ 49, RET32, 20 },   { 50, RET64, 32 },	  { 51, RET32, 20 },   { 52, RET32, 20 },
	{ 53, RET32, 20 },   { 54, RET32, 20 },	  { 55, RET32, 20 },   { 56, RET32, 20 },
	{ 57, RET64, 32 },   { 100, NONE, 0 },	  { 101, OTHER, 32 },  { 102, NUL, 24 },
	{ 103, NUL, 24 },    { 104, RET32, 276 }, { 105, RET32, 24 },  { 106, RET32, 24 },
	{ 107, RET32, 24 },  { 108, RET32, 24 },  { 109, OTHER, 424 }, { 110, RET32, 24 },
	{ 111, RET32, 20 },  { 112, RET32, 20 },  { 113, RET32, 20 },  { 114, RET64, 24 },
	{ 115, OTHER, 160 }, { 116, RET64, 24 },  { 117, RET64, 24 },  { 118, RET32, 20 },
	{ 119, RET32, 20 },  { 120, RET32, 20 },  { 121, NUL, 28 },    { 122, RET32, 20 },
	{ 123, FLAG, 452 },  { 124, RET32, 24 },  { 125, RET64, 24 },  { 300, NONE, 0 },
	{ 99, RET64, 24 },   { 126, RET64, 24 },  { 299, RET64, 24 },
};

static void check_result(const struct want *w, uint8_t *reply)
{
	static const uint8_t zero[MICA_RPC_MESSAGE];

	switch (w->kind) {
	case RET64:
		assert_true((int64_t)mica_rpc_get64(reply, 16) == -1);
		mica_rpc_put64(reply, 16, 0);
		break;
	case RET32:
	case WIDE:
		assert_int_equal((int32_t)mica_rpc_get32(reply, 16), -1);
		mica_rpc_put32(reply, 16, 0);
		break;
	case FLAG:
		assert_int_equal(mica_rpc_get32(reply, 16), 1);
		mica_rpc_put32(reply, 16, 0);
		break;
	default:
		break;
	}
	/* getdents64 and recvfrom: -1 behind a length; select at its end; getaddrinfo a code. */
	if (w->id == 9 || w->id == 115)
		assert_int_equal((int32_t)mica_rpc_get32(reply, 24), -1);
	else if (w->id == 109)
		assert_int_equal((int32_t)mica_rpc_get32(reply, 416), -1);
	else if (w->id == 101)
		assert_int_equal((int32_t)mica_rpc_get32(reply, 20), -4);
	else
		assert_memory_equal(reply + 16, zero, MICA_RPC_MESSAGE - 16);
}

static void each_call_fails_in_its_own_layout(void **state)
{
	uint8_t reply[MICA_RPC_MESSAGE];

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		const struct want *w = &calls[i];

		memset(reply, 0xa5, sizeof(reply));
		assert_int_equal(mica_rpc_fail(w->id, 0x12345678, 13, reply), w->len);
		assert_int_equal(mica_rpc_reply_min(w->id), w->len);
		assert_int_equal(mica_rpc_has_reply(w->id), w->kind != NONE);
		if (w->kind == NONE)
			continue;
		assert_int_equal(mica_rpc_get32(reply, 0), w->id);
		assert_int_equal(mica_rpc_get32(reply, 4), 0);
		assert_int_equal(mica_rpc_get32(reply, 8), 0x12345678);
		assert_int_equal(mica_rpc_get32(reply, 12), 13);
		check_result(w, reply);
	}
}

/* Clients drop replies under ids they do not know: the caller would wait for ever. */
static void foreign_ids_get_an_answer_that_is_taken(void **state)
{
	static const uint32_t ids[] = { 0, 301, 5000, UINT32_MAX };
	uint8_t reply[MICA_RPC_MESSAGE];

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		assert_int_equal(mica_rpc_fail(ids[i], 7, ENOSYS, reply), 24);
		assert_in_range(mica_rpc_get32(reply, 0), 1, 300);
		assert_int_equal(mica_rpc_get32(reply, 8), 7);
	}
}

static void flags_of_each_architecture(void **state)
{
	static const struct {
		unsigned int machine;
		uint32_t directory, nofollow, direct, tmpfile;
	} want[] = {
		{ EM_AARCH64, 040000, 0100000, 0200000, 020040000 },
		{ EM_X86_64, 0200000, 0400000, 040000, 020200000 },
		{ EM_RISCV, 0200000, 0400000, 040000, 020200000 },
		{ 0, O_DIRECTORY, O_NOFOLLOW, O_DIRECT, O_TMPFILE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		flags_init(want[i].machine);
		assert_int_equal(flags_from_client(want[i].directory), O_DIRECTORY);
		assert_int_equal(flags_from_client(want[i].nofollow), O_NOFOLLOW);
		assert_int_equal(flags_from_client(want[i].direct), O_DIRECT);
		assert_int_equal(flags_from_client(want[i].tmpfile), O_TMPFILE);
		assert_int_equal(flags_to_client(O_DIRECTORY | O_RDWR), want[i].directory | 2);
		assert_int_equal(flags_to_client(O_NOFOLLOW), want[i].nofollow);
		assert_int_equal(flags_to_client(O_DIRECT), want[i].direct);
		assert_int_equal(flags_from_client(0100 | 0200 | 01000 | 02000 | 04000 | 2),
				 O_CREAT | O_EXCL | O_TRUNC | O_APPEND | O_NONBLOCK | O_RDWR);
	}
}

static void formats(void **state)
{
	static const char *const good[] = { "",	       "%d",  " %lld x", "%%%i", "%*d%hhx", "%8c",
					    "%7[a-z]", "%lf", "%*s%u",	 "%7s",	 "text",    "%n" };
	static const char *const bad[] = { "%s",  "%8s",  "%d%d",  "%9c",	  "%Lf",
					   "%ms", "%[a",  "%ls",   "%p",	  "%",
					   "%m",  "%[a]", "%7s%n", "%4294967300s" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(scan_format_is_safe(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(scan_format_is_safe(bad[i]));
}

/* Every known call, cut at every length: an answer of its own layout, or none, and nothing read
 * behind what came. */
static void short_requests(void **state)
{
	static struct call c;

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		for (size_t len = 0; len < 16; len++) {
			memset(&c, 0xff, sizeof(c));
			mica_rpc_put64(c.req, 0, calls[i].id);
			if (!call_begin(&c, len)) {
				assert_true(len < 12);
				continue;
			}
			if (!call_is_quick(&c) || calls[i].kind == NONE)
				continue;
			call_run(&c);
			assert_true(c.reply_len >= 20 && c.reply_len <= MICA_RPC_MESSAGE);
			assert_int_equal(mica_rpc_get32(c.reply, 0), calls[i].id);
			assert_int_equal(mica_rpc_get32(c.reply, 8), UINT32_MAX);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_call_fails_in_its_own_layout),
		cmocka_unit_test(foreign_ids_get_an_answer_that_is_taken),
		cmocka_unit_test(flags_of_each_architecture),
		cmocka_unit_test(formats),
		cmocka_unit_test(short_requests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
