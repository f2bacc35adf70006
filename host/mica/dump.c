/* SPDX-License-Identifier: BSD-3-Clause */
/* dump: rings, endpoints and shared words of a client, for somebody who debugs an image. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "link.h"
#include "mica/abi.h"
#include "options.h"

static size_t length(struct json_object *list)
{
	return list ? json_object_array_length(list) : 0;
}

static const char *status_name(long long word)
{
	switch (word) {
	case MICA_STATUS_RUNNING:
		return "running";
	case MICA_STATUS_REATTACH:
		return "re-attach";
	case MICA_STATUS_STOP:
		return "stop, or off";
	case 0:
		return "none";
	default:
		return "unknown";
	}
}

static void ring(struct json_object *r)
{
	const char *breach = json_text(r, "breach");

	printf("Ring %s: address 0x%llx, %lld bytes, %lld descriptors, align %lld, notify id "
	       "%lld\n",
	       strcmp(json_text(r, "direction"), "in") ? "to the client  " : "from the client",
	       json_number(r, "address"), json_number(r, "size"), json_number(r, "num"),
	       json_number(r, "align"), json_number(r, "notifyid"));
	printf("  own indices     offered %lld, taken back %lld\n", json_number(r, "offered"),
	       json_number(r, "taken"));
	printf("  shared          avail %lld (flags %lld), used %lld (flags %lld)\n",
	       json_number(r, "avail_idx"), json_number(r, "avail_flags"),
	       json_number(r, "used_idx"), json_number(r, "used_flags"));
	printf("  buffers         client %lld, Linux %lld; given back, not yet taken %lld\n",
	       json_number(r, "with_client"), json_number(r, "with_host"),
	       json_number(r, "waiting"));
	if (*breach)
		printf("  rules broken    %s (0x%llx)\n", breach, json_number(r, "breach_value"));
}

static void lane(struct json_object *l, size_t i)
{
	printf("Lane %zu: %lld bytes a direction\n", i, json_number(l, "size"));
	printf("  to the client   written %lld, freed %lld (shared %lld), rings at %lld; lent "
	       "%lld\n",
	       json_number(l, "written"), json_number(l, "freed"), json_number(l, "client_head"),
	       json_number(l, "client_wake"), json_number(l, "lent"));
	printf("  from the client read %lld, given back %lld; it %s room\n", json_number(l, "read"),
	       json_number(l, "given_back"),
	       json_number(l, "client_want") ? "waits for" : "does not wait for");
}

static void endpoint(struct json_object *e, bool credit)
{
	printf("  %-31s 0x%llx ", json_text(e, "name"), json_number(e, "remote"));
	if (!json_flag(e, "bound")) {
		printf("not bound\n");
		return;
	}
	printf("<-> 0x%llx  received %lld, sent %lld", json_number(e, "local"),
	       json_number(e, "rx_messages"), json_number(e, "tx_messages"));
	if (credit)
		printf("; may send %lld, owes %lld", json_number(e, "tx_credit"),
		       json_number(e, "rx_owed"));
	if (*json_text(e, "device"))
		printf("  %s", json_text(e, "device"));
	printf("\n");
}

static void vendor(struct json_object *words)
{
	static const struct {
		const char *name;
		size_t at;
	} fields[] = {
#define FIELD(member) { #member, offsetof(struct mica_rsc_vendor, member) / 4 }
		FIELD(type),	     FIELD(len),
		FIELD(version),	     FIELD(features),
		FIELD(acked),	     FIELD(db_kind),
		FIELD(db_to_host),   FIELD(db_to_client),
		FIELD(db_value),     FIELD(heartbeat_ms),
		FIELD(buf_size),     FIELD(host_request),
		FIELD(stop_len),     FIELD(db_kind_to_client),
		FIELD(client_state), FIELD(heartbeat),
		FIELD(crash_da),     FIELD(crash_len),
#undef FIELD
	};
	const size_t n = sizeof(fields) / sizeof(fields[0]);

	if (!length(words))
		return;
	printf("Vendor entry:");
	for (size_t i = 0; i < n; i++) {
		struct json_object *word = json_object_array_get_idx(words, fields[i].at);

		printf("%s%s 0x%llx", i % 5 ? ", " : "\n  ", fields[i].name,
		       (long long)json_object_get_int64(word));
	}
	printf("\n");
}

static void text(struct json_object *d)
{
	struct json_object *rings = json_list(d, "rings"), *endpoints = json_list(d, "endpoints");
	long long word = json_number(d, "status_word");

	printf("Client:        %s\n", json_text(d, "name"));
	if (json_number(d, "table_size"))
		printf("Table:         0x%llx, %lld bytes, %s\n", json_number(d, "table_address"),
		       json_number(d, "table_size"),
		       json_flag(d, "table_in_place") ? "in place" : "copied");
	else
		printf("Table:         none, static layout\n");
	printf("Status word:   0x%08llx (%s)\n", word, status_name(word));
	printf("Status byte:   0x%02llx\n", json_number(d, "status_byte"));
	printf("Features:      offered 0x%llx, agreed 0x%llx\n", json_number(d, "features_offered"),
	       json_number(d, "features_acked"));
	printf("Doorbells:     %lld received, %lld sent, %lld lost; kind %lld, numbers %lld to "
	       "Linux, %lld to the client\n",
	       json_number(d, "doorbells_in"), json_number(d, "doorbells_out"),
	       json_number(d, "doorbells_lost"), json_number(d, "doorbell_kind"),
	       json_number(d, "doorbell_to_host"), json_number(d, "doorbell_to_client"));
	printf("Dropped:       %lld without a receiver, %lld bad announcements, %lld refused, "
	       "%lld unexpected pongs\n",
	       json_number(d, "dropped_no_endpoint"), json_number(d, "dropped_bad_announcement"),
	       json_number(d, "dropped_refused"), json_number(d, "pongs_unexpected"));
	if (length(rings))
		printf("Buffers:       0x%llx, %lld bytes\n", json_number(d, "buffers_address"),
		       json_number(d, "buffers_size"));
	for (size_t i = 0; i < length(rings); i++)
		ring(json_object_array_get_idx(rings, i));
	for (size_t i = 0; i < length(json_list(d, "lanes")); i++)
		lane(json_object_array_get_idx(json_list(d, "lanes"), i), i);
	printf("Endpoints:     %zu\n", length(endpoints));
	for (size_t i = 0; i < length(endpoints); i++)
		endpoint(json_object_array_get_idx(endpoints, i),
			 json_number(d, "features_acked") & MICA_F_CREDIT);
	vendor(json_list(d, "vendor"));
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct json_object *reply = NULL, *d = NULL;
	struct mica_error err;
	int ret = cli_arguments(cli, &verb_dump, &argc, &argv, "NAME");

	if (ret >= 0)
		return ret;
	if (link_once(cli->socket, "Dump", json_strings("name", argv[0]), &reply, &err))
		return cli_fail(cli, &err);
	if (cli->json) {
		cli_print_json(reply);
		return MICA_OK;
	}
	json_object_object_get_ex(reply, "dump", &d);
	text(d);
	json_object_put(reply);
	return MICA_OK;
}

const struct verb verb_dump = {
	.name = "dump",
	.args = "NAME",
	.summary = "Show rings, buffers, endpoints and shared words of a client",
	.help = "Changes nothing. What the client wrote is shown as it stands, right or wrong.\n",
	.run = run,
};
