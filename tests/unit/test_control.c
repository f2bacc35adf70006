/* SPDX-License-Identifier: BSD-3-Clause */
/* Control protocol without a daemon: framing, calls, replies, rights by group file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "access.h"
#include "frame.h"
#include "message.h"
#include "mica/control.h"
#include "mica/group.h"

static void feed(struct frame *f, const char *data, size_t len)
{
	while (len) {
		size_t room, n;
		char *p = frame_room(f, &room);

		assert_true(room > 0);
		n = len < room ? len : room;
		memcpy(p, data, n);
		frame_filled(f, n);
		data += n;
		len -= n;
	}
}

static void frame_splits(void **state)
{
	struct frame f = { 0 };
	size_t len;

	(void)state;
	assert_null(frame_take(&f, &len));
	feed(&f, "one", 3);
	assert_null(frame_take(&f, &len));
	feed(&f, "\0\0three\0fo", 10);
	assert_string_equal(frame_take(&f, &len), "one");
	assert_int_equal(len, 3);
	assert_string_equal(frame_take(&f, &len), "");
	assert_int_equal(len, 0);
	assert_true(frame_ready(&f));
	assert_string_equal(frame_take(&f, &len), "three");
	assert_false(frame_ready(&f));
	assert_null(frame_take(&f, &len));
	feed(&f, "ur\0", 3);
	assert_string_equal(frame_take(&f, &len), "four");
	frame_free(&f);
}

/* Byte by byte, and never more room than the limit. */
static void frame_is_bounded(void **state)
{
	struct frame f = { 0 };
	size_t room, total = 0, len;

	(void)state;
	feed(&f, "x\0", 2);
	assert_string_equal(frame_take(&f, &len), "x");
	for (;;) {
		char *p = frame_room(&f, &room);

		if (!room)
			break;
		memset(p, 'a', room);
		frame_filled(&f, room);
		total += room;
		assert_null(frame_take(&f, &len));
		assert_true(total <= MICA_CONTROL_MESSAGE);
	}
	assert_int_equal(total, MICA_CONTROL_MESSAGE);
	frame_free(&f);
}

static void frame_takes_largest(void **state)
{
	char *big = malloc(MICA_CONTROL_MESSAGE);
	struct frame f = { 0 };
	size_t len;

	(void)state;
	memset(big, 'b', MICA_CONTROL_MESSAGE);
	big[MICA_CONTROL_MESSAGE - 1] = '\0';
	for (int i = 0; i < 3; i++) {
		feed(&f, big, MICA_CONTROL_MESSAGE);
		assert_non_null(frame_take(&f, &len));
		assert_int_equal(len, MICA_CONTROL_MESSAGE - 1);
	}
	frame_free(&f);
	free(big);
}

static int parse(const char *text, struct call *call, struct mica_error *err)
{
	return call_parse(text, strlen(text), call, err);
}

static void call_is_read(void **state)
{
	static const char *const names[] = { "name", "n", "b", "z", "u", NULL };
	static const char *const fewer[] = { "name", "n", NULL };
	struct mica_error err;
	struct call call;
	const char *s = "kept";
	int64_t n = 7;
	bool b = false;

	(void)state;
	assert_int_equal(parse("{\"method\":\"a.b.C\",\"parameters\":{\"name\":\"x\",\"n\":-5,"
			       "\"b\":true,\"z\":null,\"u\":\"a\\u0000b\"},\"more\":true}",
			       &call, &err),
			 0);
	assert_string_equal(call.method, "a.b.C");
	assert_true(call.more);
	assert_false(call.oneway);
	assert_int_equal(call_string(&call, "absent", &s), 0);
	assert_int_equal(call_string(&call, "z", &s), 0);
	assert_string_equal(s, "kept");
	assert_int_equal(call_string(&call, "n", &s), -1);
	assert_int_equal(call_string(&call, "u", &s), -1);
	assert_int_equal(call_string(&call, "name", &s), 1);
	assert_string_equal(s, "x");
	assert_int_equal(call_int(&call, "name", &n), -1);
	assert_int_equal(call_int(&call, "n", &n), 1);
	assert_int_equal(n, -5);
	assert_int_equal(call_bool(&call, "n", &b), -1);
	assert_int_equal(call_bool(&call, "b", &b), 1);
	assert_true(b);
	assert_null(call_unknown(&call, names));
	assert_string_equal(call_unknown(&call, fewer), "b");
	call_free(&call);
}

static void call_without_parameters(void **state)
{
	static const char *const none[] = { NULL };
	struct mica_error err;
	struct call call;
	const char *s;

	(void)state;
	assert_int_equal(
		parse("{\"method\":\"a\",\"parameters\":null,\"oneway\":true}", &call, &err), 0);
	assert_true(call.oneway);
	assert_int_equal(call_string(&call, "x", &s), 0);
	assert_null(call_unknown(&call, none));
	call_free(&call);
}

static void malformed_calls(void **state)
{
	static const char *const bad[] = {
		"",
		" ",
		"{",
		"}",
		"[]",
		"1",
		"\"method\"",
		"null",
		"nul",
		"{}",
		"{\"method\":1}",
		"{\"method\":null}",
		"{\"method\":\"a\\u0000b\"}",
		"{\"method\":\"a\"}x",
		"{\"method\":\"a\"}{}",
		"{\"method\":\"a\",}",
		"{'method':'a'}",
		"{\"method\":\"a\",\"parameters\":[]}",
		"{\"method\":\"a\",\"parameters\":\"\"}",
		"{\"method\":\"a\",\"more\":1}",
		"{\"method\":\"a\",\"oneway\":\"yes\"}",
		"{\"method\":\"a\",\"upgrade\":true}",
		"{\"method\":\"a\",\"more\":true,\"oneway\":true}",
		"{\"method\":\"\xff\xfe\"}",
		"{\"method\":\"a\" /* c */}",
		"{\"method\":\"a\",\"x\":[[[[[[[[[[1]]]]]]]]]]}",
	};
	struct mica_error err;
	struct call call;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err.text[0] = '\0';
		if (parse(bad[i], &call, &err) != -1)
			fail_msg("accepted: %s", bad[i]);
		assert_int_equal(err.code, MICA_E_PROTOCOL);
		assert_non_null(strstr(err.text, "malformed message: "));
	}
}

static void deep_nesting(void **state)
{
	char text[60000] = "{\"method\":\"a\",\"parameters\":{\"x\":";
	struct mica_error err;
	struct call call;

	(void)state;
	memset(text + strlen(text), '[', sizeof(text) - strlen(text) - 1);
	assert_int_equal(parse(text, &call, &err), -1);
	assert_int_equal(err.code, MICA_E_PROTOCOL);
}

static void replies(void **state)
{
	struct json_object *o = json_object_new_object();
	char *text;

	(void)state;
	text = reply_format(NULL, false);
	assert_string_equal(text, "{\"parameters\":{}}");
	free(text);
	json_object_object_add(o, "path", json_object_new_string("/a/b"));
	text = reply_format(o, true);
	assert_string_equal(text, "{\"parameters\":{\"path\":\"/a/b\"},\"continues\":true}");
	free(text);
	text = reply_error_format("a.B", NULL);
	assert_string_equal(text, "{\"error\":\"a.B\",\"parameters\":{}}");
	free(text);
}

static void group_file(void **state)
{
	char path[] = "/tmp/mica-group-XXXXXX";
	static const char text[] = "root:x:0:\nmicado:x:1:\nmica2:x:2:\nbroken\nmica:x:\n"
				   "mica:x:99x:\nmica:x:4711:alice,bob\nmica:x:5:\n";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd);
	assert_int_equal(mica_group_id(path, "mica"), 4711);
	assert_int_equal(mica_group_id(path, "root"), 0);
	assert_true(mica_group_id(path, "mic") == MICA_NO_GROUP);
	unlink(path);
	assert_true(mica_group_id(path, "mica") == MICA_NO_GROUP);
}

static void own_peer_is_owner(void **state)
{
	int fd[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	assert_int_equal(access_peer(fd[0], MICA_NO_GROUP), RIGHT_OWN);
	close(fd[0]);
	close(fd[1]);
	assert_int_equal(access_peer(-1, MICA_NO_GROUP), RIGHT_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frame_splits),
		cmocka_unit_test(frame_is_bounded),
		cmocka_unit_test(frame_takes_largest),
		cmocka_unit_test(call_is_read),
		cmocka_unit_test(call_without_parameters),
		cmocka_unit_test(malformed_calls),
		cmocka_unit_test(deep_nesting),
		cmocka_unit_test(replies),
		cmocka_unit_test(group_file),
		cmocka_unit_test(own_peer_is_owner),
	};

	return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
