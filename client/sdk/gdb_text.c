// SPDX-License-Identifier: BSD-3-Clause
#include <string.h>

#include "gdb_stub.h"

int gdb_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool gdb_number(const char **p, uint64_t *value)
{
	unsigned int digits = 0;

	*value = 0;
	while (gdb_digit(**p) >= 0 && digits < 17) {
		*value = *value << 4 | (unsigned int)gdb_digit(**p);
		(*p)++;
		digits++;
	}
	return digits > 0 && digits < 17;
}

char *gdb_hex(char *to, const void *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *p = data;

	while (len--) {
		*to++ = digits[*p >> 4];
		*to++ = digits[*p++ & 15];
	}
	*to = '\0';
	return to;
}

bool gdb_bytes(const char *text, void *data, size_t len)
{
	uint8_t *p = data;

	for (; len--; text += 2) {
		if (gdb_digit(text[0]) < 0 || gdb_digit(text[1]) < 0)
			return false;
		*p++ = (uint8_t)(gdb_digit(text[0]) << 4 | gdb_digit(text[1]));
	}
	return true;
}

char *gdb_put_number(char *to, uint64_t value)
{
	int shift = 60;

	while (shift && !(value >> shift & 15))
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		*to++ = "0123456789abcdef"[value >> shift & 15];
	*to = '\0';
	return to;
}

char *gdb_put(char *to, const char *text)
{
	size_t len = strlen(text);

	memcpy(to, text, len + 1);
	return to + len;
}
