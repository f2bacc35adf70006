/* SPDX-License-Identifier: BSD-3-Clause */
/* The client object: its state, and what happens to it outside of operations. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>

#include <json-c/json.h>

#include "client_log.h"
#include "client_priv.h"
#include "core_store.h"
#include "crash.h"
#include "endpoint.h"
#include "gdb.h"
#include "link.h"
#include "logbook.h"
#include "service.h"
#include "totals.h"

/* Firmware says "off pending" for a moment after the OFF event. */
#define OFF_AGAIN_MS 50

struct mica_client *mica_client_new(struct mica_host *host, const struct mica_config *cfg)
{
	struct mica_client *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->host = host;
	c->cfg = *cfg;
	c->hidden = true;
	store_defaults(&c->images);
	snprintf(c->dir, sizeof(c->dir), "%.*s/clients/%s", PATH_MAX - 80, host->run_root,
		 cfg->name);
	c->book = mica_book_new(c->dir);
	core_store_last(host->state_root, cfg->name, c->core_path);
	mica_client_insert(c, host->serial + 1);
	return c;
}

static void take_off_list(struct mica_client *c)
{
	struct mica_client **pp = &c->host->clients;

	while (*pp && *pp != c)
		pp = &(*pp)->next;
	if (*pp)
		*pp = c->next;
}

void mica_client_insert(struct mica_client *c, uint64_t serial)
{
	struct mica_client **pp = &c->host->clients;

	take_off_list(c);
	while (*pp && (*pp)->serial <= serial)
		pp = &(*pp)->next;
	c->next = *pp;
	*pp = c;
	c->serial = serial;
	if (c->host->serial < serial)
		c->host->serial = serial;
}

static void handle_freed(uv_handle_t *handle)
{
	struct mica_host *host = handle->data;

	free(handle);
	mica_host_unref(host);
}

void mica_handle_free(struct mica_host *host, void *handle)
{
	uv_handle_t *h = handle;

	if (!h)
		return;
	h->data = host;
	mica_host_ref(host);
	uv_close(h, handle_freed);
}

void mica_client_free(struct mica_client *c)
{
	mica_update_abandon(c);
	mica_client_unwatch(c);
	mica_supervise_free(c);
	mica_handle_free(c->host, c->off_timer);
	c->off_timer = NULL;
	if (c->link)
		mica_link_free(c->link, true);
	c->link = NULL;
	mica_gdb_abandon(c);
	mica_endpoints_orphan(c);
	mica_totals_free(c);
	take_off_list(c);
	if (c->op)
		c->op->client = NULL;
	if (c->ped)
		c->ops->destroy(c->ped);
	mica_book_free(c->book);
	mica_client_config_changed(c);
	free(c);
}

static void change(struct mica_client *c, enum mica_state to, const char *reason)
{
	struct mica_change ch = { .client = c, .name = c->cfg.name, .from = c->state, .to = to };
	char kept[MICA_ERROR_TEXT], said[MICA_ERROR_TEXT + 64];

	snprintf(kept, sizeof(kept), "%s", reason ? reason : "");
	memcpy(c->reason, kept, sizeof(c->reason));
	c->state = to;
	ch.reason = c->reason;
	ch.pending = to != MICA_RUNNING && c->sv.verdict != RESTART_NO;
	snprintf(said, sizeof(said), "%s -> %s%s%s", mica_state_name(ch.from), mica_state_name(to),
		 c->reason[0] ? ": " : "", c->reason);
	mica_client_says(c, "micad", to >= MICA_CRASHED ? LOG_ERR : LOG_INFO, said);
	if (c->host->on_change)
		c->host->on_change(c->host->arg, &ch);
	mica_supervise_state(c);
	mica_update_poke(c);
}

void mica_client_set_state(struct mica_client *c, enum mica_state to, const char *reason)
{
	if (!mica_state_allows(c->state, to)) {
		mica_log(c->host, LOG_ERR, c->cfg.name, "no way from state %s to %s",
			 mica_state_name(c->state), mica_state_name(to));
		return;
	}
	change(c, to, reason);
}

void mica_client_fall_back(struct mica_client *c, enum mica_state to, const char *reason)
{
	if (c->state == to)
		return;
	if (!mica_state_allows(c->state, to) && mica_state_allows(c->state, MICA_STOPPED))
		change(c, MICA_STOPPED, reason);
	if (c->state != to)
		mica_client_set_state(c, to, reason);
}

void mica_client_kick(struct mica_client *c)
{
	c->doorbells_out++;
	c->ops->kick(c->ped);
}

/* Off without having been asked to. */
static void went_off(struct mica_client *c)
{
	char how[96] = "", reason[200];
	bool said = c->link && mica_link_says_off(c->link);

	/* Its last words are in the ring yet. */
	if (c->link)
		mica_link_last_turns(c->link);

	if (c->ops->why_off)
		c->ops->why_off(c->ped, how, sizeof(how));
	said = said && !how[0];
	if (c->link)
		mica_link_free(c->link, false);
	c->link = NULL;
	if (c->state == MICA_ERROR) {
		mica_client_set_state(c, MICA_STOPPED, "stopped by itself after all");
		mica_supervise_off_after_all(c);
	} else if (c->state == MICA_CRASHED) {
		change(c, MICA_CRASHED, c->reason);
		mica_client_note(c);
	} else if (said) {
		mica_supervise_ended(c, "the client powered itself off");
	} else {
		snprintf(reason, sizeof(reason), "the client's core went off without notice%s%s",
			 how[0] ? ": " : "", how);
		mica_client_crashed(c, reason);
	}
}

static void look_at_power(struct mica_client *c);

static void on_off_timer(uv_timer_t *timer)
{
	struct mica_client *c = timer->data;

	if (!c->op)
		look_at_power(c);
	if (!c->op && c->fault[0])
		mica_client_crashed(c, c->fault);
}

/* Of several cores, those that run; without an op for it they are on or off together. */
static void cores_on(const struct mica_client *c, struct mica_cores *out)
{
	bool alive = c->state == MICA_RUNNING || c->state == MICA_SUSPENDED ||
		     c->state == MICA_CRASHED || c->state == MICA_ERROR;
	uint32_t on = alive ? UINT32_MAX : 0;

	memset(out, 0, sizeof(*out));
	if (!c->claimed || (c->op && c->op->working))
		on = 0;
	else if (c->ops->cores_on)
		on = c->ops->cores_on(c->ped);
	for (unsigned int i = 0; i < c->cfg.cores.n; i++)
		if (on & 1u << i)
			out->id[out->n++] = c->cfg.cores.id[i];
	if (out->n)
		out->kind = c->cfg.cores.kind;
}

/* One of several cores went off; that is the client's business, and worth a line. */
static void some_went_off(struct mica_client *c)
{
	struct mica_cores on;
	char text[64];

	cores_on(c, &on);
	mica_cores_format(&on, text);
	if (on.n && on.n < c->cfg.cores.n)
		mica_log(c->host, LOG_NOTICE, c->cfg.name,
			 "a core went off; the client goes on with CPU %s", text);
}

static void look_at_power(struct mica_client *c)
{
	enum mica_power power;

	if (c->state != MICA_RUNNING && c->state != MICA_SUSPENDED && c->state != MICA_CRASHED &&
	    c->state != MICA_ERROR)
		return;
	mica_crash_look(c);
	if (c->op)
		return;
	power = c->ops->power(c->ped);
	if (power == MICA_POWER_OFF) {
		if (c->state != MICA_CRASHED || c->link)
			went_off(c);
	} else if (power == MICA_POWER_ON) {
		some_went_off(c);
	} else if (power == MICA_POWER_PENDING && c->off_timer) {
		uv_timer_start(c->off_timer, on_off_timer, OFF_AGAIN_MS, 0);
	}
}

static void doorbell(struct mica_client *c)
{
	c->doorbells_in++;
	if (c->link) {
		mica_logs_doorbell(c->link);
		mica_link_rang(c->link);
		mica_link_turn(c->link);
	}
	mica_crash_look(c);
	mica_gdb_turn(c);
}

static void on_bell(uv_poll_t *poll, int status, int events)
{
	struct mica_client *c = poll->data;
	eventfd_t n;

	(void)events;
	if (status < 0 || eventfd_read(c->ops->bell_fd(c->ped), &n))
		return;
	doorbell(c);
	if (c->op)
		mica_op_poke(c->op);
}

static void on_events(uv_poll_t *poll, int status, int events)
{
	struct mica_client *c = poll->data;
	uint32_t ev;

	(void)events;
	if (c->op && c->op->working) {
		/* A worker has the pedestal: what came stays where it is until it is back. */
		uv_poll_stop(poll);
		c->parked = true;
		return;
	}
	if (status < 0) {
		mica_log(c->host, LOG_ERR, c->cfg.name, "lost the event descriptor: %s",
			 uv_strerror(status));
		uv_poll_stop(poll);
		return;
	}
	ev = c->ops->events(c->ped);
	if (ev & MICA_PEV_DOORBELL)
		doorbell(c);
	if (ev & MICA_PEV_REBOOT)
		mica_log(c->host, LOG_NOTICE, c->cfg.name,
			 "Linux goes down: the client is asked to stop");
	if (ev & MICA_PEV_REBOOT && !c->op && c->link)
		mica_link_ask_stop(c->link);
	if (c->op)
		mica_op_poke(c->op);
	else if (ev & MICA_PEV_OFF)
		look_at_power(c);
}

static int poll_fd(struct mica_client *c, int fd, uv_poll_cb on, uv_poll_t **out,
		   struct mica_error *err)
{
	uv_poll_t *poll = calloc(1, sizeof(*poll));
	int rc = poll ? uv_poll_init(c->host->loop, poll, fd) : UV_ENOMEM;

	if (rc) {
		free(poll);
		return mica_fail(err, MICA_E_FAILED, "cannot watch the client: %s",
				 uv_strerror(rc));
	}
	poll->data = c;
	uv_poll_start(poll, UV_READABLE, on);
	*out = poll;
	return 0;
}

static void drop_poll(struct mica_client *c, uv_poll_t **poll)
{
	if (*poll)
		uv_poll_stop(*poll);
	mica_handle_free(c->host, *poll);
	*poll = NULL;
}

static int watch_bell(struct mica_client *c, struct mica_error *err)
{
	int fd = c->ops->bell_fd ? c->ops->bell_fd(c->ped) : -1;

	if (fd < 0 || c->bell)
		return 0;
	return poll_fd(c, fd, on_bell, &c->bell, err);
}

int mica_client_watch(struct mica_client *c, struct mica_error *err)
{
	if (c->poll)
		return watch_bell(c, err);
	if (!c->off_timer) {
		c->off_timer = calloc(1, sizeof(*c->off_timer));
		if (!c->off_timer)
			return mica_fail(err, MICA_E_FAILED, "out of memory");
		uv_timer_init(c->host->loop, c->off_timer);
		c->off_timer->data = c;
	}
	if (poll_fd(c, c->ops->event_fd(c->ped), on_events, &c->poll, err))
		return -1;
	return watch_bell(c, err);
}

void mica_client_unwatch(struct mica_client *c)
{
	drop_poll(c, &c->bell);
	drop_poll(c, &c->poll);
	c->parked = false;
}

/* The worker may close it. */
void mica_client_park(struct mica_client *c)
{
	drop_poll(c, &c->bell);
}

void mica_client_unpark(struct mica_client *c)
{
	struct mica_error err;

	if (c->poll && c->parked)
		uv_poll_start(c->poll, UV_READABLE, on_events);
	if (c->poll && watch_bell(c, &err))
		mica_log(c->host, LOG_ERR, c->cfg.name, "%s", err.text);
	c->parked = false;
}

void mica_client_quarantine(struct mica_client *c, const char *why)
{
	char reason[256];

	mica_log(c->host, LOG_ERR, c->cfg.name, "%s", why);
	if (c->op) {
		/* The step that waits for the client sees link->dead. */
		mica_op_poke(c->op);
		return;
	}
	snprintf(reason, sizeof(reason), "%s%s", why,
		 c->cfg.restart == MICA_RESTART_NO ? "; its core may still run: stop it" : "");
	mica_client_crashed(c, reason);
}

void mica_client_look_again(struct mica_client *c)
{
	if (c->off_timer && (c->state == MICA_RUNNING || c->state == MICA_SUSPENDED))
		uv_timer_start(c->off_timer, on_off_timer, 0, 0);
}

const char *mica_client_name(const struct mica_client *c)
{
	return c->cfg.name;
}

void mica_client_info(const struct mica_client *c, struct mica_client_info *info)
{
	memset(info, 0, sizeof(*info));
	snprintf(info->name, sizeof(info->name), "%s", c->cfg.name);
	info->config = c->cfg;
	info->state = c->state;
	memcpy(info->reason, c->reason, sizeof(info->reason));
	info->operation = c->op ? c->op->plan->verb : "";
	info->isolates_memory = c->ops->caps.isolates_memory;
	cores_on(c, &info->cores_on);
	info->can_force_stop = mica_client_can_force(c);
	info->started_us = c->started_us;
	memcpy(info->sha256, c->facts.sha256, sizeof(info->sha256));
	info->updated = c->images.current.kind == STORED_COPY;
	info->has_previous = c->images.previous.kind != STORED_NONE;
	memcpy(info->previous_sha256, c->images.previous.sha256, sizeof(info->previous_sha256));
	info->on_trial = c->images.pending.kind != STORED_NONE;
	info->crash = c->crash;
	memcpy(info->core_file, c->core_path, sizeof(info->core_file));
	info->doorbells_in = c->doorbells_in;
	info->doorbells_out = c->doorbells_out;
	info->doorbells_lost = c->doorbells_lost;
	mica_client_fill(c, &info->ring);
	mica_supervise_info(c, info);
	if (c->gdb)
		snprintf(info->debugger, sizeof(info->debugger), "%s", c->gdb->path);
	mica_images_path(c, info->image_path);
	if (c->link) {
		info->features = c->link->features;
		info->doorbells_lost += mica_link_doorbells_missed(c->link);
		mica_services_info(c->link, info);
	}
}
