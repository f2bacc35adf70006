/* SPDX-License-Identifier: BSD-3-Clause */
/* The keys of section [Mica]: one table, used to read, to check and to warn. */
#ifndef MICA_CONFIG_KEYS_H
#define MICA_CONFIG_KEYS_H

#include "mica/config.h"

/* Which pedestals of this build look at a key. */
#define KEY_BAREMETAL (1u << 0)
#define KEY_NATIVE    (1u << 1)
#define KEY_ALL	      (KEY_BAREMETAL | KEY_NATIVE)

struct config_key {
	const char *name;
	unsigned int used_by; /* KEY_* */
	/* Checks value and stores it; the error text is without FILE:LINE, which the caller adds.
	 */
	int (*set)(struct mica_config *cfg, const char *value, struct mica_error *err);
};

extern const struct config_key config_keys[];
extern const unsigned int config_n_keys;

#endif /* MICA_CONFIG_KEYS_H */
