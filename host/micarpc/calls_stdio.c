/* SPDX-License-Identifier: BSD-3-Clause */
/* Bytes and characters through streams. What goes to handles 1 to 3 is console text; from there
 * nothing comes. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <wchar.h>

#include "console.h"
#include "handlers.h"
#include "handles.h"
#include "scan.h"

/* Bytes of size * count; -1: more than fits. */
static int64_t product(uint64_t size, uint64_t count)
{
	if (!size || !count)
		return 0;
	if (size > MICA_RPC_DATA || count > MICA_RPC_DATA || size * count > MICA_RPC_DATA)
		return -1;
	return (int64_t)(size * count);
}

static void items(struct call *c, uint64_t n, bool failed)
{
	reply_s64(c, 16, (int64_t)n);
	c->errnum = failed ? errno : 0;
}

/*
 * The result counts items, and a client takes as many bytes as it says: with items of more than one
 * byte the rest does not reach it, as ever. Clients ask with size 1 where that matters.
 */
void do_fread(struct call *c)
{
	uint64_t size = arg_u64(c, 16), handle = arg_u64(c, 32);
	int64_t bytes = product(size, arg_u64(c, 24));
	struct stream *s = stream_get(handle);
	size_t n = 0;

	if (stream_is_console(handle))
		errno = 0;
	if (bytes < 0)
		errno = EINVAL;
	if (!s || bytes <= 0) {
		items(c, 0, bytes);
	} else {
		n = fread(c->reply + 24, (size_t)size, (size_t)bytes / size, s->f);
		items(c, n, n < (size_t)bytes / size && ferror(s->f));
		/* Whole items lie there; what was read of another one is no business of anybody. */
		memset(c->reply + 24 + n * size, 0, MICA_RPC_DATA - n * size);
		reply_at(c, 24, n);
	}
	if (s)
		stream_put(s);
}

void do_fwrite(struct call *c)
{
	uint64_t size = arg_u64(c, 16), handle = arg_u64(c, 32);
	int64_t bytes = product(size, arg_u64(c, 24));
	const void *data = bytes < 0 ? NULL : arg_data(c, 40, (uint64_t)bytes);
	struct stream *s = NULL;
	uint64_t n = 0;

	if (!data || !bytes) {
		if (!data)
			errno = EINVAL;
		items(c, 0, !data);
		return;
	}
	if (stream_is_console(handle)) {
		n = console_write(data, (size_t)bytes) ? 0 : (uint64_t)bytes / size;
		items(c, n, !n);
		return;
	}
	s = stream_get(handle);
	if (s) {
		n = fwrite(data, (size_t)size, (size_t)bytes / size, s->f);
		items(c, n, n < (uint64_t)bytes / size);
		stream_put(s);
	} else {
		items(c, 0, true);
	}
}

void do_fputs(struct call *c)
{
	const char *text = arg_str(c, 24, MICA_RPC_DATA);
	uint64_t handle = arg_u64(c, 16);
	struct stream *s;

	if (text && stream_is_console(handle)) {
		ret_s32(c, console_write(text, strlen(text)));
		return;
	}
	s = text ? stream_get(handle) : NULL;
	ret_s32(c, s ? fputs(text, s->f) : EOF);
	if (s)
		stream_put(s);
}

void do_fgets(struct call *c)
{
	uint64_t handle = arg_u64(c, 16);
	int32_t size = arg_s32(c, 24);
	struct stream *s = stream_get(handle);
	const char *got = NULL;

	if (size > (int32_t)MICA_RPC_DATA)
		size = MICA_RPC_DATA;
	if (stream_is_console(handle))
		errno = 0;
	if (s && size > 0) {
		got = fgets((char *)c->reply + 20, size, s->f);
		if (!got && !ferror(s->f))
			errno = 0;
	} else if (s) {
		errno = EINVAL;
	}
	c->errnum = got ? 0 : errno;
	reply_s32(c, 16, got ? 0 : 1);
	if (s)
		stream_put(s);
}

void do_fprintf(struct call *c)
{
	uint32_t len = arg_u32(c, 16);
	const void *text = arg_data(c, 20, len);
	uint64_t handle = arg_u64(c, 8);
	struct stream *s;

	if (text && stream_is_console(handle)) {
		(void)console_write(text, len);
		return;
	}
	s = text ? stream_get(handle) : NULL;
	if (!s)
		return;
	(void)fwrite(text, 1, len, s->f);
	stream_put(s);
}

/* The end is no error: errnum stays 0. */
static void ret_char(struct call *c, struct stream *s, int ch)
{
	if (ch == EOF && s && !ferror(s->f))
		errno = 0;
	ret_s32(c, ch);
	if (s)
		stream_put(s);
}

void do_getc(struct call *c)
{
	struct stream *s = stream_get(arg_u64(c, 16));

	if (stream_is_console(arg_u64(c, 16)))
		errno = 0;
	ret_char(c, s, s ? getc(s->f) : EOF);
}

void do_putc(struct call *c)
{
	uint64_t handle = arg_u64(c, 16);
	uint8_t byte = (uint8_t)arg_s32(c, 12);
	struct stream *s;

	if (stream_is_console(handle)) {
		ret_s32(c, console_write(&byte, 1) ? EOF : byte);
		return;
	}
	s = stream_get(handle);
	ret_s32(c, s ? putc(byte, s->f) : EOF);
	if (s)
		stream_put(s);
}

void do_ungetc(struct call *c)
{
	struct stream *s = stream_get(arg_u64(c, 16));

	ret_char(c, s, s ? ungetc(arg_s32(c, 12), s->f) : EOF);
}

static void ret_wide(struct call *c, struct stream *s, wint_t wc)
{
	bool end = wc == WEOF && s && !ferror(s->f);

	c->errnum = wc == WEOF && !end ? errno : 0;
	reply_s32(c, 16, (int32_t)wc);
	if (s)
		stream_put(s);
}

void do_getwc(struct call *c)
{
	struct stream *s = stream_get(arg_u64(c, 16));

	if (stream_is_console(arg_u64(c, 16)))
		errno = 0;
	ret_wide(c, s, s ? getwc(s->f) : WEOF);
}

void do_putwc(struct call *c)
{
	uint64_t handle = arg_u64(c, 16);
	wchar_t wc = (wchar_t)arg_u32(c, 12);
	char text[MB_LEN_MAX];
	mbstate_t state;
	struct stream *s;

	if (stream_is_console(handle)) {
		size_t n;

		memset(&state, 0, sizeof(state));
		n = wcrtomb(text, wc, &state);
		ret_wide(c, NULL, n == (size_t)-1 || console_write(text, n) ? WEOF : (wint_t)wc);
		return;
	}
	s = stream_get(handle);
	ret_wide(c, s, s ? putwc(wc, s->f) : WEOF);
}

void do_ungetwc(struct call *c)
{
	struct stream *s = stream_get(arg_u64(c, 16));

	ret_wide(c, s, s ? ungetwc((wint_t)arg_u32(c, 12), s->f) : WEOF);
}

void do_fscanf(struct call *c)
{
	const char *format = arg_str(c, 12, MICA_RPC_NAME);
	struct stream *s = NULL;
	uint64_t value = 0;
	int n = EOF;

	if (format && !scan_format_is_safe(format))
		errno = EINVAL;
	else if (format)
		s = stream_get(arg_u64(c, 144));
	if (format && stream_is_console(arg_u64(c, 144)))
		errno = 0;
	if (s)
		n = scan_stream(s->f, format, &value);
	if (n < 1)
		value = 0;
	c->errnum = n == EOF && !(s && feof(s->f)) ? errno : 0;
	reply_s64(c, 16, n);
	reply_s64(c, 24, (int64_t)value);
	if (s)
		stream_put(s);
}

void do_putchar(struct call *c)
{
	uint8_t byte = (uint8_t)arg_s32(c, 12);

	ret_s32(c, console_write(&byte, 1) ? EOF : byte);
}

/* len is that of the whole text, which may be longer than what arrived; a text that was cut ends
 * in a NUL. */
void do_printf(struct call *c)
{
	size_t len = arg_u32(c, 8);

	if (len > MICA_RPC_DATA)
		len = MICA_RPC_DATA;
	if (len > c->len - 12)
		len = c->len - 12;
	(void)console_write(c->req + 12, strnlen((const char *)c->req + 12, len));
}
