// SPDX-License-Identifier: BSD-3-Clause
#include <stdbool.h>
#include <stdint.h>

#include "fmt.h"

struct out {
	char *dst;
	size_t size, len;
};

struct spec {
	bool left, zero, is_signed;
	unsigned int width, base;
};

static void put(struct out *o, char c)
{
	if (o->len + 1 < o->size)
		o->dst[o->len++] = c;
}

static void put_padded(struct out *o, const char *s, size_t len, const struct spec *f)
{
	size_t pad = f->width > len ? f->width - len : 0;

	for (size_t i = 0; !f->left && i < pad; i++)
		put(o, f->zero ? '0' : ' ');
	for (size_t i = 0; i < len; i++)
		put(o, s[i]);
	for (size_t i = 0; f->left && i < pad; i++)
		put(o, ' ');
}

static void put_string(struct out *o, const char *s, const struct spec *f)
{
	size_t len = 0;

	while (s[len])
		len++;
	put_padded(o, s, len, f);
}

static void put_number(struct out *o, uint64_t v, bool negative, const struct spec *f)
{
	char digits[24];
	size_t at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[v % f->base];
		v /= f->base;
	} while (v);
	if (negative)
		digits[--at] = '-';
	put_padded(o, digits + at, sizeof(digits) - at, f);
}

static const char *parse_flags(const char *p, struct spec *f)
{
	for (; *p == '-' || *p == '0'; p++) {
		f->left |= *p == '-';
		f->zero |= *p == '0';
	}
	for (; *p >= '0' && *p <= '9'; p++)
		f->width = f->width * 10u + (unsigned int)(*p - '0');
	return p;
}

size_t fmt_v(char *dst, size_t size, const char *p, va_list args)
{
	struct out o = { dst, size, 0 };

	for (; *p; p++) {
		struct spec f = { .base = 10 };
		int64_t v;
		int wide = 0;

		if (*p != '%') {
			put(&o, *p);
			continue;
		}
		for (p = parse_flags(p + 1, &f); *p == 'l' || *p == 'z'; p++)
			wide++;
		switch (*p) {
		case 's':
			put_string(&o, va_arg(args, const char *), &f);
			break;
		case 'c':
			put(&o, (char)va_arg(args, int));
			break;
		case 'd':
			v = wide ? va_arg(args, int64_t) : va_arg(args, int);
			put_number(&o, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, v < 0, &f);
			break;
		case 'x':
			f.base = 16;
			/* fall through */
		case 'u':
			put_number(&o, wide ? va_arg(args, uint64_t) : va_arg(args, unsigned int),
				   false, &f);
			break;
		case '%':
			put(&o, '%');
			break;
		default: /* a format of ours that this function does not know: end it visibly */
			put(&o, '?');
			dst[o.len] = '\0';
			return o.len;
		}
	}
	dst[o.len] = '\0';
	return o.len;
}

size_t fmt(char *dst, size_t size, const char *format, ...)
{
	va_list args;
	size_t len;

	va_start(args, format);
	len = fmt_v(dst, size, format, args);
	va_end(args);
	return len;
}
