/* SPDX-License-Identifier: BSD-3-Clause */
/* Text of the OpenMetrics format, version 1.0, line by line. No client, no daemon. */
#ifndef MICAD_OPENMETRICS_H
#define MICAD_OPENMETRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct openmetrics {
	char *text; /* malloc'd, NUL-terminated; NULL: nothing yet */
	size_t len, size;
	bool failed; /* out of memory: the text is not complete */
};

/* Description of a family. unit: "" none, otherwise the family's name ends with it. */
void openmetrics_family(struct openmetrics *m, const char *name, const char *type, const char *unit,
			const char *help);
/* One sample. labels: pairs of name and value, NULL at the end; values may hold any bytes. */
void openmetrics_int(struct openmetrics *m, const char *name, const char *const *labels,
		     uint64_t value);
/* The same, in thousandths. */
void openmetrics_milli(struct openmetrics *m, const char *name, const char *const *labels,
		       uint64_t value);
/* The last line; the text is the caller's. NULL: out of memory. */
char *openmetrics_end(struct openmetrics *m);

#define LABELS(...) ((const char *const[]){ __VA_ARGS__, NULL })

#endif /* MICAD_OPENMETRICS_H */
