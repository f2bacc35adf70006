/* SPDX-License-Identifier: BSD-3-Clause */
/* Core files of clients, by what is in the folder: also of clients that are gone. */
#include <stdio.h>
#include <stdlib.h>

#include "daemon.h"
#include "methods.h"

struct listing {
	uv_work_t work;
	struct request *req;
	char name[MICA_NAME_MAX + 1]; /* empty: all */
	bool known;		      /* there is such a client */
	struct json_object *files;
};

static void on_file(void *arg, const struct mica_core_file *f)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "client", json_object_new_string(f->client));
	json_object_object_add(o, "path", json_object_new_string(f->path));
	json_object_object_add(o, "usec", json_object_new_int64((int64_t)f->usec));
	json_object_object_add(o, "size", json_object_new_int64((int64_t)f->size));
	json_object_object_add(o, "reason", json_object_new_string(f->reason));
	json_object_array_add(arg, o);
}

static void list_work(uv_work_t *work)
{
	struct listing *l = work->data;

	mica_core_files(l->req->daemon->opt.state_root, l->name[0] ? l->name : NULL, on_file,
			l->files);
}

static void list_done(uv_work_t *work, int status)
{
	struct listing *l = work->data;
	struct json_object *params;

	(void)status;
	if (!l->known && !json_object_array_length(l->files)) {
		request_failf(l->req, MICA_E_UNKNOWN,
			      "no client '%s', and no core file of one: see 'mica cores'", l->name);
		json_object_put(l->files);
	} else {
		params = json_object_new_object();
		json_object_object_add(params, "files", l->files);
		request_reply(l->req, params);
	}
	free(l);
}

void method_cores(struct request *req)
{
	const char *name = NULL;
	struct listing *l;

	if (!request_optional(req, "name", &name))
		return;
	if (name && !mica_name_valid(name)) {
		request_failf(req, MICA_E_UNKNOWN, "no client '%.64s'", name);
		return;
	}
	l = calloc(1, sizeof(*l));
	if (!l) {
		request_failf(req, MICA_E_FAILED, "out of memory");
		return;
	}
	l->req = req;
	snprintf(l->name, sizeof(l->name), "%s", name ? name : "");
	l->known = !name || mica_host_find(req->daemon->host, name);
	l->files = json_object_new_array();
	l->work.data = l;
	uv_queue_work(&req->daemon->loop, &l->work, list_work, list_done);
}
