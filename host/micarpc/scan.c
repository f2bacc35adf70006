/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <string.h>

#include "scan.h"

#define VALUE_BYTES 8u

/* Behind a set [...]; NULL: it does not end. */
static const char *skip_set(const char *p)
{
	if (*p == '^')
		p++;
	if (*p == ']')
		p++;
	p = strchr(p, ']');
	return p ? p + 1 : NULL;
}

/* h, hh, l, ll, j, z, t: 8 bytes at most. L and q mean more for some conversions, m allocates. */
static const char *skip_length(const char *p, bool *wide)
{
	*wide = *p == 'l';
	if (p[0] && p[0] == p[1] && (*p == 'h' || *p == 'l'))
		return p + 2;
	return *p && strchr("hljzt", *p) ? p + 1 : p;
}

/* p: behind the %. Returns what follows the conversion; NULL: not allowed. */
static const char *conversion(const char *p, unsigned int *stores)
{
	bool ignored = *p == '*', wide;
	unsigned int width = 0;

	p += ignored;
	for (; isdigit((unsigned char)*p); p++) {
		width = width * 10 + (unsigned int)(*p - '0');
		if (width > 1000)
			return NULL;
	}
	p = skip_length(p, &wide);
	*stores += !ignored;
	if (*p && strchr("diouxXaAeEfFgGn", *p))
		return p + 1;
	/* Text: as much of it as the value has room for, with the NUL that some have. */
	if (wide || (!ignored && (*p == 's' || *p == '[') && (!width || width >= VALUE_BYTES)))
		return NULL;
	if (*p == 'c')
		return ignored || width <= VALUE_BYTES ? p + 1 : NULL;
	if (*p == '[')
		return skip_set(p + 1);
	return *p == 's' ? p + 1 : NULL;
}

bool scan_format_is_safe(const char *format)
{
	unsigned int stores = 0;

	for (const char *p = format; p && *p;) {
		if (*p++ != '%')
			continue;
		if (*p == '%') {
			p++;
			continue;
		}
		p = conversion(p, &stores);
		if (!p)
			return false;
	}
	return stores <= 1;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
int scan_stream(FILE *f, const char *format, uint64_t *value)
{
	return fscanf(f, format, value);
}
#pragma GCC diagnostic pop
