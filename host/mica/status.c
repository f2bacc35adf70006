/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "link.h"
#include "options.h"

/* The columns of the existing tool; scripts rely on them. */
static void row(struct json_object *client)
{
	struct json_object *services = json_list(client, "services");
	size_t n = services ? json_object_array_length(services) : 0;

	printf("%-30s%-20s%-20s", json_text(client, "name"), json_text(client, "cpu"),
	       json_text(client, "state"));
	for (size_t i = 0; i < n; i++) {
		struct json_object *s = json_object_array_get_idx(services, i);

		if (*json_text(s, "device"))
			printf("%s(%s) ", json_text(s, "name"), json_text(s, "device"));
		else
			printf("%s ", json_text(s, "name"));
	}
	printf("\n");
}

static void table(struct json_object *clients)
{
	size_t n = clients ? json_object_array_length(clients) : 0;

	printf("%-30s%-20s%-20s%s\n", "Name", "Assigned CPU", "State", "Service");
	for (size_t i = 0; i < n; i++)
		row(json_object_array_get_idx(clients, i));
}

static void service_line(struct json_object *s)
{
	const char *device = json_text(s, "device");

	printf("Service:       %s%s%s%s received %lld bytes in %lld messages, sent %lld in %lld, "
	       "dropped %lld bytes\n",
	       json_text(s, "name"), *device ? "(" : "", device, *device ? ")" : "",
	       json_number(s, "rx_bytes"), json_number(s, "rx_messages"),
	       json_number(s, "tx_bytes"), json_number(s, "tx_messages"),
	       json_number(s, "dropped_bytes"));
	if (json_number(s, "window_rx_bytes") || json_number(s, "window_tx_bytes"))
		printf("               window: received %lld bytes, sent %lld, none copied\n",
		       json_number(s, "window_rx_bytes"), json_number(s, "window_tx_bytes"));
}

static void image(struct json_object *c)
{
	const char *path = json_text(c, "image"), *name = json_text(c, "name");
	const char *previous = json_text(c, "previous_sha256");

	if (json_flag(c, "updated"))
		printf("Image:         updated; %s is not used ('mica update %s --reset')\n", path,
		       name);
	else
		printf("Image:         %s\n", path);
	printf("SHA-256:       %s%s\n", json_text(c, "sha256"),
	       json_flag(c, "on_trial") ? ", on trial" : "");
	if (json_flag(c, "has_previous"))
		printf("Previous:      %s ('mica rollback %s')\n", *previous ? previous : path,
		       name);
}

/* Rounded up: what is pending never shows as 0. */
static void seconds(const char *before, long long us)
{
	printf("%s%lld.%lld s", before, (us + 99999) / 1000000, (us + 99999) / 100000 % 10);
}

static void supervision(struct json_object *c)
{
	const char *restart = json_text(c, "restart"), *last = json_text(c, "last_end");
	const char *watchdog = json_text(c, "watchdog");
	long long n = json_number(c, "restarts");

	printf("Restart:       %s", restart);
	if (n)
		printf("; %lld time%s, last: %s", n, n == 1 ? "" : "s", last);
	printf("\n");
	if (!strcmp(watchdog, "off"))
		return;
	seconds("Watchdog:      ", json_number(c, "watchdog_us"));
	printf("%s\n", !strcmp(watchdog, "none")   ? ", but the image has no heartbeat"
		       : !strcmp(watchdog, "idle") ? ", while the client runs"
						   : "");
}

static void crash(struct json_object *c)
{
	struct json_object *o, *registers, *r;
	const char *core = json_text(c, "core_file");

	if (json_object_object_get_ex(c, "crash", &o)) {
		printf("Crash:         %s: %s, pc %s, sp %s, address %s, syndrome %s\n",
		       json_text(o, "cause"), json_text(o, "text"), json_text(o, "pc"),
		       json_text(o, "sp"), json_text(o, "address"), json_text(o, "syndrome"));
		registers = json_list(o, "registers");
		for (size_t i = 0; registers && i < json_object_array_length(registers); i++) {
			r = json_object_array_get_idx(registers, i);
			printf("%s%-6s %-18s%s", i % 3 ? "  " : "               ",
			       json_text(r, "name"), json_text(r, "value"),
			       i % 3 == 2 || i + 1 == json_object_array_length(registers) ? "\n"
											  : "");
		}
	}
	if (*core)
		printf("Core file:     %s\n", core);
}

static void details(struct json_object *c)
{
	struct json_object *services = json_list(c, "services");
	size_t n = services ? json_object_array_length(services) : 0;
	const char *reason = json_text(c, "reason"), *config = json_text(c, "config");
	long long us = json_number(c, "uptime_us");
	const char *on = json_text(c, "cpu_on");
	const char *cpu = json_text(c, "cpu");
	bool several = *cpu && strpbrk(cpu + 1, "-,");

	printf("Name:          %s\n", json_text(c, "name"));
	printf("State:         %s%s%s", json_text(c, "state"), *reason ? ": " : "", reason);
	if (json_flag(c, "restart_pending"))
		seconds("; restart in ", json_number(c, "restart_in_us"));
	printf("\n");
	printf("Assigned CPU:  %s%s%s%s\n", cpu, several ? " (on: " : "", several ? on : "",
	       several ? ")" : "");
	printf("Pedestal:      %s; %s, %s\n", json_text(c, "pedestal"),
	       json_flag(c, "isolates_memory") ? "isolates memory" : "does not isolate memory",
	       json_flag(c, "can_force_stop") ? "can stop a client that hangs"
					      : "cannot stop a client that hangs");
	image(c);
	printf("Configuration: %s\n", *config ? config : "-");
	printf("AutoBoot:      %s\n", json_flag(c, "auto_boot") ? "yes" : "no");
	supervision(c);
	if (us)
		printf("Uptime:        %lld.%03lld s\n", us / 1000000, us / 1000 % 1000);
	crash(c);
	printf("Doorbells:     %lld received, %lld sent\n", json_number(c, "doorbells_in"),
	       json_number(c, "doorbells_out"));
	for (size_t i = 0; i < n; i++)
		service_line(json_object_array_get_idx(services, i));
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct json_object *reply = NULL, *clients;
	struct mica_error err;
	const char *name;
	int ret = cli_arguments(cli, &verb_status, &argc, &argv, "[NAME]");

	if (ret >= 0)
		return ret;
	name = argv[0];
	if (link_once(cli->socket, "List", json_strings("name", name), &reply, &err))
		return cli_fail(cli, &err);
	if (cli->json) {
		cli_print_json(reply);
		return MICA_OK;
	}
	clients = json_list(reply, "clients");
	if (name)
		details(clients ? json_object_array_get_idx(clients, 0) : NULL);
	else
		table(clients);
	json_object_put(reply);
	return MICA_OK;
}

const struct verb verb_status = {
	.name = "status",
	.args = "[NAME]",
	.summary = "List clients, or show everything about one",
	.help = "The list has the columns Name, Assigned CPU, State and Service; each service\n"
		"is followed by the device to open in parentheses.\n",
	.run = run,
};
