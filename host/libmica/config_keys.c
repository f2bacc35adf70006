/* SPDX-License-Identifier: BSD-3-Clause */
/* Values of the configuration keys: form and range. mica.conf(5) is the document. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config_keys.h"

static int bad(struct mica_error *err, const char *key, const char *value, const char *want)
{
	return mica_fail(err, MICA_E_CONFIG, "%s '%.80s': %s", key, value, want);
}

static int text(char *out, size_t size, const char *key, const char *value, struct mica_error *err)
{
	size_t len = strlen(value);

	if (len >= size)
		return mica_fail(err, MICA_E_CONFIG, "%s: longer than %zu characters", key,
				 size - 1);
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)value[i] < 0x20 || value[i] == 0x7f)
			return mica_fail(err, MICA_E_CONFIG, "%s: contains a control character",
					 key);
	memcpy(out, value, len + 1);
	return 0;
}

static int path(char *out, const char *key, const char *value, struct mica_error *err)
{
	if (value[0] != '/')
		return bad(err, key, value, "must be an absolute path");
	return text(out, PATH_MAX, key, value, err);
}

static int boolean(bool *out, const char *key, const char *value, struct mica_error *err)
{
	static const char *const yes[] = { "yes", "true", "on", "1" };
	static const char *const no[] = { "no", "false", "off", "0" };

	for (unsigned int i = 0; i < 4; i++) {
		if (!strcasecmp(value, yes[i])) {
			*out = true;
			return 0;
		}
		if (!strcasecmp(value, no[i])) {
			*out = false;
			return 0;
		}
	}
	return bad(err, key, value, "neither yes nor no");
}

static int integer(int64_t *out, const char *key, const char *value, int64_t min, int64_t max,
		   int base, struct mica_error *err)
{
	char want[80], *end;
	long long v;

	errno = 0;
	v = strtoll(value, &end, base);
	if (errno || end == value || *end || v < min || v > max) {
		snprintf(want, sizeof(want), "not a whole number from %" PRId64 " to %" PRId64, min,
			 max);
		return bad(err, key, value, want);
	}
	*out = v;
	return 0;
}

static int set_name(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	if (!mica_name_valid(value))
		return bad(err, "Name", value,
			   "a name is 1 to 64 letters, digits, '_', '.' or '-', and is not '.' or "
			   "'..'");
	strcpy(cfg->name, value);
	return 0;
}

static int set_image(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	return path(cfg->image, "ClientPath", value, err);
}

static int set_cpu(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	return mica_cores_parse(value, &cfg->cores, err);
}

static int set_auto_boot(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	return boolean(&cfg->auto_boot, "AutoBoot", value, err);
}

static int set_pedestal(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	/* The existing tool takes the names in any case. */
	for (const char *p = value; *p; p++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", *p))
			return bad(err, "Pedestal", value, "not the name of a pedestal");
	if (text(cfg->pedestal, sizeof(cfg->pedestal), "Pedestal", value, err))
		return -1;
	for (char *p = cfg->pedestal; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return 0;
}

static int set_pedestal_conf(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	return path(cfg->pedestal_conf, "PedestalConf", value, err);
}

static int set_debug(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	return boolean(&cfg->debug, "Debug", value, err);
}

static int set_vcpu(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	return integer(&cfg->vcpu, "VCPU", value, 1, 4096, 10, err);
}

static int set_max_vcpu(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	return integer(&cfg->max_vcpu, "MaxVCPU", value, 1, 4096, 10, err);
}

static int set_weight(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	return integer(&cfg->cpu_weight, "CPUWeight", value, 1, 65535, 10, err);
}

static int set_capacity(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	return integer(&cfg->cpu_capacity, "CPUCapacity", value, 0, 100 * 4096, 10, err);
}

static int set_memory(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	return integer(&cfg->memory, "Memory", value, 1, 1 << 24, 10, err);
}

static int set_max_memory(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	return integer(&cfg->max_memory, "MaxMemory", value, 1, 1 << 24, 10, err);
}

static int set_iomem(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	return text(cfg->iomem, sizeof(cfg->iomem), "IOMem", value, err);
}

static int set_network(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	return text(cfg->network, sizeof(cfg->network), "Network", value, err);
}

static int set_layout(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	if (!strcasecmp(value, "table"))
		cfg->layout = MICA_LAYOUT_TABLE;
	else if (!strcasecmp(value, "static"))
		cfg->layout = MICA_LAYOUT_STATIC;
	else
		return bad(err, "Layout", value, "neither table nor static");
	return 0;
}

static int set_comm_offset(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	int64_t v = 0;

	if (!strcasecmp(value, "auto")) {
		cfg->comm_offset = MICA_COMM_OFFSET_AUTO;
		return 0;
	}
	if (integer(&v, "CommOffset", value, 0, 1ll << 40, 0, err))
		return -1;
	if (v % 4096)
		return bad(err, "CommOffset", value, "not a multiple of 4096 (0x1000)");
	cfg->comm_offset = (uint64_t)v;
	return 0;
}

static int address(uint64_t *out, const char *key, const char *value, struct mica_error *err)
{
	int64_t v = 0;

	if (integer(&v, key, value, 0, INT64_MAX, 0, err))
		return -1;
	if (v % 4)
		return bad(err, key, value, "not a multiple of 4");
	*out = (uint64_t)v;
	return 0;
}

static int set_load_address(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	return address(&cfg->load_address, "LoadAddress", value, err);
}

static int set_entry(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	return address(&cfg->entry, "Entry", value, err);
}

static int seconds(uint32_t *ms, const char *key, const char *value, struct mica_error *err)
{
	int64_t v = 0;

	if (integer(&v, key, value, 1, 3600, 10, err))
		return -1;
	*ms = (uint32_t)v * 1000;
	return 0;
}

static int set_start_timeout(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	return seconds(&cfg->start_timeout_ms, "StartTimeoutSec", value, err);
}

static int set_stop_timeout(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	return seconds(&cfg->stop_timeout_ms, "StopTimeoutSec", value, err);
}

static int set_rpc_root(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	return path(cfg->rpc_root, "RpcRoot", value, err);
}

/* Not root, and not the number that stands for nobody at all. */
static int set_rpc_user(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	int64_t v = 0;

	if (integer(&v, "RpcUser", value, 1, UINT32_MAX - 1, 10, err))
		return -1;
	cfg->rpc_user = (uint32_t)v;
	return 0;
}

static int set_rpc_system(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	return boolean(&cfg->rpc_system, "RpcSystem", value, err);
}

static int set_rpc_network(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	return boolean(&cfg->rpc_network, "RpcNetwork", value, err);
}

const struct config_key config_keys[] = {
	{ "Name", KEY_ALL, set_name },
	{ "ClientPath", KEY_ALL, set_image },
	{ "CPU", KEY_ALL, set_cpu },
	{ "AutoBoot", KEY_ALL, set_auto_boot },
	{ "Pedestal", KEY_ALL, set_pedestal },
	{ "PedestalConf", 0, set_pedestal_conf },
	{ "Debug", KEY_ALL, set_debug },
	{ "VCPU", 0, set_vcpu },
	{ "MaxVCPU", 0, set_max_vcpu },
	{ "CPUWeight", 0, set_weight },
	{ "CPUCapacity", 0, set_capacity },
	{ "Memory", 0, set_memory },
	{ "MaxMemory", 0, set_max_memory },
	{ "IOMem", 0, set_iomem },
	{ "Network", 0, set_network },
	{ "Layout", KEY_ALL, set_layout },
	{ "CommOffset", KEY_ALL, set_comm_offset },
	{ "LoadAddress", KEY_BAREMETAL, set_load_address },
	{ "Entry", KEY_BAREMETAL, set_entry },
	{ "StartTimeoutSec", KEY_ALL, set_start_timeout },
	{ "StopTimeoutSec", KEY_ALL, set_stop_timeout },
	{ "RpcRoot", KEY_ALL, set_rpc_root },
	{ "RpcUser", KEY_ALL, set_rpc_user },
	{ "RpcSystem", KEY_ALL, set_rpc_system },
	{ "RpcNetwork", KEY_ALL, set_rpc_network },
};

const unsigned int config_n_keys = sizeof(config_keys) / sizeof(config_keys[0]);
