/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>

#include "describe.h"

static void text(struct json_object *o, const char *key, const char *value)
{
	json_object_object_add(o, key, json_object_new_string(value));
}

static void number(struct json_object *o, const char *key, uint64_t value)
{
	json_object_object_add(o, key, json_object_new_int64((int64_t)value));
}

static void boolean(struct json_object *o, const char *key, bool value)
{
	json_object_object_add(o, key, json_object_new_boolean(value));
}

/* Names come from the client: what is not plain ASCII would not be valid JSON text. */
void describe_name(struct json_object *o, const char *key, const char *value)
{
	char clean[32];
	size_t i;

	for (i = 0; i + 1 < sizeof(clean) && value[i]; i++)
		clean[i] = value[i] >= 0x20 && value[i] < 0x7f ? value[i] : '?';
	clean[i] = '\0';
	text(o, key, clean);
}

static struct json_object *service(const struct mica_service_info *s)
{
	struct json_object *o = json_object_new_object();

	describe_name(o, "name", s->name);
	text(o, "device", s->device);
	number(o, "rx_messages", s->rx_messages);
	number(o, "rx_bytes", s->rx_bytes);
	number(o, "tx_messages", s->tx_messages);
	number(o, "tx_bytes", s->tx_bytes);
	number(o, "dropped_bytes", s->dropped_bytes);
	number(o, "dropped_messages", s->dropped_messages);
	number(o, "window_rx_bytes", s->window_rx_bytes);
	number(o, "window_tx_bytes", s->window_tx_bytes);
	return o;
}

static const char *watchdog_name(enum mica_watchdog w)
{
	static const char *const names[] = {
		[MICA_WATCHDOG_OFF] = "off",
		[MICA_WATCHDOG_NONE] = "none",
		[MICA_WATCHDOG_IDLE] = "idle",
		[MICA_WATCHDOG_ON] = "on",
	};

	return names[w];
}

static const char *restart_name(enum mica_restart r)
{
	if (r == MICA_RESTART_NO)
		return "no";
	return r == MICA_RESTART_ALWAYS ? "always" : "on-failure";
}

static void supervision(struct json_object *o, const struct mica_client_info *info)
{
	text(o, "restart", restart_name(info->config.restart));
	number(o, "restarts", info->restarts);
	boolean(o, "restart_pending", info->restart_pending);
	number(o, "restart_in_us", info->restart_in_us);
	text(o, "last_end", info->last_end);
	text(o, "watchdog", watchdog_name(info->watchdog));
	number(o, "watchdog_us", (uint64_t)info->config.watchdog_ms * 1000);
}

static uint64_t uptime_us(const struct mica_client_info *info)
{
	uint64_t now = uv_hrtime() / 1000;

	if (info->state != MICA_RUNNING || !info->started_us || info->started_us > now)
		return 0;
	return now - info->started_us;
}

static void hex(struct json_object *o, const char *key, uint64_t value)
{
	char buf[20];

	snprintf(buf, sizeof(buf), "0x%llx", (unsigned long long)value);
	text(o, key, buf);
}

static struct json_object *crash(const struct mica_crash_info *c)
{
	struct json_object *o = json_object_new_object();
	struct json_object *registers = json_object_new_array();

	text(o, "cause", c->panic ? "panic" : "exception");
	text(o, "text", c->text);
	number(o, "core", c->core);
	hex(o, "pc", c->pc);
	hex(o, "sp", c->sp);
	hex(o, "address", c->address);
	hex(o, "syndrome", c->syndrome);
	for (unsigned int i = 0; i < c->n_regs && i < MICA_CRASH_INFO_REGS; i++) {
		struct json_object *r;
		const char *name = mica_crash_register(c, i);

		if (!*name)
			continue;
		r = json_object_new_object();
		text(r, "name", name);
		hex(r, "value", c->reg[i]);
		json_object_array_add(registers, r);
	}
	json_object_object_add(o, "registers", registers);
	return o;
}

static void fill(struct json_object *o, const struct mica_client_info *info)
{
	struct json_object *services = json_object_new_array();
	char cpu[64];

	mica_cores_format(&info->config.cores, cpu);
	text(o, "name", info->name);
	text(o, "cpu", cpu);
	mica_cores_format(&info->cores_on, cpu);
	text(o, "cpu_on", cpu);
	text(o, "state", mica_state_name(info->state));
	text(o, "reason", info->reason);
	text(o, "operation", info->operation);
	text(o, "pedestal", info->config.pedestal);
	text(o, "image", info->config.image);
	text(o, "config", info->config.file);
	text(o, "sha256", info->sha256);
	boolean(o, "updated", info->updated);
	boolean(o, "on_trial", info->on_trial);
	boolean(o, "has_previous", info->has_previous);
	text(o, "previous_sha256", info->previous_sha256);
	boolean(o, "debug", info->config.debug);
	text(o, "debugger", info->debugger);
	text(o, "image_path", info->image_path);
	boolean(o, "auto_boot", info->config.auto_boot);
	number(o, "uptime_us", uptime_us(info));
	boolean(o, "isolates_memory", info->isolates_memory);
	boolean(o, "can_force_stop", info->can_force_stop);
	supervision(o, info);
	if (info->crash.found)
		json_object_object_add(o, "crash", crash(&info->crash));
	text(o, "core_file", info->core_file);
	number(o, "doorbells_in", info->doorbells_in);
	number(o, "doorbells_out", info->doorbells_out);
	number(o, "doorbells_lost", info->doorbells_lost);
	number(o, "ring_size", info->ring.num);
	number(o, "ring_in", info->ring.rx);
	number(o, "ring_out", info->ring.tx);
	number(o, "features", info->features);
	for (unsigned int i = 0; i < info->n_services && i < MICA_SERVICES_MAX; i++)
		json_object_array_add(services, service(&info->service[i]));
	json_object_object_add(o, "services", services);
}

struct json_object *describe_client(const struct mica_client *client)
{
	struct json_object *o = json_object_new_object();
	struct mica_client_info *info = calloc(1, sizeof(*info));

	if (info) {
		mica_client_info(client, info);
		fill(o, info);
		free(info);
	}
	return o;
}

struct json_object *describe_clients(struct mica_host *host, const struct mica_client *only)
{
	struct json_object *list = json_object_new_array();
	struct mica_client *c = NULL;

	while ((c = mica_host_next(host, c)))
		if (!only || c == only)
			json_object_array_add(list, describe_client(c));
	return list;
}
