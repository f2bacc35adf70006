/* SPDX-License-Identifier: BSD-3-Clause */
/* Terminals of the client are libmica's tty service; here are the lines that tell of them. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rpmsg_main.h"

#define PTY_MS	2000
#define TICK_MS 20

#define ONOFF_START_PTY 1u
#define ONOFF_CLOSE_PTY 2u

static void announce(const char *name, const char *device)
{
	char pts[PATH_MAX];
	ssize_t n = readlink(device, pts, sizeof(pts) - 1);

	pts[n > 0 ? n : 0] = '\0';
	printf("pls open %s to talk with client OS\n", n > 0 ? pts : device);
	/* The third n has always been there, and programs look for it. */
	printf("pty_thread for %s is runnning\n", name);
}

void pty_changed(struct app *app, const struct mica_service_info *service, bool open)
{
	if (!service->device[0])
		return;
	if (open) {
		snprintf(app->tty, sizeof(app->tty), "%s", service->name);
		announce(service->name, service->device);
	} else if (!strcmp(app->tty, service->name)) {
		app->tty[0] = '\0';
	}
}

static bool announce_all(struct app *app)
{
	struct mica_client_info info;
	bool any = false;

	mica_client_info(app->client, &info);
	for (unsigned int i = 0; i < info.n_services; i++) {
		if (!info.service[i].device[0])
			continue;
		announce(info.service[i].name, info.service[i].device);
		any = true;
	}
	return any;
}

static int switch_pty(struct app *app, uint32_t what)
{
	if (!mica_endpoint_can_send(app->used) ||
	    mica_endpoint_send(app->used, &what, sizeof(what))) {
		command_end(app, "client os takes no message on endpoint 'onoff'");
		return -1;
	}
	app->cmd.deadline = uv_now(&app->loop) + PTY_MS;
	return 0;
}

static void wait_open(struct app *app)
{
	if (app->tty[0])
		command_end(app, NULL);
	else if (uv_now(&app->loop) >= app->cmd.deadline)
		command_end(app, "client os was asked for a terminal and announced none");
}

static void wait_closed(struct app *app)
{
	if (!app->tty[0]) {
		printf("pty closed\n");
		command_end(app, NULL);
	} else if (uv_now(&app->loop) >= app->cmd.deadline) {
		command_end(app, "client os was asked to close its terminal and keeps it");
	}
}

static void do_start(struct app *app)
{
	if (!switch_pty(app, ONOFF_START_PTY))
		command_every(app, TICK_MS, wait_open);
}

static void do_close(struct app *app)
{
	if (!switch_pty(app, ONOFF_CLOSE_PTY))
		command_every(app, TICK_MS, wait_closed);
}

void pty_start(struct app *app)
{
	if (announce_all(app))
		menu_next(app);
	else
		command_begin(app, "start pty", EPT_ONOFF, -1, do_start);
}

void pty_close(struct app *app)
{
	if (app->tty[0])
		command_begin(app, "close pty", EPT_ONOFF, -1, do_close);
	else
		command_end(app, "no pty is open: 3 starts one");
}
