/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "watch.h"

int watch_open(struct link *link, const char *socket, const char *name, struct mica_error *err)
{
	if (link_open(link, socket, err))
		return -1;
	if (!link_watch(link, "Monitor", json_strings("name", name), err))
		return 0;
	link_close(link);
	return -1;
}

/* First the list with the one client, then its changes. */
static void take(struct json_object *reply, struct watch_event *e)
{
	struct json_object *list = json_list(reply, "clients"), *o = NULL;
	const char *state;

	if (list) {
		o = json_object_array_get_idx(list, 0);
		state = json_text(o, "state");
		e->pending = json_flag(o, "restart_pending");
	} else {
		json_object_object_get_ex(reply, "change", &o);
		e->pending = json_flag(o, "pending");
		state = strcmp(json_text(o, "kind"), "removed") ? json_text(o, "to") : "Removed";
	}
	snprintf(e->state, sizeof(e->state), "%s", state);
	snprintf(e->reason, sizeof(e->reason), "%s", json_text(o, "reason"));
}

int watch_next(struct link *link, int timeout_ms, struct watch_event *e, struct mica_error *err)
{
	struct json_object *reply = NULL;
	int ret = link_next(link, timeout_ms, &reply, err);

	if (ret > 0)
		take(reply, e);
	json_object_put(reply);
	return ret;
}

bool watch_went_wrong(const char *state)
{
	return !strcmp(state, "Crashed") || !strcmp(state, "Failed") || !strcmp(state, "Error");
}

bool watch_is_end(const char *state)
{
	return watch_went_wrong(state) || !strcmp(state, "Stopped") || !strcmp(state, "Offline") ||
	       !strcmp(state, "Removed");
}
