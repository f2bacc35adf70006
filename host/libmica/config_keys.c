/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of configuration keys. mica.conf(5) is the document. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config_keys.h"

static int bad(struct mica_error *err, const char *key, const char *value, const char *want)
{
	return mica_fail(err, MICA_E_CONFIG, "%s '%.80s': %s", key, value, want);
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

static void get_name(const struct mica_config *cfg, char out[KEY_VALUE_MAX])
{
	strcpy(out, cfg->name);
}

static int set_cpu(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	return mica_cores_parse(value, &cfg->cores, err);
}

static void get_cpu(const struct mica_config *cfg, char out[KEY_VALUE_MAX])
{
	if (cfg->cores.kind != MICA_CORES_NONE)
		mica_cores_format(&cfg->cores, out);
}

static int set_pedestal(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	char name[sizeof(cfg->pedestal)] = "";
	size_t len = strlen(value);

	if (len >= sizeof(name))
		return bad(err, "Pedestal", value, "not the name of a pedestal");
	/* The existing tool takes the names in any case. */
	for (size_t i = 0; i < len; i++) {
		char c = value[i];

		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", c))
			return bad(err, "Pedestal", value, "not the name of a pedestal");
		name[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	strcpy(cfg->pedestal, name);
	return 0;
}

static void get_pedestal(const struct mica_config *cfg, char out[KEY_VALUE_MAX])
{
	strcpy(out, cfg->pedestal);
}

static int set_comm_offset(struct mica_config *cfg, const char *value, struct mica_error *err)
{
	unsigned long long v;
	char *end;

	if (!strcasecmp(value, "auto")) {
		cfg->comm_offset = MICA_COMM_OFFSET_AUTO;
		return 0;
	}
	v = strtoull(value, &end, 0);
	if (value[0] == '-' || end == value || *end || v > 1ull << 40)
		return bad(err, "CommOffset", value,
			   "neither auto nor a whole number from 0 to 1099511627776");
	if (v % 4096)
		return bad(err, "CommOffset", value, "not a multiple of 4096 (0x1000)");
	cfg->comm_offset = v;
	return 0;
}

static void get_comm_offset(const struct mica_config *cfg, char out[KEY_VALUE_MAX])
{
	if (cfg->comm_offset == MICA_COMM_OFFSET_AUTO)
		strcpy(out, "auto");
	else
		snprintf(out, KEY_VALUE_MAX, "0x%" PRIx64, cfg->comm_offset);
}

static const char *const layouts[] = { "table", "static", NULL };
static const char *const restarts[] = { "no", "on-failure", "always", NULL };
/* As syslog(3) numbers them. */
static const char *const log_levels[] = { "emerg",  "alert", "crit",  "err", "warning",
					  "notice", "info",  "debug", NULL };

#define MEMBER(m) \
	.offset = offsetof(struct mica_config, m), .size = sizeof(((struct mica_config *)0)->m)
#define TEXT(key, by, m)                                                \
	{                                                               \
		.name = key, .used_by = by, .kind = KEY_TEXT, MEMBER(m) \
	}
#define FILE_PATH(key, by, m)                                           \
	{                                                               \
		.name = key, .used_by = by, .kind = KEY_PATH, MEMBER(m) \
	}
#define SWITCH(key, by, m)                                                \
	{                                                                 \
		.name = key, .used_by = by, .kind = KEY_SWITCH, MEMBER(m) \
	}
#define LIVE_SWITCH(key, m)                                                                  \
	{                                                                                    \
		.name = key, .used_by = KEY_ALL, .live = true, .kind = KEY_SWITCH, MEMBER(m) \
	}
#define NUMBER(key, by, m, lo, hi)                                                              \
	{                                                                                       \
		.name = key, .used_by = by, .kind = KEY_NUMBER, MEMBER(m), .min = lo, .max = hi \
	}
#define COUNT(key, is_live, m, lo, hi)                                                          \
	{                                                                                       \
		.name = key, .used_by = KEY_ALL, .live = is_live, .kind = KEY_COUNT, MEMBER(m), \
		.min = lo, .max = hi                                                            \
	}
#define SPAN(key, m, lo, hi)                                                                \
	{                                                                                   \
		.name = key, .used_by = KEY_ALL, .live = true, .kind = KEY_SPAN, MEMBER(m), \
		.min = lo, .max = hi                                                        \
	}
#define SPAN_OR_OFF(key, m, lo, hi)                                                         \
	{                                                                                   \
		.name = key, .used_by = KEY_ALL, .live = true, .kind = KEY_SPAN, MEMBER(m), \
		.min = lo, .max = hi, .or_zero = true                                       \
	}
#define ADDRESS(key, by, m)                                                                  \
	{                                                                                    \
		.name = key, .used_by = by, .kind = KEY_ADDRESS, MEMBER(m), .max = INT64_MAX \
	}
#define CHOICE(key, is_live, m, list)                                                            \
	{                                                                                        \
		.name = key, .used_by = KEY_ALL, .live = is_live, .kind = KEY_CHOICE, MEMBER(m), \
		.choices = list                                                                  \
	}
#define OWN(key, f)                                                                              \
	{                                                                                        \
		.name = key, .used_by = KEY_ALL, .kind = KEY_OWN, .set = set_##f, .get = get_##f \
	}

#define HOUR_MS 3600000

const struct config_key config_keys[] = {
	OWN("Name", name),
	FILE_PATH("ClientPath", KEY_ALL, image),
	OWN("CPU", cpu),
	SWITCH("AutoBoot", KEY_ALL, auto_boot),
	OWN("Pedestal", pedestal),
	FILE_PATH("PedestalConf", 0, pedestal_conf),
	SWITCH("Debug", KEY_ALL, debug),
	NUMBER("VCPU", 0, vcpu, 1, 4096),
	NUMBER("MaxVCPU", 0, max_vcpu, 1, 4096),
	NUMBER("CPUWeight", 0, cpu_weight, 1, 65535),
	NUMBER("CPUCapacity", 0, cpu_capacity, 0, 100 * 4096),
	NUMBER("Memory", 0, memory, 1, 1 << 24),
	NUMBER("MaxMemory", 0, max_memory, 1, 1 << 24),
	TEXT("IOMem", 0, iomem),
	TEXT("Network", 0, network),
	CHOICE("Layout", false, layout, layouts),
	OWN("CommOffset", comm_offset),
	ADDRESS("LoadAddress", KEY_BAREMETAL, load_address),
	ADDRESS("Entry", KEY_BAREMETAL, entry),
	SPAN("StartTimeoutSec", start_timeout_ms, 1000, HOUR_MS),
	SPAN("StopTimeoutSec", stop_timeout_ms, 1000, HOUR_MS),
	CHOICE("Restart", true, restart, restarts),
	SPAN("RestartSec", restart_ms, 0, HOUR_MS),
	SPAN("RestartMaxDelaySec", restart_max_ms, 0, 24 * HOUR_MS),
	COUNT("StartLimitBurst", true, start_limit_burst, 0, 1000000),
	SPAN("StartLimitIntervalSec", start_limit_ms, 0, 24 * HOUR_MS),
	/* The client shows a heartbeat, and micad looks, each half of it. */
	SPAN_OR_OFF("WatchdogSec", watchdog_ms, 100, HOUR_MS),
	LIVE_SWITCH("CoreDump", core_dump),
	COUNT("CoreDumpKeep", true, core_dump_keep, 1, 1000),
	COUNT("CoreDumpSizeMax", true, core_dump_mib, 1, 1 << 20),
	CHOICE("LogLevel", true, log_level, log_levels),
	SWITCH("EndpointSockets", KEY_ALL, endpoint_sockets),
	TEXT("EndpointGroup", KEY_ALL, endpoint_group),
	TEXT("Endpoints", KEY_ALL, endpoints),
	SWITCH("RequireSignature", KEY_ALL, require_signature),
	SPAN("HealthySec", healthy_ms, 0, HOUR_MS),
	FILE_PATH("RpcRoot", KEY_ALL, rpc_root),
	/* Not root, and not the number that stands for nobody at all. */
	COUNT("RpcUser", false, rpc_user, 1, UINT32_MAX - 1),
	LIVE_SWITCH("RpcSystem", rpc_system),
	LIVE_SWITCH("RpcNetwork", rpc_network),
	SWITCH("RpcPowerOff", KEY_ALL, rpc_power_off),
};

const unsigned int config_n_keys = sizeof(config_keys) / sizeof(config_keys[0]);

const struct config_key *config_key_find(const char *name)
{
	for (unsigned int i = 0; i < config_n_keys; i++)
		if (!strcmp(name, config_keys[i].name))
			return &config_keys[i];
	return NULL;
}
