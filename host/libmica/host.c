/* SPDX-License-Identifier: BSD-3-Clause */
/* The host object: the list of clients, the loop they live on, opening and closing of all. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client_log.h"
#include "client_priv.h"
#include "files.h"

void mica_host_ref(struct mica_host *host)
{
	host->refs++;
}

static void on_closed(uv_handle_t *handle)
{
	struct mica_host *host = handle->data;
	void (*done)(void *arg) = host->closed;
	void *arg = host->closed_arg;

	free(handle);
	mica_known_free(&host->known);
	free(host);
	if (done)
		done(arg);
}

void mica_host_unref(struct mica_host *host)
{
	/* The last one: after all handles of clients and operations. */
	if (--host->refs == 0)
		uv_close((uv_handle_t *)host->close_timer, on_closed);
}

void mica_session_keep(struct mica_host *host, const char *name, int fd)
{
	if (host->keeper)
		host->keeper->keep(host->keeper_arg, name, fd);
}

void mica_session_drop(struct mica_host *host, const char *name)
{
	if (host->keeper)
		host->keeper->drop(host->keeper_arg, name);
}

int mica_session_take(struct mica_host *host, const char *name)
{
	return host->keeper ? host->keeper->take(host->keeper_arg, name) : -1;
}

void mica_log(struct mica_host *host, int level, const char *client, const char *fmt, ...)
{
	char line[MICA_ERROR_TEXT + 64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	mica_log_from(host, level, client, "micad", line);
}

void mica_log_from(struct mica_host *host, int level, const char *client, const char *source,
		   const char *line)
{
	struct mica_client *c = client ? mica_host_find_any(host, client) : NULL;

	if (host->on_log)
		host->on_log(host->arg, level, client ? client : "", line);
	/* Steps of operations are for whoever debugs the daemon. */
	if (c && level < LOG_DEBUG)
		mica_client_says(c, source, level, line);
}

static int copy_path(char dst[PATH_MAX], const char *src, struct mica_error *err)
{
	/* Room for the longest name below it. */
	if ((size_t)snprintf(dst, PATH_MAX, "%s", src) >= PATH_MAX - 128)
		return mica_fail(err, MICA_E_CONFIG, "%.100s...: path is too long", src);
	return 0;
}

int mica_host_new(const struct mica_host_options *opt, struct mica_host **out,
		  struct mica_error *err)
{
	struct mica_host *host = calloc(1, sizeof(*host));
	char clients[PATH_MAX + 16];
	int rc;

	if (!host)
		return mica_fail(err, MICA_E_FAILED, "out of memory");
	mica_known_init(&host->known);
	host->loop = opt->loop;
	host->on_change = opt->on_change;
	host->on_log = opt->on_log;
	host->on_service = opt->on_service;
	host->on_line = opt->on_line;
	host->arg = opt->arg;
	host->tty_group = opt->tty_group;
	host->keeper = opt->keeper;
	host->keeper_arg = opt->keeper_arg;
	host->refs = 1;
	if (copy_path(host->run_root, opt->run_root, err) ||
	    copy_path(host->dev_root, opt->dev_root, err) ||
	    copy_path(host->state_root, opt->state_root ? opt->state_root : "", err) ||
	    copy_path(host->key_dir, opt->key_dir ? opt->key_dir : "", err))
		goto fail;
	snprintf(clients, sizeof(clients), "%s/clients", host->run_root);
	rc = mica_mkdirs(clients, 0755);
	if (!rc)
		rc = mica_mkdirs(host->dev_root, 0755);
	if (rc) {
		mica_fail(err, rc == -EACCES || rc == -EPERM ? MICA_E_PERMISSION : MICA_E_FAILED,
			  "cannot create %s: %s", clients, strerror(-rc));
		goto fail;
	}
	host->close_timer = calloc(1, sizeof(*host->close_timer));
	if (!host->close_timer) {
		mica_fail(err, MICA_E_FAILED, "out of memory");
		goto fail;
	}
	uv_timer_init(host->loop, host->close_timer);
	uv_unref((uv_handle_t *)host->close_timer);
	host->close_timer->data = host;
	*out = host;
	return 0;
fail:
	mica_known_free(&host->known);
	free(host);
	return -1;
}

/* Operations that were under way have ended: let go of the clients. */
static void close_clients(struct mica_host *host)
{
	while (host->clients)
		mica_client_free(host->clients);
	mica_host_unref(host);
}

static void on_close_timer(uv_timer_t *timer)
{
	struct mica_host *host = timer->data;

	/* A worker may hold a pedestal yet; its operation ends when it comes back. */
	if (host->ops) {
		uv_timer_start(timer, on_close_timer, 5, 0);
		return;
	}
	close_clients(host);
}

void mica_host_close(struct mica_host *host, void (*done)(void *arg), void *arg)
{
	host->closing = true;
	host->closed = done;
	host->closed_arg = arg;
	for (struct mica_op *op = host->ops; op; op = op->next)
		mica_op_abort(op);
	uv_ref((uv_handle_t *)host->close_timer);
	uv_timer_start(host->close_timer, on_close_timer, 0, 0);
}

struct mica_client *mica_host_find_any(struct mica_host *host, const char *name)
{
	struct mica_client *c = host->clients;

	while (c && strcmp(c->cfg.name, name))
		c = c->next;
	return c;
}

struct mica_client *mica_host_find(struct mica_host *host, const char *name)
{
	struct mica_client *c = mica_host_find_any(host, name);

	return c && !c->hidden ? c : NULL;
}

struct mica_client *mica_host_next(struct mica_host *host, struct mica_client *client)
{
	struct mica_client *c = client ? client->next : host->clients;

	while (c && c->hidden)
		c = c->next;
	return c;
}
