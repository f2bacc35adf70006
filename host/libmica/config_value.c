/* SPDX-License-Identifier: BSD-3-Clause */
/* Values of configuration keys, from text and to text. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config_keys.h"

static int bad(const struct config_key *key, const char *value, const char *want,
	       struct mica_error *err)
{
	return mica_fail(err, MICA_E_CONFIG, "%s '%.80s': %s", key->name, value, want);
}

static int set_text(const struct config_key *key, char *out, const char *value,
		    struct mica_error *err)
{
	size_t len = strlen(value);

	if (len >= key->size)
		return mica_fail(err, MICA_E_CONFIG, "%s: longer than %zu characters", key->name,
				 key->size - 1);
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)value[i] < 0x20 || value[i] == 0x7f)
			return mica_fail(err, MICA_E_CONFIG, "%s: contains a control character",
					 key->name);
	memcpy(out, value, len + 1);
	return 0;
}

static int set_switch(const struct config_key *key, bool *out, const char *value,
		      struct mica_error *err)
{
	static const char *const word[] = { "no", "yes", "false", "true", "off", "on", "0", "1" };

	for (unsigned int i = 0; i < sizeof(word) / sizeof(word[0]); i++) {
		if (!strcasecmp(value, word[i])) {
			*out = i & 1;
			return 0;
		}
	}
	return bad(key, value, "neither yes nor no", err);
}

static int number(const struct config_key *key, int64_t *out, const char *value, int base,
		  struct mica_error *err)
{
	char want[80], *end;
	long long v;

	errno = 0;
	v = strtoll(value, &end, base);
	if (errno || end == value || *end || v < key->min || v > key->max) {
		snprintf(want, sizeof(want), "not a whole number from %" PRId64 " to %" PRId64,
			 key->min, key->max);
		return bad(key, value, want, err);
	}
	*out = v;
	return 0;
}

static int set_address(const struct config_key *key, uint64_t *out, const char *value,
		       struct mica_error *err)
{
	int64_t v = 0;

	if (number(key, &v, value, 0, err))
		return -1;
	if (v % 4)
		return bad(key, value, "not a multiple of 4", err);
	*out = (uint64_t)v;
	return 0;
}

/* One term of a time span, as in systemd.time(7): digits, optionally a fraction and a unit.
 * Returns where it ends, NULL if it is none. */
static const char *span_term(const char *p, double *ms)
{
	static const struct {
		const char *unit;
		double ms;
	} units[] = { { "ms", 1 },	{ "msec", 1 },	  { "s", 1000 },
		      { "sec", 1000 },	{ "", 1000 },	  { "m", 60000 },
		      { "min", 60000 }, { "h", 3600000 }, { "hr", 3600000 } };
	size_t digits = strspn(p, "0123456789."), n = 0;
	char number[24], unit[8] = "", *end;
	double v;

	/* By itself: strtod() would also take exponents and hexadecimal numbers. */
	if (!digits || digits >= sizeof(number))
		return NULL;
	snprintf(number, sizeof(number), "%.*s", (int)digits, p);
	v = strtod(number, &end);
	if (*end || end == number)
		return NULL;
	p += digits;
	while (*p == ' ')
		p++;
	while (isalpha((unsigned char)*p) && n + 1 < sizeof(unit))
		unit[n++] = *p++;
	for (unsigned int i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!strcmp(unit, units[i].unit)) {
			*ms += v * units[i].ms;
			return p;
		}
	}
	return NULL;
}

static int set_span(const struct config_key *key, uint32_t *out, const char *value,
		    struct mica_error *err)
{
	const char *p = value;
	double ms = 0;
	char want[112];

	do {
		p = p ? span_term(p, &ms) : NULL;
		while (p && *p == ' ')
			p++;
	} while (p && *p);
	if (p && ((ms + 0.5 >= (double)key->min && ms <= (double)key->max) ||
		  (key->or_zero && ms == 0))) {
		*out = (uint32_t)(ms + 0.5);
		return 0;
	}
	snprintf(want, sizeof(want),
		 "not a time span from %g to %g seconds (5, 2.5, 500ms, 1min 30s)%s",
		 (double)key->min / 1000, (double)key->max / 1000,
		 key->or_zero ? ", nor 0 for off" : "");
	return bad(key, value, want, err);
}

static int set_choice(const struct config_key *key, unsigned int *out, const char *value,
		      struct mica_error *err)
{
	char want[160] = "not one of";

	for (unsigned int i = 0; key->choices[i]; i++) {
		size_t len = strlen(want);

		if (!strcasecmp(value, key->choices[i])) {
			*out = i;
			return 0;
		}
		snprintf(want + len, sizeof(want) - len, "%s %s", i ? "," : "", key->choices[i]);
	}
	return bad(key, value, want, err);
}

int config_key_set(const struct config_key *key, struct mica_config *cfg, const char *value,
		   struct mica_error *err)
{
	void *member = (char *)cfg + key->offset;
	int64_t v = 0;

	switch (key->kind) {
	case KEY_TEXT:
		return set_text(key, member, value, err);
	case KEY_PATH:
		return value[0] == '/' ? set_text(key, member, value, err)
				       : bad(key, value, "must be an absolute path", err);
	case KEY_SWITCH:
		return set_switch(key, member, value, err);
	case KEY_NUMBER:
		return number(key, member, value, 10, err);
	case KEY_COUNT:
		if (number(key, &v, value, 10, err))
			return -1;
		*(uint32_t *)member = (uint32_t)v;
		return 0;
	case KEY_SPAN:
		return set_span(key, member, value, err);
	case KEY_ADDRESS:
		return set_address(key, member, value, err);
	case KEY_CHOICE:
		return set_choice(key, member, value, err);
	case KEY_OWN:
		break;
	}
	return key->set(cfg, value, err);
}

void config_key_get(const struct config_key *key, const struct mica_config *cfg,
		    char out[KEY_VALUE_MAX])
{
	const void *member = (const char *)cfg + key->offset;

	out[0] = '\0';
	switch (key->kind) {
	case KEY_TEXT:
	case KEY_PATH:
		snprintf(out, KEY_VALUE_MAX, "%s", (const char *)member);
		break;
	case KEY_SWITCH:
		snprintf(out, KEY_VALUE_MAX, "%s", *(const bool *)member ? "yes" : "no");
		break;
	case KEY_NUMBER:
		if (*(const int64_t *)member >= 0)
			snprintf(out, KEY_VALUE_MAX, "%" PRId64, *(const int64_t *)member);
		break;
	case KEY_COUNT:
		if (*(const uint32_t *)member >= key->min)
			snprintf(out, KEY_VALUE_MAX, "%" PRIu32, *(const uint32_t *)member);
		break;
	case KEY_SPAN:
		snprintf(out, KEY_VALUE_MAX, "%" PRIu32 "ms", *(const uint32_t *)member);
		break;
	case KEY_ADDRESS:
		if (*(const uint64_t *)member != MICA_ADDRESS_NONE)
			snprintf(out, KEY_VALUE_MAX, "0x%" PRIx64, *(const uint64_t *)member);
		break;
	case KEY_CHOICE:
		snprintf(out, KEY_VALUE_MAX, "%s", key->choices[*(const unsigned int *)member]);
		break;
	case KEY_OWN:
		key->get(cfg, out);
		break;
	}
}
