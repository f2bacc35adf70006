/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands that talk with the client: one at a time, over an endpoint, with a limit to each wait.
 */
#include <stdio.h>
#include <string.h>

#include "rpmsg_main.h"

/* Endpoints are announced one after the other; a client that runs has done so by then. */
#define ANNOUNCE_MS 1000
#define TICK_MS	    20

static const char *const names[EPT_COUNT] = {
	[EPT_ECHO] = "echo",
	[EPT_MICA_ECHO] = "mica-echo",
	[EPT_MATRIX] = "matrix",
	[EPT_ONOFF] = "onoff",
};

const char *ept_name(int i)
{
	return names[i];
}

static bool on_message(void *arg, const void *data, size_t len)
{
	struct ept *e = arg;

	if (e->app->cmd.message && e->ep == e->app->used)
		e->app->cmd.message(e->app, data, len);
	return true;
}

static void on_writable(void *arg)
{
	struct ept *e = arg;

	if (e->app->cmd.writable && e->ep == e->app->used)
		e->app->cmd.writable(e->app);
}

int command_open_endpoints(struct app *app, struct mica_error *err)
{
	/* Existing images take whatever comes on these for a request: no message of no bytes. */
	static const struct mica_endpoint_ops ops = {
		.message = on_message,
		.writable = on_writable,
		.silent = true,
	};

	for (int i = 0; i < EPT_COUNT; i++) {
		app->ept[i].app = app;
		if (mica_endpoint_open(app->client, names[i], &ops, &app->ept[i], &app->ept[i].ep,
				       err))
			return -1;
	}
	return 0;
}

void command_close_endpoints(struct app *app)
{
	for (int i = 0; i < EPT_COUNT; i++) {
		mica_endpoint_close(app->ept[i].ep);
		app->ept[i].ep = NULL;
	}
}

static void on_tick(uv_timer_t *timer)
{
	struct app *app = timer->data;

	app->cmd.tick(app);
}

void command_every(struct app *app, uint64_t ms, void (*tick)(struct app *app))
{
	app->cmd.tick = tick;
	uv_timer_start(&app->timer, on_tick, ms, ms);
}

bool command_running(const struct app *app)
{
	return app->cmd.tick != NULL;
}

void command_end(struct app *app, const char *message)
{
	memset(&app->cmd, 0, sizeof(app->cmd));
	app->used = NULL;
	uv_timer_stop(&app->timer);
	if (message)
		complain("%s", message);
	if (!app->ending)
		menu_next(app);
}

static struct mica_endpoint *bound(struct app *app, int i)
{
	return i >= 0 && mica_endpoint_bound(app->ept[i].ep) ? app->ept[i].ep : NULL;
}

static void look_for_endpoint(struct app *app)
{
	struct command *cmd = &app->cmd;
	char line[80];

	app->used = bound(app, cmd->ept);
	if (!app->used)
		app->used = bound(app, cmd->or_ept);
	if (app->used) {
		uv_timer_stop(&app->timer);
		cmd->ready(app);
	} else if (uv_now(&app->loop) >= cmd->deadline) {
		snprintf(line, sizeof(line), "client os has no endpoint '%s'", names[cmd->ept]);
		command_end(app, line);
	}
}

void command_begin(struct app *app, const char *what, int ept, int or_ept,
		   void (*ready)(struct app *app))
{
	struct mica_client_info info;
	char line[80];

	mica_client_info(app->client, &info);
	if (info.state != MICA_RUNNING) {
		snprintf(line, sizeof(line), "%s: client os is not running: 6 starts it", what);
		command_end(app, line);
		return;
	}
	app->cmd = (struct command){ .ready = ready, .ept = ept, .or_ept = or_ept };
	app->cmd.deadline = uv_now(&app->loop) + ANNOUNCE_MS;
	command_every(app, TICK_MS, look_for_endpoint);
	look_for_endpoint(app);
}
