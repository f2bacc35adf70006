/* SPDX-License-Identifier: BSD-3-Clause */
/* The configuration of a client: as it is, and changed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon.h"
#include "methods.h"

#define SETTINGS_MAX 64

struct printing {
	struct json_object *settings, *live;
	FILE *text;
};

static void on_key(void *arg, const char *key, const char *value, bool live)
{
	struct printing *p = arg;

	fprintf(p->text, "%s=%s\n", key, value);
	json_object_object_add(p->settings, key, json_object_new_string(value));
	if (live)
		json_object_array_add(p->live, json_object_new_string(key));
}

static void answer(struct request *req, const struct mica_config *cfg)
{
	struct printing p = { 0 };
	struct json_object *params;
	char *text = NULL;
	size_t len;

	p.text = open_memstream(&text, &len);
	if (!p.text) {
		request_failf(req, MICA_E_FAILED, "out of memory");
		return;
	}
	p.settings = json_object_new_object();
	p.live = json_object_new_array();
	fputs("[Mica]\n", p.text);
	mica_config_each(cfg, on_key, &p);
	fclose(p.text);
	params = json_object_new_object();
	json_object_object_add(params, "text", json_object_new_string(text));
	json_object_object_add(params, "settings", p.settings);
	json_object_object_add(params, "live", p.live);
	free(text);
	request_reply(req, params);
}

void method_get_config(struct request *req)
{
	struct mica_client *client = request_client(req);
	struct mica_client_info *info;

	if (!client)
		return;
	info = calloc(1, sizeof(*info));
	if (!info) {
		request_failf(req, MICA_E_FAILED, "out of memory");
		return;
	}
	mica_client_info(client, info);
	answer(req, &info->config);
	free(info);
}

void method_set(struct request *req)
{
	struct mica_client *client = request_client(req);
	struct mica_setting set[SETTINGS_MAX];
	struct json_object *settings = NULL;
	struct mica_error err;
	unsigned int n = 0;
	bool bad;

	if (!client)
		return;
	bad = call_object(&req->call, "settings", &settings) <= 0 ||
	      json_object_object_length(settings) > SETTINGS_MAX;
	if (!bad) {
		json_object_object_foreach(settings, key, value)
		{
			/* A NUL inside would cut it silently. */
			bad = bad || !json_object_is_type(value, json_type_string) ||
			      strlen(json_object_get_string(value)) !=
				      (size_t)json_object_get_string_len(value);
			set[n++] = (struct mica_setting){ key, json_object_get_string(value) };
		}
	}
	if (bad)
		request_refuse(req, "InvalidParameter", "parameter", "settings");
	else if (mica_client_set(client, set, n, &err))
		request_fail(req, &err);
	else
		request_reply(req, NULL);
}
