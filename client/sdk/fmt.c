// SPDX-License-Identifier: BSD-3-Clause
#include <stdbool.h>
#include <stdint.h>

#include "fmt.h"

struct out {
	fmt_put put;
	void *arg;
	size_t len;
};

enum size { SIZE_CHAR, SIZE_SHORT, SIZE_INT, SIZE_LONG };

struct spec {
	bool left, zero, alt, upper, precise;
	char sign; /* of numbers that are not negative; 0: none */
	enum size size;
	unsigned int width, precision, base;
};

static void put(struct out *o, char c)
{
	o->put(o->arg, c);
	o->len++;
}

static void put_many(struct out *o, char c, size_t n)
{
	while (n--)
		put(o, c);
}

static void put_text(struct out *o, const char *s, size_t len)
{
	while (len--)
		put(o, *s++);
}

static void put_string(struct out *o, const char *s, const struct spec *f)
{
	size_t len = 0, pad;

	if (!s)
		s = "(null)";
	while ((!f->precise || len < f->precision) && s[len])
		len++;
	pad = f->width > len ? f->width - len : 0;
	put_many(o, ' ', f->left ? 0 : pad);
	put_text(o, s, len);
	put_many(o, ' ', f->left ? pad : 0);
}

static void put_number(struct out *o, uint64_t v, char sign, const struct spec *f)
{
	const char *set = f->upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char digits[24], prefix[3];
	size_t at = sizeof(digits), n_prefix = 0, n, zeros, pad;

	if (sign)
		prefix[n_prefix++] = sign;
	if (f->alt && v && f->base == 16) {
		prefix[n_prefix++] = '0';
		prefix[n_prefix++] = f->upper ? 'X' : 'x';
	}
	for (uint64_t rest = v; rest || (at == sizeof(digits) && !(f->precise && !f->precision));
	     rest /= f->base)
		digits[--at] = set[rest % f->base];
	if (f->alt && f->base == 8 && (at == sizeof(digits) || digits[at] != '0'))
		digits[--at] = '0';
	n = sizeof(digits) - at;
	zeros = f->precise && f->precision > n ? f->precision - n : 0;
	pad = f->width > n_prefix + zeros + n ? f->width - (n_prefix + zeros + n) : 0;
	if (f->zero && !f->left && !f->precise) {
		zeros = pad;
		pad = 0;
	}
	put_many(o, ' ', f->left ? 0 : pad);
	put_text(o, prefix, n_prefix);
	put_many(o, '0', zeros);
	put_text(o, digits + at, n);
	put_many(o, ' ', f->left ? pad : 0);
}

static const char *parse_flags(const char *p, struct spec *f)
{
	for (;; p++) {
		if (*p == '-')
			f->left = true;
		else if (*p == '0')
			f->zero = true;
		else if (*p == '#')
			f->alt = true;
		else if (*p == '+')
			f->sign = '+';
		else if (*p == ' ')
			f->sign = f->sign ? f->sign : ' ';
		else
			return p;
	}
}

/* va_list in a structure: a function can go on reading it whatever the type is. */
struct args {
	va_list list;
};

static const char *parse_count(const char *p, struct args *a, int *n)
{
	*n = 0;
	if (*p == '*') {
		*n = va_arg(a->list, int);
		return p + 1;
	}
	for (; *p >= '0' && *p <= '9'; p++)
		*n = *n < 100000 ? *n * 10 + (*p - '0') : *n;
	return p;
}

static const char *parse_size(const char *p, struct spec *f)
{
	f->size = SIZE_INT;
	for (; *p == 'h'; p++)
		f->size = f->size == SIZE_SHORT ? SIZE_CHAR : SIZE_SHORT;
	for (; *p == 'l' || *p == 'z' || *p == 'j' || *p == 't'; p++)
		f->size = SIZE_LONG;
	return p;
}

static const char *parse(const char *p, struct spec *f, struct args *a)
{
	int n;

	p = parse_count(parse_flags(p, f), a, &n);
	if (n < 0)
		f->left = true;
	f->width = n < 0 ? 0u - (unsigned int)n : (unsigned int)n;
	if (*p == '.') {
		p = parse_count(p + 1, a, &n);
		f->precise = n >= 0;
		f->precision = n >= 0 ? (unsigned int)n : 0;
	}
	return parse_size(p, f);
}

static void put_signed(struct out *o, struct args *a, const struct spec *f)
{
	int64_t v = f->size == SIZE_LONG ? va_arg(a->list, int64_t) : va_arg(a->list, int);

	if (f->size == SIZE_SHORT)
		v = (int16_t)v;
	else if (f->size == SIZE_CHAR)
		v = (int8_t)v;
	put_number(o, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, v < 0 ? '-' : f->sign, f);
}

static void put_unsigned(struct out *o, struct args *a, const struct spec *f)
{
	uint64_t v =
		f->size == SIZE_LONG ? va_arg(a->list, uint64_t) : va_arg(a->list, unsigned int);

	if (f->size == SIZE_SHORT)
		v = (uint16_t)v;
	else if (f->size == SIZE_CHAR)
		v = (uint8_t)v;
	put_number(o, v, 0, f);
}

/* False: not known. */
static bool convert(struct out *o, char kind, struct args *a, struct spec *f)
{
	char c;

	f->base = kind == 'x' || kind == 'X' || kind == 'p' ? 16 : (kind == 'o' ? 8 : 10);
	f->upper = kind == 'X';
	switch (kind) {
	case 's':
		put_string(o, va_arg(a->list, const char *), f);
		return true;
	case 'c':
		c = (char)va_arg(a->list, int);
		put_many(o, ' ', !f->left && f->width > 1 ? f->width - 1 : 0);
		put(o, c);
		put_many(o, ' ', f->left && f->width > 1 ? f->width - 1 : 0);
		return true;
	case 'd':
	case 'i':
		put_signed(o, a, f);
		return true;
	case 'p':
		f->alt = true;
		f->size = SIZE_LONG;
		/* fall through */
	case 'x':
	case 'X':
	case 'o':
	case 'u':
		put_unsigned(o, a, f);
		return true;
	case '%':
		put(o, '%');
		return true;
	default:
		put(o, '?');
		return false;
	}
}

size_t fmt_each(fmt_put put_one, void *arg, const char *p, va_list args)
{
	struct out o = { put_one, arg, 0 };
	struct args a;
	bool known = true;

	va_copy(a.list, args);
	while (*p && known) {
		struct spec f = { 0 };

		if (*p != '%') {
			put(&o, *p++);
			continue;
		}
		p = parse(p + 1, &f, &a);
		known = convert(&o, *p, &a, &f);
		p += *p != '\0';
	}
	va_end(a.list);
	return o.len;
}

struct room {
	char *dst;
	size_t size, len;
};

static void put_in_room(void *arg, char c)
{
	struct room *r = arg;

	if (r->len + 1 < r->size)
		r->dst[r->len++] = c;
}

size_t fmt_v(char *dst, size_t size, const char *format, va_list args)
{
	struct room r = { dst, size, 0 };

	fmt_each(put_in_room, &r, format, args);
	dst[r.len] = '\0';
	return r.len;
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
