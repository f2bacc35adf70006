/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon.h"
#include "mica/control.h"
#include "methods.h"
#include "request.h"
#include "service.h"

char *request_error_text(enum mica_code code, const char *text)
{
	struct json_object *params = json_object_new_object();

	json_object_object_add(params, "code", json_object_new_int(code));
	json_object_object_add(params, "message", json_object_new_string(text));
	return reply_error_format(MICA_CONTROL_IFACE ".Error", params);
}

static void end(struct request *req, char *text)
{
	struct conn *c = req->conn;

	if (req->call.oneway)
		free(text);
	else
		conn_send(c, text);
	call_free(&req->call);
	free(req);
	conn_idle(c);
}

void request_reply(struct request *req, struct json_object *params)
{
	end(req, reply_format(params, false));
}

void request_progress(struct request *req, struct json_object *params)
{
	if (req->call.more)
		conn_send(req->conn, reply_format(params, true));
	else
		json_object_put(params);
}

void request_part(struct request *req, struct json_object *params)
{
	if (req->call.oneway)
		json_object_put(params);
	else
		conn_send(req->conn, reply_format(params, true));
}

/* The connection stays busy: it takes no further call. */
void request_stay(struct request *req, struct json_object *params)
{
	struct conn *c = req->conn;

	conn_send(c, reply_format(params, true));
	call_free(&req->call);
	free(req);
	conn_monitor(c);
}

void request_fail(struct request *req, const struct mica_error *err)
{
	end(req, request_error_text(err->code, err->text));
}

void request_failf(struct request *req, enum mica_code code, const char *fmt, ...)
{
	char text[MICA_ERROR_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	end(req, request_error_text(code, text));
}

void request_refuse(struct request *req, const char *error, const char *param, const char *value)
{
	struct json_object *params = json_object_new_object();
	char name[64];

	snprintf(name, sizeof(name), "org.varlink.service.%s", error);
	if (param)
		json_object_object_add(params, param, json_object_new_string(value));
	end(req, reply_error_format(name, params));
}

bool request_optional(struct request *req, const char *name, const char **out)
{
	*out = NULL;
	if (call_string(&req->call, name, out) >= 0)
		return true;
	request_refuse(req, "InvalidParameter", "parameter", name);
	return false;
}

const char *request_string(struct request *req, const char *name)
{
	const char *value;

	if (!request_optional(req, name, &value))
		return NULL;
	if (!value)
		request_refuse(req, "InvalidParameter", "parameter", name);
	return value;
}

struct mica_client *request_client(struct request *req)
{
	const char *name = request_string(req, "name");
	struct mica_client *client;

	if (!name)
		return NULL;
	client = mica_host_find(req->daemon->host, name);
	if (!client)
		request_failf(req, MICA_E_UNKNOWN,
			      "no client named '%.80s'; 'mica status' lists the clients", name);
	return client;
}

static const char *right_hint(const struct conn *c)
{
	if (c->right == RIGHT_OPERATE)
		return "this needs root: only the owner of the daemon brings in or takes away "
		       "clients";
	return "permission denied: become root or a member of the group " MICA_GROUP;
}

static void run(struct request *req, const struct method *m)
{
	const char *unknown = call_unknown(&req->call, m->params);

	if (unknown)
		request_refuse(req, "InvalidParameter", "parameter", unknown);
	else if (req->conn->right < m->right)
		request_failf(req, MICA_E_PERMISSION, "%s", right_hint(req->conn));
	else if (req->daemon->stopping)
		request_failf(req, MICA_E_NO_DAEMON, "micad is ending; try again in a moment");
	else
		m->run(req);
}

static const struct method *find(const struct method *m, const char *name)
{
	while (m->name && strcmp(m->name, name) != 0)
		m++;
	return m->name ? m : NULL;
}

static void dispatch(struct request *req)
{
	const char *full = req->call.method, *dot = strrchr(full, '.');
	const struct method *table, *m;
	char iface[64] = "";

	if (dot && (size_t)(dot - full) < sizeof(iface))
		memcpy(iface, full, (size_t)(dot - full));
	if (!dot) {
		request_refuse(req, "InterfaceNotFound", "interface", "");
		return;
	}
	if (!strcmp(iface, MICA_CONTROL_IFACE)) {
		table = manager_methods;
	} else if (!strcmp(iface, "org.varlink.service")) {
		table = service_methods;
	} else {
		request_refuse(req, "InterfaceNotFound", "interface", iface);
		return;
	}
	m = find(table, dot + 1);
	if (m)
		run(req, m);
	else
		request_refuse(req, "MethodNotFound", "method", full);
}

void request_begin(struct conn *c, const char *text, size_t len)
{
	struct request *req = calloc(1, sizeof(*req));
	struct mica_error err;

	if (!req) {
		conn_close(c);
		conn_idle(c);
		return;
	}
	req->conn = c;
	req->daemon = c->daemon;
	if (call_parse(text, len, &req->call, &err)) {
		/* What follows cannot be trusted to be whole messages either. */
		free(req);
		conn_refuse(c, err.text);
		conn_idle(c);
		return;
	}
	dispatch(req);
}
