/* SPDX-License-Identifier: BSD-3-Clause */
/* The configuration of a client that is in use: shown, and changed where a key allows it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client_priv.h"
#include "config_keys.h"
#include "link.h"
#include "service.h"
#include "supervise.h"

void mica_config_each(const struct mica_config *cfg,
		      void (*fn)(void *arg, const char *key, const char *value, bool live),
		      void *arg)
{
	char value[KEY_VALUE_MAX];

	for (unsigned int i = 0; i < config_n_keys; i++) {
		config_key_get(&config_keys[i], cfg, value);
		if (value[0])
			fn(arg, config_keys[i].name, value, config_keys[i].live);
	}
}

/* Where more than the next look at the configuration is needed. */
static void apply(struct mica_client *c, const struct mica_config *old)
{
	if (c->link &&
	    (c->cfg.rpc_system != old->rpc_system || c->cfg.rpc_network != old->rpc_network))
		mica_rpc_policy_changed(c->link);
	mica_supervise_configured(c);
	mica_supervise_configured(c);
}

static int set_one(struct mica_config *cfg, const char *key, const char *value,
		   struct mica_error *err)
{
	const struct config_key *k = config_key_find(key);

	if (k && !k->live && strcmp(key, "Name") != 0)
		return mica_fail(err, MICA_E_STATE,
				 "%s is fixed once a client is created: remove the client and "
				 "create it with another configuration",
				 key);
	return mica_config_set(cfg, key, value, true, err);
}

int mica_client_set(struct mica_client *c, const struct mica_setting *set, unsigned int n,
		    struct mica_error *err)
{
	struct mica_config *cfg, *old;
	int ret = -1;

	if (c->op)
		return mica_fail(err, MICA_E_STATE, "client '%s' is busy: %s is under way",
				 c->cfg.name, c->op->plan->verb);
	cfg = malloc(2 * sizeof(*cfg));
	if (!cfg)
		return mica_fail(err, MICA_E_FAILED, "out of memory");
	old = cfg + 1;
	*cfg = *old = c->cfg;
	for (unsigned int i = 0; i < n; i++)
		if (set_one(cfg, set[i].key, set[i].value, err))
			goto out;
	c->cfg = *cfg;
	mica_client_config_changed(c);
	ret = mica_client_save(c, "", err);
	if (ret) {
		c->cfg = *old;
		mica_client_config_changed(c);
		goto out;
	}
	for (unsigned int i = 0; i < n; i++)
		mica_log(c->host, LOG_NOTICE, c->cfg.name, "set %s=%.200s", set[i].key,
			 set[i].value);
	apply(c, old);
out:
	free(cfg);
	return ret;
}
