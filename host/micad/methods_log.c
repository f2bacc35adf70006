/* SPDX-License-Identifier: BSD-3-Clause */
/* A client's log, once or for as long as somebody follows it. */
#include <string.h>

#include "daemon.h"
#include "methods.h"

static void on_line(void *arg, const struct mica_log_line *line)
{
	json_object_array_add(arg, server_line_json(line));
}

void method_logs(struct request *req)
{
	struct mica_client *client = request_client(req);
	struct json_object *params, *list;
	struct conn *c;
	int64_t lines = 0;

	if (!client)
		return;
	if (call_int(&req->call, "lines", &lines) < 0 || lines < 0 || lines > INT32_MAX) {
		request_refuse(req, "InvalidParameter", "parameter", "lines");
		return;
	}
	c = req->conn;
	list = json_object_new_array();
	mica_client_logs(client, (unsigned int)lines, on_line, list);
	params = json_object_new_object();
	json_object_object_add(params, "lines", list);
	if (!req->call.more) {
		request_reply(req, params);
		return;
	}
	strcpy(c->filter, mica_client_name(client));
	c->logs = true;
	mica_client_follow_logs(client, true);
	request_stay(req, params);
}
