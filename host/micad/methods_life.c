/* SPDX-License-Identifier: BSD-3-Clause */
/* Methods that take a configured client through its life. */
#include <stdlib.h>
#include <string.h>

#include "configs.h"
#include "daemon.h"
#include "methods.h"

struct creation {
	uv_work_t work;
	struct request *req;
	char file[PATH_MAX]; /* as the caller gave it, then where it was found */
	struct mica_config cfg;
	struct json_object *warnings;
	struct mica_error err;
	bool existing_ok, attach;
	int64_t pid;
	int ret;
};

static void on_warning(void *arg, const char *line)
{
	json_object_array_add(arg, json_object_new_string(line));
}

static void read_work(uv_work_t *work)
{
	struct creation *c = work->data;
	char path[PATH_MAX];

	c->ret = configs_find(path, c->req->daemon->opt.config_dir, c->file, &c->err);
	if (!c->ret)
		c->ret = mica_config_read(path, &c->cfg, on_warning, c->warnings, &c->err);
}

static void creation_end(struct creation *c, const struct mica_error *err, bool created)
{
	struct json_object *params;

	if (err) {
		request_fail(c->req, err);
		json_object_put(c->warnings);
	} else {
		params = json_object_new_object();
		json_object_object_add(params, "name", json_object_new_string(c->cfg.name));
		if (!c->attach) {
			json_object_object_add(params, "auto_boot",
					       json_object_new_boolean(c->cfg.auto_boot));
			json_object_object_add(params, "created", json_object_new_boolean(created));
		}
		json_object_object_add(params, "warnings", c->warnings);
		request_reply(c->req, params);
	}
	free(c);
}

static void on_created(void *arg, struct mica_client *client, const struct mica_error *err)
{
	struct creation *c = arg;

	(void)client;
	if (!err && !c->attach)
		server_change(&c->req->daemon->server, "created", c->cfg.name, "",
			      mica_state_name(MICA_OFFLINE), "", false);
	creation_end(c, err, true);
}

static void read_done(uv_work_t *work, int status)
{
	struct creation *c = work->data;
	struct mica_host *host = c->req->daemon->host;

	(void)status;
	if (c->ret)
		creation_end(c, &c->err, false);
	else if (c->attach)
		mica_client_attach(host, &c->cfg, (pid_t)c->pid, on_created, c);
	else if (c->existing_ok && mica_host_find(host, c->cfg.name))
		creation_end(c, NULL, false);
	else
		mica_client_create(host, &c->cfg, on_created, c);
}

/* attach: take what runs over; else create. */
static void begin(struct request *req, const char *file, bool existing_ok, bool attach, int64_t pid)
{
	struct creation *c;

	c = calloc(1, sizeof(*c));
	if (!c || strlen(file) >= sizeof(c->file)) {
		free(c);
		request_failf(req, MICA_E_CONFIG, "path of the configuration is too long");
		return;
	}
	strcpy(c->file, file);
	c->req = req;
	c->existing_ok = existing_ok;
	c->attach = attach;
	c->pid = pid;
	c->warnings = json_object_new_array();
	c->work.data = c;
	uv_queue_work(&req->daemon->loop, &c->work, read_work, read_done);
}

void method_create(struct request *req)
{
	const char *file = request_string(req, "file");
	bool existing_ok = false;

	if (!file)
		return;
	if (call_bool(&req->call, "existing_ok", &existing_ok) < 0)
		request_refuse(req, "InvalidParameter", "parameter", "existing_ok");
	else
		begin(req, file, existing_ok, false, 0);
}

void method_attach(struct request *req)
{
	const char *file = request_string(req, "file");
	int64_t pid = 0;

	if (!file)
		return;
	if (call_int(&req->call, "pid", &pid) < 0 || pid < 0 || pid > INT32_MAX)
		request_refuse(req, "InvalidParameter", "parameter", "pid");
	else
		begin(req, file, false, true, pid);
}

static void on_done(void *arg, struct mica_client *client, const struct mica_error *err)
{
	struct request *req = arg;

	(void)client;
	if (err)
		request_fail(req, err);
	else
		request_reply(req, NULL);
}

void method_start(struct request *req)
{
	struct mica_client *client = request_client(req);

	if (client)
		mica_client_start(client, on_done, req);
}

void method_stop(struct request *req)
{
	struct mica_client *client = request_client(req);

	if (client)
		mica_client_stop(client, on_done, req);
}

void method_suspend(struct request *req)
{
	struct mica_client *client = request_client(req);

	if (client)
		mica_client_suspend(client, on_done, req);
}

void method_resume(struct request *req)
{
	struct mica_client *client = request_client(req);

	if (client)
		mica_client_resume(client, on_done, req);
}

static void on_removed(void *arg, struct mica_client *client, const struct mica_error *err)
{
	struct request *req = arg;
	const char *name = "";

	(void)client; /* gone */
	call_string(&req->call, "name", &name);
	if (!err)
		server_change(&req->daemon->server, "removed", name, "", "", "", false);
	on_done(req, NULL, err);
}

void method_remove(struct request *req)
{
	struct mica_client *client = request_client(req);
	bool purge = false;

	if (!client)
		return;
	if (call_bool(&req->call, "purge", &purge) < 0)
		request_refuse(req, "InvalidParameter", "parameter", "purge");
	else if (purge)
		mica_client_purge(client, on_removed, req);
	else
		mica_client_remove(client, on_removed, req);
}
