/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * micad: start (lock and socket, take over what runs, listen, AutoBoot) and end. Ending, whether by
 * SIGTERM or by SIGKILL, leaves running clients alone; the next daemon finds them.
 */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "access.h"
#include "boot.h"
#include "daemon.h"
#include "journal.h"
#include "log.h"
#include "mica/control.h"
#include "mica/group.h"
#include "notify.h"

#define IMAGE_SIZED (64 * 1024)

static void on_change(void *arg, const struct mica_change *change)
{
	struct daemon *d = arg;
	const char *from = mica_state_name(change->from), *to = mica_state_name(change->to);
	const char *reason = change->reason ? change->reason : "";

	log_line(change->to >= MICA_CRASHED ? LOG_ERR : LOG_INFO, change->name, "%s -> %s%s%s",
		 from, to, *reason ? ": " : "", reason);
	server_change(&d->server, "state", change->name, from, to, reason, change->pending);
}

static void on_log(void *arg, int level, const char *client, const char *line)
{
	(void)arg;
	log_line(level, client, "%s", line);
}

static void on_line(void *arg, struct mica_client *client, const struct mica_log_line *line)
{
	struct daemon *d = arg;
	const char *name = mica_client_name(client);

	/* What micad itself says, and what clients print through rpc, has gone there already. */
	if (strcmp(line->source, "micad") != 0 && strcmp(line->source, "rpc") != 0)
		log_client(name, line);
	server_line(&d->server, name, line);
}

static void on_host_closed(void *arg)
{
	struct daemon *d = arg;

	d->host = NULL;
	server_stop(&d->server);
	uv_close((uv_handle_t *)&d->term, NULL);
	uv_close((uv_handle_t *)&d->intr, NULL);
}

static void end(struct daemon *d)
{
	if (d->stopping)
		return;
	d->stopping = true;
	notify("STOPPING=1");
	log_line(LOG_INFO, NULL, "ending; running clients stay as they are");
	mica_host_close(d->host, on_host_closed, d);
}

static void on_signal(uv_signal_t *handle, int number)
{
	(void)number;
	end(handle->data);
}

static void on_adopted(void *arg, struct mica_client *client, const struct mica_error *err)
{
	struct daemon *d = arg;
	struct mica_error failed;

	(void)client;
	if (err)
		log_line(LOG_ERR, NULL, "taking over clients: %s", err->text);
	fdstore_settle(&d->fds);
	if (d->stopping)
		return;
	if (server_start(&d->server, d, &failed)) {
		log_line(LOG_ERR, NULL, "%s", failed.text);
		exit(failed.code);
	}
	log_line(LOG_INFO, NULL, "version %s ready on %s", MICA_VERSION, d->instance.socket);
	notify("READY=1");
	boot_start(d);
}

static int start(struct daemon *d, struct mica_error *err)
{
	char keys[PATH_MAX + 8];
	struct mica_host_options opt = {
		.loop = &d->loop,
		.run_root = d->opt.run_root,
		.state_root = d->opt.state_root,
		.key_dir = keys,
		.dev_root = d->opt.dev_root,
		.on_change = on_change,
		.on_log = on_log,
		.on_line = on_line,
		.arg = d,
		.keeper = getenv("NOTIFY_SOCKET") ? &fdstore_keeper : NULL,
		.keeper_arg = &d->fds,
	};

	snprintf(keys, sizeof(keys), "%s/keys", d->opt.config_dir);
	if (instance_open(&d->instance, d->opt.run_root, err))
		return -1;
	if (d->instance.group != MICA_NO_GROUP)
		opt.tty_group = d->instance.group;
	if (mica_host_new(&opt, &d->host, err)) {
		instance_close(&d->instance);
		return -1;
	}
	d->term.data = d->intr.data = d;
	uv_signal_init(&d->loop, &d->term);
	uv_signal_init(&d->loop, &d->intr);
	uv_signal_start(&d->term, on_signal, SIGTERM);
	uv_signal_start(&d->intr, on_signal, SIGINT);
	mica_host_adopt(d->host, on_adopted, d);
	return 0;
}

static int fail(const struct mica_error *err)
{
	log_line(LOG_ERR, NULL, "%s", err->text);
	return err->code;
}

int main(int argc, char **argv)
{
	static struct daemon d;
	struct mica_error err;
	struct timespec now;

	log_init();
	clock_gettime(CLOCK_REALTIME, &now);
	d.start_time_ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	umask(022);
	/* Images are read by worker threads: given back whole, not kept in each one's arena. */
	mallopt(M_MMAP_THRESHOLD, IMAGE_SIZED);
	if (options_parse(argc, argv, &d.opt, &err))
		return fail(&err);
	if (d.opt.done)
		return 0;
	if (d.opt.debug)
		log_all();
	fdstore_open(&d.fds);
	if (d.opt.journal[0] && journal_open(d.opt.journal)) {
		mica_fail(&err, MICA_E_USAGE, "--journal %.60s: too long for a socket path",
			  d.opt.journal);
		return fail(&err);
	}
	uv_loop_init(&d.loop);
	if (start(&d, &err))
		return fail(&err);
	uv_run(&d.loop, UV_RUN_DEFAULT);
	uv_loop_close(&d.loop);
	instance_close(&d.instance);
	return 0;
}
