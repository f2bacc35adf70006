/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The life of the client: what an earlier rpmsg_main left is ended first, then create, start, and
 * at the end stop, remove. The client's name and folder go by the core, the lock says that no other
 * rpmsg_main has it.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "rpmsg_main.h"

static void create(struct app *app);

/* ---- end ---- */

static void on_host_closed(void *arg)
{
	struct app *app = arg;

	app->host = NULL;
	for (int i = 0; i < 3; i++)
		uv_close((uv_handle_t *)&app->sig[i], NULL);
	uv_close((uv_handle_t *)&app->timer, NULL);
	menu_end(app);
}

static void give_up(struct app *app, int code)
{
	if (code && !app->code)
		app->code = code;
	app->ending = true;
	command_close_endpoints(app);
	app->client = NULL;
	mica_host_close(app->host, on_host_closed, app);
}

static void on_removed(void *arg, struct mica_client *client, const struct mica_error *err)
{
	struct app *app = arg;

	(void)client;
	if (err)
		complain("%s", err->text);
	give_up(app, err ? (int)err->code : 0);
}

static void on_last_stop(void *arg, struct mica_client *client, const struct mica_error *err)
{
	struct app *app = arg;

	if (err) {
		complain("%s", err->text);
		give_up(app, err->code);
		return;
	}
	printf("client os is offline\n");
	mica_client_remove(client, on_removed, app);
}

static bool has_core_on(struct app *app)
{
	struct mica_client_info info;

	mica_client_info(app->client, &info);
	return info.state == MICA_RUNNING || info.state == MICA_SUSPENDED ||
	       info.state == MICA_CRASHED || info.state == MICA_ERROR;
}

static void take_offline(struct app *app)
{
	app->changing = true;
	if (!app->client)
		give_up(app, 0);
	else if (has_core_on(app))
		mica_client_stop(app->client, on_last_stop, app);
	else
		mica_client_remove(app->client, on_removed, app);
}

void life_end(struct app *app)
{
	if (app->ending)
		return;
	app->ending = true;
	if (command_running(app))
		command_end(app, NULL);
	/* What is under way ends first, in bounded time, and comes back here. */
	if (!app->changing)
		take_offline(app);
}

static void on_signal(uv_signal_t *handle, int number)
{
	(void)number;
	life_end(handle->data);
}

/* ---- stop and start by the menu ---- */

/* True: somebody asked for the end meanwhile. */
static bool changed(struct app *app)
{
	app->changing = false;
	if (app->ending)
		take_offline(app);
	return app->ending;
}

static void on_stopped(void *arg, struct mica_client *client, const struct mica_error *err)
{
	struct app *app = arg;

	(void)client;
	if (err)
		complain("%s", err->text);
	else
		printf("client os is offline\n");
	if (!changed(app))
		menu_next(app);
}

void life_stop(struct app *app)
{
	app->changing = true;
	mica_client_stop(app->client, on_stopped, app);
}

static void on_started(void *arg, struct mica_client *client, const struct mica_error *err)
{
	struct app *app = arg;
	struct mica_error failed;

	(void)client;
	if (err) {
		complain("%s", err->text);
		/* Without its first start there is nothing to go on with. */
		if (!app->input_open && !app->code)
			app->code = err->code;
		app->ending |= !app->input_open;
	}
	if (changed(app))
		return;
	if (app->input_open) {
		menu_next(app);
	} else if (menu_begin(app, &failed)) {
		complain("%s", failed.text);
		app->code = failed.code;
		life_end(app);
	}
}

void life_start(struct app *app)
{
	struct mica_client_info info;

	mica_client_info(app->client, &info);
	if (info.state != MICA_RUNNING)
		printf("start client os\n");
	app->changing = true;
	mica_client_start(app->client, on_started, app);
}

/* ---- begin ---- */

static void on_created(void *arg, struct mica_client *client, const struct mica_error *err)
{
	struct app *app = arg;
	struct mica_error failed;

	app->changing = false;
	if (err) {
		complain("%s", err->text);
		give_up(app, err->code);
		return;
	}
	app->client = client;
	if (app->ending) {
		take_offline(app);
	} else if (command_open_endpoints(app, &failed)) {
		complain("%s", failed.text);
		app->code = failed.code;
		life_end(app);
	} else {
		life_start(app);
	}
}

static void create(struct app *app)
{
	app->changing = true;
	mica_client_create(app->host, &app->opt.cfg, on_created, app);
}

static void on_old_removed(void *arg, struct mica_client *client, const struct mica_error *err)
{
	struct app *app = arg;

	(void)client;
	app->changing = false;
	app->client = NULL;
	if (err) {
		complain("%s", err->text);
		give_up(app, err->code);
	} else if (app->ending) {
		give_up(app, 0);
	} else {
		create(app);
	}
}

static void on_old_stopped(void *arg, struct mica_client *client, const struct mica_error *err)
{
	struct app *app = arg;

	if (err) {
		complain("%s", err->text);
		give_up(app, err->code);
		return;
	}
	mica_client_remove(client, on_old_removed, app);
}

static void on_adopted(void *arg, struct mica_client *none, const struct mica_error *err)
{
	struct app *app = arg;

	(void)none;
	app->changing = false;
	if (err)
		complain("%s", err->text);
	app->client = mica_host_find(app->host, app->opt.cfg.name);
	if (app->ending) {
		take_offline(app);
	} else if (!app->client) {
		create(app);
	} else if (has_core_on(app)) {
		complain("an earlier rpmsg_main left its client os running: it is stopped first");
		app->changing = true;
		mica_client_stop(app->client, on_old_stopped, app);
	} else {
		app->changing = true;
		mica_client_remove(app->client, on_old_removed, app);
	}
}

static void on_change(void *arg, const struct mica_change *change)
{
	struct app *app = arg;

	if (change->from != MICA_RUNNING)
		return;
	if (command_running(app))
		command_end(app, "client os is not running any more");
	if (!app->changing && *change->reason)
		complain("client os: %s", change->reason);
}

static void on_log(void *arg, int level, const char *client, const char *line)
{
	(void)arg;
	(void)client;
	if (level <= LOG_WARNING)
		complain("%s", line);
}

static void on_service(void *arg, struct mica_client *client,
		       const struct mica_service_info *service, bool open)
{
	(void)client;
	pty_changed(arg, service, open);
}

/* A record lock: the client, where it is a process, does not hold it. */
static int take_lock(struct app *app, struct mica_error *err)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char path[PATH_MAX + 8];

	snprintf(path, sizeof(path), "%s/lock", app->opt.run_root);
	app->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (app->lock < 0)
		return mica_fail(err, errno == EACCES ? MICA_E_PERMISSION : MICA_E_FAILED,
				 "cannot open %s: %s", path, strerror(errno));
	if (fcntl(app->lock, F_SETLK, &whole))
		return mica_fail(err, MICA_E_BUSY,
				 "another rpmsg_main has CPU %u: end it with Ctrl-C first",
				 app->opt.cfg.cores.id[0]);
	return 0;
}

/* Who may write there can make this program load anything. */
static int check_owner(const char *path, struct mica_error *err)
{
	struct stat st;

	if (lstat(path, &st) || !S_ISDIR(st.st_mode) || st.st_uid != geteuid() || st.st_mode & 022)
		return mica_fail(err, MICA_E_PERMISSION,
				 "%s must be a folder of this user that nobody else may write",
				 path);
	return 0;
}

int life_begin(struct app *app, struct mica_error *err)
{
	static const int signals[3] = { SIGINT, SIGTERM, SIGHUP };
	const struct mica_host_options opt = {
		.loop = &app->loop,
		.run_root = app->opt.run_root,
		.dev_root = app->opt.dev_root,
		.on_change = on_change,
		.on_log = on_log,
		.on_service = on_service,
		.arg = app,
	};

	if (mica_host_new(&opt, &app->host, err) || check_owner(app->opt.run_root, err) ||
	    take_lock(app, err))
		return -1;
	for (int i = 0; i < 3; i++) {
		uv_signal_init(&app->loop, &app->sig[i]);
		app->sig[i].data = app;
		uv_signal_start(&app->sig[i], on_signal, signals[i]);
	}
	uv_timer_init(&app->loop, &app->timer);
	app->timer.data = app;
	app->changing = true;
	mica_host_adopt(app->host, on_adopted, app);
	return 0;
}
