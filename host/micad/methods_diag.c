/* SPDX-License-Identifier: BSD-3-Clause */
/* Methods that look inside: Dump, Metrics. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon.h"
#include "describe.h"
#include "methods.h"
#include "metrics.h"
#include "mica/diag.h"

static void number(struct json_object *o, const char *key, uint64_t value)
{
	json_object_object_add(o, key, json_object_new_int64((int64_t)value));
}

static void boolean(struct json_object *o, const char *key, bool value)
{
	json_object_object_add(o, key, json_object_new_boolean(value));
}

static struct json_object *ring(const struct mica_ring_dump *r, const char *direction)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "direction", json_object_new_string(direction));
	number(o, "address", r->da);
	number(o, "size", r->size);
	number(o, "num", r->num);
	number(o, "align", r->align);
	number(o, "notifyid", r->notifyid);
	number(o, "offered", r->offered);
	number(o, "taken", r->taken);
	number(o, "avail_idx", r->avail_idx);
	number(o, "avail_flags", r->avail_flags);
	number(o, "used_idx", r->used_idx);
	number(o, "used_flags", r->used_flags);
	number(o, "waiting", r->waiting);
	number(o, "with_client", r->with_client);
	number(o, "with_host", r->with_host);
	json_object_object_add(o, "breach", json_object_new_string(r->breach ? r->breach : ""));
	number(o, "breach_value", r->breach_value);
	return o;
}

static struct json_object *lane(const struct mica_lane_dump *l)
{
	struct json_object *o = json_object_new_object();

	number(o, "size", l->size);
	number(o, "written", l->written);
	number(o, "freed", l->freed);
	number(o, "read", l->read);
	number(o, "given_back", l->given_back);
	number(o, "lent", l->lent);
	number(o, "client_head", l->client_head);
	number(o, "client_wake", l->client_wake);
	number(o, "client_want", l->client_want);
	return o;
}

static struct json_object *endpoint(const struct mica_endpoint_dump *e)
{
	struct json_object *o = json_object_new_object();

	describe_name(o, "name", e->info.name);
	json_object_object_add(o, "device", json_object_new_string(e->info.device));
	boolean(o, "bound", e->bound);
	number(o, "remote", e->remote);
	number(o, "local", e->local);
	number(o, "tx_credit", e->tx_credit);
	number(o, "rx_owed", e->rx_owed);
	number(o, "rx_messages", e->info.rx_messages);
	number(o, "tx_messages", e->info.tx_messages);
	return o;
}

static void lists(struct json_object *o, const struct mica_dump *d)
{
	struct json_object *vendor = json_object_new_array(), *rings = json_object_new_array(),
			   *lanes = json_object_new_array(), *endpoints = json_object_new_array();

	for (unsigned int i = 0; d->has_vendor && i < MICA_VENDOR_WORDS; i++)
		json_object_array_add(vendor, json_object_new_int64(d->vendor[i]));
	for (unsigned int i = 0; i < d->n_rings; i++)
		json_object_array_add(rings, ring(&d->ring[i], i ? "out" : "in"));
	for (unsigned int i = 0; i < d->n_lanes; i++)
		json_object_array_add(lanes, lane(&d->lane[i]));
	for (unsigned int i = 0; i < d->n_endpoints; i++)
		json_object_array_add(endpoints, endpoint(&d->endpoint[i]));
	json_object_object_add(o, "vendor", vendor);
	json_object_object_add(o, "rings", rings);
	json_object_object_add(o, "lanes", lanes);
	json_object_object_add(o, "endpoints", endpoints);
}

static struct json_object *dump(const struct mica_dump *d, const char *name)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "name", json_object_new_string(name));
	number(o, "table_address", d->table_da);
	number(o, "table_size", d->table_len);
	boolean(o, "table_in_place", d->in_place);
	number(o, "buffers_address", d->buffers_da);
	number(o, "buffers_size", d->buffers_size);
	number(o, "status_word", d->status_word);
	number(o, "status_byte", d->status_byte);
	number(o, "features_offered", d->offered);
	number(o, "features_acked", d->acked);
	number(o, "doorbell_kind", d->db_kind);
	number(o, "doorbell_to_host", d->db_to_host);
	number(o, "doorbell_to_client", d->db_to_client);
	number(o, "doorbells_in", d->doorbells_in);
	number(o, "doorbells_out", d->doorbells_out);
	number(o, "doorbells_lost", d->doorbells_lost);
	number(o, "pongs_unexpected", d->pongs_unexpected);
	number(o, "dropped_no_endpoint", d->no_endpoint);
	number(o, "dropped_bad_announcement", d->bad_ns);
	number(o, "dropped_refused", d->refused);
	lists(o, d);
	return o;
}

void method_dump(struct request *req)
{
	struct mica_client *client = request_client(req);
	struct json_object *params;
	struct mica_error err;
	const char *name = "";
	struct mica_dump *d;

	if (!client)
		return;
	d = malloc(sizeof(*d));
	if (!d) {
		request_failf(req, MICA_E_FAILED, "out of memory");
		return;
	}
	if (mica_client_dump(client, d, &err)) {
		request_fail(req, &err);
	} else {
		call_string(&req->call, "name", &name);
		params = json_object_new_object();
		json_object_object_add(params, "dump", dump(d, name));
		request_reply(req, params);
	}
	free(d);
}

void method_metrics(struct request *req)
{
	char *text = metrics_text(req->daemon);
	struct json_object *params;

	if (!text) {
		request_failf(req, MICA_E_FAILED, "out of memory");
		return;
	}
	params = json_object_new_object();
	json_object_object_add(params, "text", json_object_new_string(text));
	free(text);
	request_reply(req, params);
}
