/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The bytes of a connection to the control socket, in pieces of any size: framing, parsing and
 * access to parameters. What comes out as a message is never larger than allowed.
 */
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "message.h"
#include "mica/control.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = { "name", "file", "protocol", "existing_ok", NULL };

static void use(const char *text, size_t len)
{
	struct mica_error err = { .text = "" };
	struct call call;
	const char *s;
	int64_t n;
	bool b;

	if (len >= MICA_CONTROL_MESSAGE || strlen(text) != len)
		abort();
	if (call_parse(text, len, &call, &err)) {
		if (err.code != MICA_E_PROTOCOL || !err.text[0])
			abort();
		return;
	}
	if (!call.method || (call.more && call.oneway))
		abort();
	for (const char *const *name = names; *name; name++) {
		if (call_string(&call, *name, &s) > 0 && !s)
			abort();
		call_int(&call, *name, &n);
		call_bool(&call, *name, &b);
	}
	call_unknown(&call, names);
	call_free(&call);
}

/* The first byte says how large the pieces are. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t piece, at = 1, len;
	struct frame f = { 0 };
	const char *text;

	if (!size)
		return 0;
	piece = data[0] + 1u;
	while (at < size) {
		size_t room, n = size - at < piece ? size - at : piece;
		char *p = frame_room(&f, &room);

		if (!room)
			break;
		if (n > room)
			n = room;
		memcpy(p, data + at, n);
		frame_filled(&f, n);
		at += n;
		while ((text = frame_take(&f, &len)))
			use(text, len);
	}
	frame_free(&f);
	return 0;
}
