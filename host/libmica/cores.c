/* SPDX-License-Identifier: BSD-3-Clause */
/* Sets of cores as text: "3", "2-3", "1,3", "riscv". */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "mica/config.h"

/* No machine this runs on has more; it also keeps every number within four digits. */
#define CORE_ID_MAX 4095u

static int bad(struct mica_error *err, const char *text, const char *why)
{
	return mica_fail(err, MICA_E_CONFIG,
			 "CPU '%.60s': %s; write a core (3), a range (2-3), a list (1,3) or riscv",
			 text, why);
}

/* One decimal number at *p; advances it. -1 when there is none or it is too large. */
static int number(const char **p, uint32_t *out)
{
	uint32_t v = 0;

	if (!isdigit((unsigned char)**p))
		return -1;
	for (; isdigit((unsigned char)**p); (*p)++) {
		v = v * 10 + (uint32_t)(**p - '0');
		if (v > CORE_ID_MAX)
			return -1;
	}
	*out = v;
	return 0;
}

/* Keeps id[] ascending. 1: already in it, 2: full. */
static int insert(struct mica_cores *cores, uint32_t id)
{
	unsigned int at = cores->n;

	while (at > 0 && cores->id[at - 1] >= id) {
		if (cores->id[at - 1] == id)
			return 1;
		at--;
	}
	if (cores->n == MICA_CORES_MAX)
		return 2;
	memmove(&cores->id[at + 1], &cores->id[at], (cores->n - at) * sizeof(cores->id[0]));
	cores->id[at] = id;
	cores->n++;
	return 0;
}

static int add_range(struct mica_cores *cores, const char *text, uint32_t first, uint32_t last,
		     struct mica_error *err)
{
	if (last < first)
		return bad(err, text, "a range runs upwards");
	for (uint32_t id = first; id <= last; id++) {
		switch (insert(cores, id)) {
		case 1:
			return bad(err, text, "a core is named twice");
		case 2:
			return bad(err, text, "too many cores (at most 16)");
		}
	}
	return 0;
}

int mica_cores_parse(const char *text, struct mica_cores *cores, struct mica_error *err)
{
	struct mica_cores out = { .kind = MICA_CORES_CPU };
	const char *p = text;

	if (!strcmp(text, "riscv")) {
		out.kind = MICA_CORES_SMALL;
		out.n = 1;
		*cores = out;
		return 0;
	}
	for (;;) {
		uint32_t first, last;

		if (number(&p, &first))
			return bad(err, text, "not a core number from 0 to 4095");
		last = first;
		if (*p == '-') {
			p++;
			if (number(&p, &last))
				return bad(err, text, "the range has no end");
		}
		if (add_range(&out, text, first, last, err))
			return -1;
		if (*p == '\0')
			break;
		if (*p++ != ',')
			return bad(err, text, "unexpected character");
	}
	*cores = out;
	return 0;
}

/*
 * 16 ids of at most four digits, each with one separator, would need 80 bytes; runs fold into
 * ranges, and what still does not fit ends in "..." rather than in half a number.
 */
void mica_cores_format(const struct mica_cores *cores, char out[64])
{
	size_t len = 0;
	unsigned int i = 0;

	if (cores->kind == MICA_CORES_SMALL) {
		strcpy(out, "riscv");
		return;
	}
	strcpy(out, "-");
	while (cores->kind == MICA_CORES_CPU && i < cores->n && i < MICA_CORES_MAX) {
		unsigned int end = i;
		char piece[24];
		size_t n;

		while (end + 1 < cores->n && cores->id[end + 1] == cores->id[end] + 1)
			end++;
		if (end > i)
			snprintf(piece, sizeof(piece), "%s%u-%u", i ? "," : "", cores->id[i],
				 cores->id[end]);
		else
			snprintf(piece, sizeof(piece), "%s%u", i ? "," : "", cores->id[i]);
		n = strlen(piece);
		if (len + n + sizeof(",...") > 64) {
			strcpy(out + len, ",...");
			return;
		}
		memcpy(out + len, piece, n + 1);
		len += n;
		i = end + 1;
	}
}
