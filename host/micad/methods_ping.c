/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ping: replies as they come, of a flood in batches; the last one with the totals. A caller that
 * goes away ends it; one that does not read pauses it.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon.h"
#include "methods.h"
#include "mica/ping.h"

#define BATCH	      256 /* replies in one message */
#define FLUSH_MS      20
#define US_PER_MS     1000
#define DEFAULT_US    1000000
#define LIMIT_US      3600000000ll
#define DEFAULT_BYTES 64

struct ping_call {
	struct request *req; /* NULL: ended */
	struct mica_ping *ping;
	uv_timer_t flush;	   /* of a flood, or while paused */
	struct json_object *batch; /* NULL: empty */
	bool flood;
};

static const char *const outcomes[] = { "answered", "lost", "changed" };

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void flush(struct ping_call *call)
{
	struct json_object *params;

	if (!call->batch)
		return;
	params = json_object_new_object();
	json_object_object_add(params, "replies", call->batch);
	call->batch = NULL;
	request_part(call->req, params);
}

static void finish(struct ping_call *call)
{
	json_object_put(call->batch);
	call->req = NULL;
	uv_close((uv_handle_t *)&call->flush, on_closed);
}

/* The request is ended without an answer, to nobody. */
static void on_gone(void *arg)
{
	struct ping_call *call = arg;
	struct request *req = call->req;

	mica_ping_stop(call->ping);
	finish(call);
	request_reply(req, NULL);
}

static void on_flush(uv_timer_t *timer)
{
	struct ping_call *call = timer->data;

	if (conn_backlog(call->req->conn))
		return;
	if (!call->flood)
		uv_timer_stop(timer);
	mica_ping_pause(call->ping, false);
	flush(call);
}

static void on_reply(void *arg, const struct mica_ping_reply *reply)
{
	struct ping_call *call = arg;
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "seq", json_object_new_int64((int64_t)reply->seq));
	json_object_object_add(o, "outcome", json_object_new_string(outcomes[reply->outcome]));
	if (reply->outcome != MICA_PING_LOST)
		json_object_object_add(o, "rtt_ns", json_object_new_int64((int64_t)reply->rtt_ns));
	if (!call->batch)
		call->batch = json_object_new_array();
	json_object_array_add(call->batch, o);
	if (call->flood && json_object_array_length(call->batch) < BATCH)
		return;
	if (!conn_backlog(call->req->conn)) {
		flush(call);
		return;
	}
	mica_ping_pause(call->ping, true);
	uv_timer_start(&call->flush, on_flush, FLUSH_MS, FLUSH_MS);
}

static void add_count(struct json_object *o, const char *key, uint64_t value)
{
	json_object_object_add(o, key, json_object_new_int64((int64_t)value));
}

static void on_end(void *arg, const struct mica_ping_totals *t, const char *why)
{
	struct ping_call *call = arg;
	struct request *req = call->req;
	struct json_object *params, *totals;
	const char *name = "";

	conn_stream(req->conn, NULL, NULL);
	flush(call);
	finish(call);
	if (why) {
		call_string(&req->call, "name", &name);
		request_failf(req, MICA_E_STATE, "client %s is gone: %s", name, why);
		return;
	}
	totals = json_object_new_object();
	add_count(totals, "sent", t->sent);
	add_count(totals, "received", t->received);
	add_count(totals, "lost", t->lost);
	add_count(totals, "changed", t->changed);
	add_count(totals, "unexpected", t->unexpected);
	params = json_object_new_object();
	json_object_object_add(params, "totals", totals);
	request_reply(req, params);
}

/* A number within bounds; the default where it is missing. False: the request has been ended. */
static bool number(struct request *req, const char *name, int64_t preset, int64_t min, int64_t max,
		   int64_t *out)
{
	*out = preset;
	if (call_int(&req->call, name, out) >= 0 && *out >= min && *out <= max)
		return true;
	request_refuse(req, "InvalidParameter", "parameter", name);
	return false;
}

static bool parse(struct request *req, struct mica_ping_config *cfg)
{
	int64_t count, size, interval, timeout;
	const char *endpoint;

	memset(cfg, 0, sizeof(*cfg));
	if (!number(req, "count", 0, 0, INT64_MAX, &count) ||
	    !number(req, "size", DEFAULT_BYTES, 0, UINT32_MAX, &size) ||
	    !number(req, "interval_us", DEFAULT_US, 1, LIMIT_US, &interval) ||
	    !number(req, "timeout_us", DEFAULT_US, 1, LIMIT_US, &timeout) ||
	    !request_optional(req, "endpoint", &endpoint))
		return false;
	if (call_bool(&req->call, "flood", &cfg->flood) < 0) {
		request_refuse(req, "InvalidParameter", "parameter", "flood");
		return false;
	}
	if (endpoint && (!*endpoint || strlen(endpoint) >= sizeof(cfg->endpoint))) {
		request_failf(req, MICA_E_USAGE,
			      "'%.40s' is no endpoint name: it has 1 to %zu characters", endpoint,
			      sizeof(cfg->endpoint) - 1);
		return false;
	}
	if (endpoint)
		strcpy(cfg->endpoint, endpoint);
	cfg->count = (uint64_t)count;
	cfg->size = (uint32_t)size;
	cfg->interval_ms = (uint32_t)((interval + US_PER_MS - 1) / US_PER_MS);
	cfg->timeout_ms = (uint32_t)((timeout + US_PER_MS - 1) / US_PER_MS);
	return true;
}

void method_ping(struct request *req)
{
	static const struct mica_ping_ops ops = { .reply = on_reply, .end = on_end };
	struct mica_client *client;
	struct mica_ping_config cfg;
	struct ping_call *call;
	struct mica_error err;

	if (!req->call.more) {
		request_refuse(req, "ExpectedMore", NULL, NULL);
		return;
	}
	client = request_client(req);
	if (!client || !parse(req, &cfg))
		return;
	call = calloc(1, sizeof(*call));
	if (!call) {
		request_failf(req, MICA_E_FAILED, "out of memory");
		return;
	}
	call->req = req;
	call->flood = cfg.flood;
	if (mica_ping_start(client, &cfg, &ops, call, &call->ping, &err)) {
		free(call);
		request_fail(req, &err);
		return;
	}
	uv_timer_init(&req->daemon->loop, &call->flush);
	call->flush.data = call;
	if (call->flood)
		uv_timer_start(&call->flush, on_flush, FLUSH_MS, FLUSH_MS);
	conn_stream(req->conn, on_gone, call);
}
