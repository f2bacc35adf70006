/* SPDX-License-Identifier: BSD-3-Clause */
/* Methods that give a client another image. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon.h"
#include "methods.h"

#define FIRMWARE_DIR "/lib/firmware"

struct updating {
	struct request *req;
	bool unchanged;
};

static void on_step(void *arg, struct mica_client *client, const char *step)
{
	struct updating *u = arg;
	struct json_object *params = json_object_new_object();

	(void)client;
	if (!strcmp(step, "unchanged"))
		u->unchanged = true;
	json_object_object_add(params, "step", json_object_new_string(step));
	request_progress(u->req, params);
}

static void on_done(void *arg, struct mica_client *client, const struct mica_error *err)
{
	struct mica_client_info *info = calloc(1, sizeof(*info));
	struct updating *u = arg;
	struct json_object *params;

	if (err) {
		request_fail(u->req, err);
	} else if (!info) {
		request_failf(u->req, MICA_E_FAILED, "out of memory");
	} else {
		mica_client_info(client, info);
		params = json_object_new_object();
		json_object_object_add(params, "changed", json_object_new_boolean(!u->unchanged));
		json_object_object_add(params, "sha256", json_object_new_string(info->sha256));
		request_reply(u->req, params);
	}
	free(info);
	free(u);
}

static void update(struct request *req, struct mica_client *client, enum mica_update_what what,
		   const char *file)
{
	struct updating *u = calloc(1, sizeof(*u));

	if (!u) {
		request_failf(req, MICA_E_FAILED, "out of memory");
		return;
	}
	u->req = req;
	mica_client_update(client, what, file, on_step, on_done, u);
}

void method_update(struct request *req)
{
	struct mica_client *client = request_client(req);
	char path[PATH_MAX] = "";
	const char *file;
	bool reset = false;

	if (!client || !request_optional(req, "file", &file))
		return;
	if (call_bool(&req->call, "reset", &reset) < 0)
		request_refuse(req, "InvalidParameter", "parameter", "reset");
	else if (!file == !reset)
		request_failf(req, MICA_E_USAGE, "give the new image, or reset and no image");
	else if (reset)
		update(req, client, MICA_UPDATE_RESET, NULL);
	else if (!*file || (file[0] != '/' && strchr(file, '/')))
		request_failf(req, MICA_E_USAGE,
			      "'%.80s': give an absolute path or a bare name in " FIRMWARE_DIR,
			      file);
	else if ((size_t)snprintf(path, sizeof(path), "%s%s",
				  file[0] == '/' ? "" : FIRMWARE_DIR "/", file) >= sizeof(path))
		request_failf(req, MICA_E_USAGE, "path of the image is too long");
	else
		update(req, client, MICA_UPDATE_FILE, path);
}

void method_rollback(struct request *req)
{
	struct mica_client *client = request_client(req);

	if (client)
		update(req, client, MICA_UPDATE_PREVIOUS, NULL);
}
