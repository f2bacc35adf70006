/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FMT_H
#define FMT_H

#include <stdarg.h>
#include <stddef.h>

/*
 * A small printf: %s %c %d %i %u %o %x %X %p %% with flags, width, precision (numbers or *) and
 * the sizes hh, h, l, ll, j, z, t. No floating point: a conversion that it does not know prints ?
 * and ends the text. fmt_v and fmt always terminate dst (size at least 1), cut what does not fit
 * and return the bytes written; fmt_each gives away each character and returns their number.
 */
typedef void (*fmt_put)(void *arg, char c);

size_t fmt_each(fmt_put put, void *arg, const char *format, va_list args);
size_t fmt_v(char *dst, size_t size, const char *format, va_list args);
size_t fmt(char *dst, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif /* FMT_H */
