// SPDX-License-Identifier: BSD-3-Clause
/*
 * fscanf over rpc: a call executes at most one conversion that stores at most 8 bytes. A format is
 * taken apart, text in front of a conversion goes with it; long text comes in pieces of 7 bytes.
 */
#include <string.h>

#include "mica_rpc.h"
#include "rpc.h"

#define PIECE	  7u /* text of one call: 8 bytes with its NUL */
#define UNLIMITED UINT32_MAX
#define AT_END	  (-1)

/* One conversion; kind 0: the format ended before one. */
struct conversion {
	bool ignored;
	uint32_t width; /* 0: not given */
	unsigned int shorts, longs;
	char kind;
	const char *set; /* of a [: what is between its brackets */
	size_t set_len;
};

struct scan {
	mica_file f;
	char format[MICA_RPC_NAME];
	size_t len;
};

static bool add(struct scan *s, const char *text, size_t n)
{
	if (n >= sizeof(s->format) - s->len)
		return false;
	memcpy(s->format + s->len, text, n);
	s->len += n;
	s->format[s->len] = '\0';
	return true;
}

/* Values stored (0, 1), -1 at the end of input, below -1 an error. */
static int one_call(struct scan *s, uint64_t *value)
{
	struct rpc_call c;
	int64_t n;
	int rc;

	rpc_begin(&c, MICA_RPC_FSCANF);
	rpc_bytes(&c, 12, s->format, s->len + 1);
	rpc_u64(&c, 144, (uint64_t)s->f);
	s->len = 0;
	rc = rpc_do(&c, 0);
	if (rc)
		return rc < -1 ? rc : -RPC_EIO;
	n = rpc_get_s64(&c, 16);
	*value = (uint64_t)rpc_get_s64(&c, 24);
	if (n == -1 && rpc_get_s32(&c, MICA_RPC_AT_ERRNUM))
		return -rpc_error(&c) < -1 ? -rpc_error(&c) : -RPC_EIO;
	return n == -1 || n == 0 || n == 1 ? (int)n : -RPC_EIO;
}

/* p: behind the %. What follows the conversion, or NULL: no valid one. */
static const char *parse(const char *p, struct conversion *v)
{
	const char *end;

	memset(v, 0, sizeof(*v));
	v->ignored = *p == '*';
	p += v->ignored;
	for (; *p >= '0' && *p <= '9'; p++)
		v->width = v->width < 100000 ? v->width * 10 + (uint32_t)(*p - '0') : v->width;
	for (; *p == 'h'; p++)
		v->shorts++;
	for (; *p == 'l' || *p == 'j' || *p == 'z' || *p == 't'; p++)
		v->longs++;
	v->kind = *p;
	if (!*p || !memchr("diouxXpaAeEfFgGsc[", *p, 18))
		return NULL;
	if (*p++ != '[')
		return p;
	v->set = p;
	end = p + (*p == '^');
	end += *end == ']';
	while (*end && *end != ']')
		end++;
	v->set_len = (size_t)(end - p);
	return *end ? end + 1 : NULL;
}

static bool add_number(struct scan *s, uint32_t v)
{
	char digits[12];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	return add(s, digits + at, sizeof(digits) - at);
}

/* "%", width, what text it takes. later: of a %s, what continues a word. */
static bool add_text_piece(struct scan *s, const struct conversion *v, uint32_t width, bool later)
{
	static const char word[] = "[^ \t\n\v\f\r]";

	if (!add(s, v->ignored ? "%*" : "%", v->ignored ? 2 : 1) || !add_number(s, width))
		return false;
	if (v->kind == '[')
		return add(s, "[", 1) && add(s, v->set, v->set_len) && add(s, "]", 1);
	if (v->kind == 's' && later)
		return add(s, word, sizeof(word) - 1);
	return add(s, &v->kind, 1);
}

/* Text in pieces until one of them does not fill. */
static int scan_text(struct scan *s, const struct conversion *v, char *out)
{
	uint32_t left = v->width ? v->width : (v->kind == 'c' ? 1 : UNLIMITED);
	bool later = false;

	while (left) {
		uint32_t width = left < PIECE ? left : PIECE, n;
		uint64_t value;
		int rc;

		if (!add_text_piece(s, v, width, later))
			return -RPC_EINVAL;
		rc = one_call(s, &value);
		if (rc < 1 && (!later || rc < AT_END))
			return rc;
		if (rc < 1)
			break;
		n = v->kind == 'c' ? width : (uint32_t)strnlen((const char *)&value, PIECE);
		memcpy(out, &value, n);
		out += n;
		left -= left == UNLIMITED ? 0 : n;
		later = true;
		if (n < width)
			break;
	}
	if (v->kind != 'c')
		*out = '\0';
	return 1;
}

static size_t number_size(const struct conversion *v)
{
	bool real = memchr("aAeEfFgG", v->kind, 8) != NULL;

	if (v->kind == 'p' || v->longs)
		return 8;
	return real || !v->shorts ? 4 : (v->shorts == 1 ? 2 : 1);
}

static int scan_number(struct scan *s, const struct conversion *v, const char *text, size_t len,
		       void *out)
{
	uint64_t value;
	int rc;

	if (!add(s, text, len))
		return -RPC_EINVAL;
	rc = one_call(s, &value);
	if (rc == 1)
		memcpy(out, &value, number_size(v));
	return rc;
}

/* Ignored conversions store nothing: 0 from Linux is no sign of what happened, so they are read
 * and thrown away here. */
static int scan_ignored(struct scan *s, const struct conversion *v, const char *text, size_t len)
{
	uint64_t value;

	if (v->kind == 's' || v->kind == '[' || v->kind == 'c') {
		uint32_t left = v->width ? v->width : (v->kind == 'c' ? 1 : UNLIMITED);
		char piece[PIECE + 1];
		bool later = false;
		int rc = 1;

		while (left) {
			struct conversion part = *v;

			part.ignored = false;
			part.width = left < PIECE ? left : PIECE;
			if (later && v->kind == 's') {
				part.kind = '[';
				part.set = "^ \t\n\v\f\r";
				part.set_len = 7;
			}
			rc = scan_text(s, &part, piece);
			if (rc < 1)
				break;
			later = true;
			left -= left == UNLIMITED ? 0 : part.width;
			if (v->kind != 'c' && strlen(piece) < part.width)
				break;
		}
		return rc < 1 && later && rc >= AT_END ? 1 : rc;
	}
	/* "%" and what is behind the asterisk */
	return add(s, "%", 1) && add(s, text + 2, len - 2) ? one_call(s, &value) : -RPC_EINVAL;
}

/* Plain text up to a conversion, into the format of the next call. NULL: too long. */
static const char *take_plain(struct scan *s, const char *p)
{
	while (*p && (*p != '%' || p[1] == '%')) {
		size_t n = *p == '%' ? 2 : 1;

		if (!add(s, p, n))
			return NULL;
		p += n;
	}
	return p;
}

int mica_vfscanf(mica_file f, const char *p, va_list args)
{
	struct scan s = { .f = f };
	int stored = 0, rc = 0;
	uint64_t value;

	for (;;) {
		struct conversion v;
		const char *start;

		p = take_plain(&s, p);
		if (!p)
			return -RPC_EINVAL;
		if (!*p)
			break;
		start = p;
		p = parse(p + 1, &v);
		if (!p)
			return -RPC_EINVAL;
		if (v.ignored)
			rc = scan_ignored(&s, &v, start, (size_t)(p - start));
		else if (v.kind == 's' || v.kind == '[' || v.kind == 'c')
			rc = v.longs ? -RPC_EINVAL : scan_text(&s, &v, va_arg(args, char *));
		else
			rc = scan_number(&s, &v, start, (size_t)(p - start), va_arg(args, void *));
		if (rc < 1)
			return rc < AT_END || !stored ? rc : stored;
		stored += !v.ignored;
	}
	if (s.len) {
		rc = one_call(&s, &value);
		if (rc < AT_END || (rc == AT_END && !stored))
			return rc;
	}
	return stored;
}

int mica_fscanf(mica_file f, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = mica_vfscanf(f, format, args);
	va_end(args);
	return n;
}
