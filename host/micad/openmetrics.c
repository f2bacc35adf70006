/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "openmetrics.h"

#define FIRST_SIZE 4096u

static void put(struct openmetrics *m, const char *text, size_t len)
{
	size_t size = m->size ? m->size : FIRST_SIZE;
	char *grown;

	if (m->failed)
		return;
	while (m->len + len + 1 > size)
		size *= 2;
	if (size != m->size) {
		grown = realloc(m->text, size);
		if (!grown) {
			m->failed = true;
			return;
		}
		m->text = grown;
		m->size = size;
	}
	memcpy(m->text + m->len, text, len);
	m->len += len;
	m->text[m->len] = '\0';
}

static void line(struct openmetrics *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void line(struct openmetrics *m, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n > 0)
		put(m, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
}

void openmetrics_family(struct openmetrics *m, const char *name, const char *type, const char *unit,
			const char *help)
{
	line(m, "# TYPE %s %s\n", name, type);
	if (*unit)
		line(m, "# UNIT %s %s\n", name, unit);
	line(m, "# HELP %s %s\n", name, help);
}

/*
 * Two names that differ stay different: what is not plain ASCII, and the backslash, becomes \xNN,
 * whose backslash the format wants doubled.
 */
static void put_value(struct openmetrics *m, const char *value)
{
	for (const unsigned char *p = (const unsigned char *)value; *p; p++) {
		if (*p == '"')
			put(m, "\\\"", 2);
		else if (*p < 0x20 || *p >= 0x7f || *p == '\\')
			line(m, "\\\\x%02x", *p);
		else
			put(m, (const char *)p, 1);
	}
}

static void put_name(struct openmetrics *m, const char *name, const char *const *labels)
{
	put(m, name, strlen(name));
	for (unsigned int i = 0; labels[i]; i += 2) {
		line(m, "%c%s=\"", i ? ',' : '{', labels[i]);
		put_value(m, labels[i + 1]);
		put(m, "\"", 1);
	}
	if (labels[0])
		put(m, "}", 1);
}

void openmetrics_int(struct openmetrics *m, const char *name, const char *const *labels,
		     uint64_t value)
{
	put_name(m, name, labels);
	line(m, " %llu\n", (unsigned long long)value);
}

void openmetrics_milli(struct openmetrics *m, const char *name, const char *const *labels,
		       uint64_t value)
{
	put_name(m, name, labels);
	line(m, " %llu.%03u\n", (unsigned long long)(value / 1000), (unsigned int)(value % 1000));
}

char *openmetrics_end(struct openmetrics *m)
{
	char *text;

	line(m, "# EOF\n");
	text = m->text;
	if (m->failed) {
		free(text);
		text = NULL;
	}
	memset(m, 0, sizeof(*m));
	return text;
}
