/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The keys of section [Mica]: one table, used to read, to check, to warn, to change a running
 * client and to write a configuration down. mica.conf(5) is the document.
 */
#ifndef MICA_CONFIG_KEYS_H
#define MICA_CONFIG_KEYS_H

#include <stddef.h>

#include "mica/config.h"

/* Which pedestals of this build look at a key. */
#define KEY_BAREMETAL (1u << 0)
#define KEY_NATIVE    (1u << 1)
#define KEY_ALL	      (KEY_BAREMETAL | KEY_NATIVE)

/* Longest value as text, with its NUL. */
#define KEY_VALUE_MAX PATH_MAX

enum key_kind {
	KEY_TEXT,
	KEY_PATH,    /* absolute */
	KEY_SWITCH,  /* bool */
	KEY_NUMBER,  /* int64_t, -1: not given */
	KEY_COUNT,   /* uint32_t */
	KEY_SPAN,    /* uint32_t, milliseconds; min and max in milliseconds */
	KEY_ADDRESS, /* uint64_t, MICA_ADDRESS_NONE: not given */
	KEY_CHOICE,  /* enum, one of `choices`, numbered from 0 */
	KEY_OWN,     /* set and get of its own */
};

struct config_key {
	const char *name;
	unsigned int used_by; /* KEY_* pedestals */
	enum key_kind kind;
	bool live;	     /* may change while the client runs */
	bool or_zero;	     /* KEY_SPAN: 0, for off, also where min is more */
	size_t offset, size; /* of the member */
	int64_t min, max;
	const char *const *choices; /* NULL ends */
	int (*set)(struct mica_config *cfg, const char *value, struct mica_error *err);
	void (*get)(const struct mica_config *cfg, char out[KEY_VALUE_MAX]);
};

extern const struct config_key config_keys[];
extern const unsigned int config_n_keys;

/* NULL: no such key. */
const struct config_key *config_key_find(const char *name);
/* Checks value and stores it; the error text is without FILE:LINE, which the caller adds. */
int config_key_set(const struct config_key *key, struct mica_config *cfg, const char *value,
		   struct mica_error *err);
/* As config_key_set() takes it; empty where nothing was given. */
void config_key_get(const struct config_key *key, const struct mica_config *cfg,
		    char out[KEY_VALUE_MAX]);

#endif /* MICA_CONFIG_KEYS_H */
