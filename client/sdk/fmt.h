/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FMT_H
#define FMT_H

#include <stdarg.h>
#include <stddef.h>

/*
 * A small printf: %s %c %d %u %x %% with width, 0 and - flags, and l, ll, z sizes. Always
 * terminates dst (size at least 1), cuts what does not fit, returns the bytes written.
 */
size_t fmt_v(char *dst, size_t size, const char *format, va_list args);
size_t fmt(char *dst, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif /* FMT_H */
