/* SPDX-License-Identifier: BSD-3-Clause */
/* Methods that look and do not touch. */
#include <stdlib.h>
#include <string.h>

#include "configs.h"
#include "daemon.h"
#include "describe.h"
#include "methods.h"
#include "mica/control.h"

void method_version(struct request *req)
{
	struct json_object *params;
	int64_t theirs = MICA_PROTOCOL;

	if (call_int(&req->call, "protocol", &theirs) < 0) {
		request_refuse(req, "InvalidParameter", "parameter", "protocol");
		return;
	}
	if (theirs != MICA_PROTOCOL) {
		request_failf(req, MICA_E_PROTOCOL,
			      "this micad (%s) speaks protocol %d, its caller %lld; install both "
			      "from the same release",
			      MICA_VERSION, MICA_PROTOCOL, (long long)theirs);
		return;
	}
	params = json_object_new_object();
	json_object_object_add(params, "version", json_object_new_string(MICA_VERSION));
	json_object_object_add(params, "protocol", json_object_new_int(MICA_PROTOCOL));
	request_reply(req, params);
}

/* The client of optional parameter "name". false: the request has been ended. */
static bool optional_client(struct request *req, struct mica_client **client)
{
	const char *name;

	*client = NULL;
	if (!request_optional(req, "name", &name))
		return false;
	if (!name)
		return true;
	*client = request_client(req);
	return *client != NULL;
}

void method_list(struct request *req)
{
	struct mica_client *only;
	struct json_object *params;

	if (!optional_client(req, &only))
		return;
	params = json_object_new_object();
	json_object_object_add(params, "clients", describe_clients(req->daemon->host, only));
	request_reply(req, params);
}

struct listing {
	uv_work_t work;
	struct request *req;
	struct configs configs;
	struct mica_error err;
	int ret;
};

static void list_work(uv_work_t *work)
{
	struct listing *l = work->data;

	l->ret = configs_list(&l->configs, l->req->daemon->opt.config_dir, &l->err);
}

static void list_done(uv_work_t *work, int status)
{
	struct listing *l = work->data;
	struct json_object *params, *files;

	(void)status;
	if (l->ret) {
		request_fail(l->req, &l->err);
	} else {
		files = json_object_new_array();
		for (unsigned int i = 0; i < l->configs.n; i++)
			json_object_array_add(files, json_object_new_string(l->configs.file[i]));
		params = json_object_new_object();
		json_object_object_add(params, "files", files);
		request_reply(l->req, params);
	}
	configs_free(&l->configs);
	free(l);
}

void method_list_configs(struct request *req)
{
	struct listing *l = calloc(1, sizeof(*l));

	if (!l) {
		request_failf(req, MICA_E_FAILED, "out of memory");
		return;
	}
	l->req = req;
	l->work.data = l;
	uv_queue_work(&req->daemon->loop, &l->work, list_work, list_done);
}

/* The first terminal, or the one of that endpoint name; NULL: none. */
static const char *find_tty(const struct mica_client_info *info, const char *service)
{
	for (unsigned int i = 0; i < info->n_services && i < MICA_SERVICES_MAX; i++) {
		const struct mica_service_info *s = &info->service[i];

		/* Images name their terminals as they like (rpmsg-tty, uart, console). */
		if (strstr(s->device, "/ttyRPMSG") && (!service || !strcmp(service, s->name)))
			return s->device;
	}
	return NULL;
}

void method_get_tty(struct request *req)
{
	struct mica_client *client = request_client(req);
	struct mica_client_info *info;
	struct json_object *params;
	const char *service, *device;

	if (!client || !request_optional(req, "service", &service))
		return;
	info = calloc(1, sizeof(*info));
	if (!info) {
		request_failf(req, MICA_E_FAILED, "out of memory");
		return;
	}
	mica_client_info(client, info);
	device = find_tty(info, service);
	if (device) {
		params = json_object_new_object();
		json_object_object_add(params, "device", json_object_new_string(device));
		request_reply(req, params);
	} else if (info->state != MICA_RUNNING) {
		request_failf(req, MICA_E_STATE, "client %s is %s; 'mica start %s' starts it",
			      info->name, mica_state_name(info->state), info->name);
	} else {
		request_failf(req, MICA_E_STATE,
			      "client %s has announced no terminal%s%.40s; 'mica status %s' shows "
			      "what it has announced",
			      info->name, service ? " named " : "", service ? service : "",
			      info->name);
	}
	free(info);
}

/* The request itself is never ended by a reply: the connection stays a monitor until it goes. */
void method_monitor(struct request *req)
{
	struct mica_client *only;
	struct json_object *params;
	struct conn *c = req->conn;

	if (!req->call.more) {
		request_refuse(req, "ExpectedMore", NULL, NULL);
		return;
	}
	if (!optional_client(req, &only))
		return;
	if (only)
		strcpy(c->filter,
		       json_object_get_string(json_object_object_get(req->call.params, "name")));
	params = json_object_new_object();
	json_object_object_add(params, "clients", describe_clients(req->daemon->host, only));
	request_stay(req, params);
}
