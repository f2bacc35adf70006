/* SPDX-License-Identifier: BSD-3-Clause */
/* The way of an update; see update.h. Loop thread. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client_priv.h"
#include "update.h"

static void go_back(struct mica_update *u);

/* Goes on through a suspend, and is the same for every process of this boot. */
static uint64_t boot_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

void update_tell(struct mica_update *u, const char *step)
{
	mica_log(u->client->host, LOG_INFO, u->client->cfg.name, "update: %s", step);
	if (u->progress)
		u->progress(u->arg, u->client, step);
}

static void end(struct mica_update *u, const struct mica_error *err)
{
	struct mica_client *c = u->client;

	c->update = NULL;
	if (err)
		mica_log(c->host, LOG_ERR, c->cfg.name, "update: %s", err->text);
	mica_handle_free(c->host, u->timer);
	if (u->done)
		u->done(u->arg, c, err);
	free(u);
}

/* The host closes, or the operation was cut short by that: a later process carries on. */
static bool ends(struct mica_update *u, const struct mica_error *err)
{
	if (!u->client->host->closing)
		return false;
	end(u, err);
	return true;
}

static void no_pending(struct mica_images *images)
{
	memset(&images->pending, 0, sizeof(images->pending));
	memset(&images->kept, 0, sizeof(images->kept));
	images->boot[0] = '\0';
	images->deadline_us = 0;
}

/* `next`: target in use, what is in use before it. */
static void set_final(struct mica_update *u, const struct mica_stored *target,
		      const struct mica_stored *kept)
{
	u->next = u->client->images;
	u->next.previous = kept->kind != STORED_NONE ? *kept : u->next.current;
	u->next.current = *target;
	/* Whatever it is at the time. */
	if (target->kind == STORED_CLIENT_PATH)
		u->next.current.sha256[0] = '\0';
	no_pending(&u->next);
}

static void on_switched(void *arg, struct mica_client *c, const struct mica_error *err)
{
	struct mica_update *u = arg;

	if (!err) {
		mica_log(c->host, LOG_NOTICE, c->cfg.name, "updated; it was not running");
		memcpy(c->facts.sha256, u->target.sha256, sizeof(c->facts.sha256));
		mica_client_note(c);
	}
	end(u, err);
}

static void on_final(void *arg, struct mica_client *c, const struct mica_error *err)
{
	struct mica_update *u = arg;

	if (err && !ends(u, err)) {
		u->err = *err;
		go_back(u);
	} else if (!err) {
		mica_log(c->host, LOG_NOTICE, c->cfg.name, "updated");
		end(u, NULL);
	}
}

static void arm(struct mica_update *u, uint64_t ms);

/* Something happened to the client on trial, or the time is over. */
static void look(struct mica_update *u)
{
	struct mica_client *c = u->client;
	uint64_t now = boot_us(), until = c->images.deadline_us;

	if (c->op)
		return; /* its end comes here again */
	if (c->state == MICA_RUNNING && now < until) {
		arm(u, (until - now) / 1000 + 1);
		return;
	}
	u->phase = UPDATE_WORKING;
	if (c->state == MICA_RUNNING) {
		set_final(u, &c->images.pending, &c->images.kept);
		update_begin_record(u, on_final);
		return;
	}
	if (u->by_hand)
		mica_fail(&u->err, MICA_E_STATE,
			  "client '%s' was stopped before the update was "
			  "final",
			  c->cfg.name);
	else
		mica_fail(&u->err, MICA_E_CLIENT,
			  "client '%s' did not run for %u s (HealthySec): "
			  "%.300s",
			  c->cfg.name, (c->cfg.healthy_ms + 999) / 1000,
			  c->reason[0] ? c->reason : mica_state_name(c->state));
	go_back(u);
}

static void resume(struct mica_update *u);

static void on_timer(uv_timer_t *timer)
{
	struct mica_update *u = timer->data;

	if (u->phase == UPDATE_TRIAL)
		look(u);
	else if (u->phase == UPDATE_RESUMING)
		resume(u);
}

static void arm(struct mica_update *u, uint64_t ms)
{
	uv_update_time(u->client->host->loop);
	uv_timer_start(u->timer, on_timer, ms, 0);
}

static void begin_trial(struct mica_update *u)
{
	u->phase = UPDATE_TRIAL;
	arm(u, 0);
}

static void on_trial(void *arg, struct mica_client *c, const struct mica_error *err)
{
	struct mica_update *u = arg;

	if (err && ends(u, err))
		return;
	/* Not written down: a later process gives it the whole time again. */
	if (err)
		mica_log(c->host, LOG_WARNING, c->cfg.name, "update: %s", err->text);
	c->images.deadline_us = u->next.deadline_us;
	begin_trial(u);
}

static void on_started(void *arg, struct mica_client *c, const struct mica_error *err)
{
	struct mica_update *u = arg;

	if (err && ends(u, err))
		return;
	if (err) {
		u->err = *err;
		go_back(u);
		return;
	}
	update_tell(u, "healthy");
	u->next = c->images;
	u->next.deadline_us = boot_us() + (uint64_t)c->cfg.healthy_ms * 1000;
	update_begin_record(u, on_trial);
}

static void start_new(struct mica_update *u)
{
	update_tell(u, "starting");
	mica_client_start(u->client, on_started, u);
}

static void on_gave_up(void *arg, struct mica_client *c, const struct mica_error *err)
{
	struct mica_update *u = arg;

	if (err)
		mica_log(c->host, LOG_ERR, c->cfg.name, "update: %s", err->text);
	else
		no_pending(&c->images);
	end(u, &u->err);
}

static void on_stopped(void *arg, struct mica_client *c, const struct mica_error *err)
{
	struct mica_update *u = arg;

	if (err && ends(u, err))
		return;
	if (!err) {
		start_new(u);
		return;
	}
	/* It cannot be stopped, so nothing can be started in its place. */
	u->err = *err;
	u->next = c->images;
	no_pending(&u->next);
	update_begin_record(u, on_gave_up);
}

static void on_pending(void *arg, struct mica_client *c, const struct mica_error *err)
{
	struct mica_update *u = arg;

	if (err) {
		end(u, err);
		return;
	}
	update_tell(u, "stopping");
	/* It may have gone off meanwhile. */
	if (mica_state_allows(c->state, MICA_STOPPED))
		mica_client_stop(c, on_stopped, u);
	else
		start_new(u);
}

static void on_checked(void *arg, struct mica_client *c, const struct mica_error *err)
{
	struct mica_update *u = arg;

	if (err || u->unchanged) {
		if (!err)
			update_tell(u, "unchanged");
		end(u, err);
	} else if (!u->was_on) {
		set_final(u, &u->target, &u->kept);
		update_begin_record(u, on_switched);
	} else {
		u->next = c->images;
		u->next.pending = u->target;
		u->next.kept = u->kept;
		u->next.deadline_us = 0;
		store_boot_id(u->next.boot);
		update_begin_record(u, on_pending);
	}
}

/* ---- the way back ---- */

static void on_back(void *arg, struct mica_client *c, const struct mica_error *err)
{
	struct mica_update *u = arg;
	char why[sizeof(u->err.text)];

	if (err && ends(u, err))
		return;
	memcpy(why, u->err.text, sizeof(why));
	if (err) {
		mica_fail(&u->err, u->err.code,
			  "%.240s; and the image before the update could not be started: %.180s",
			  why, err->text);
		c->start_note[0] = '\0';
	} else {
		mica_fail(&u->err, u->err.code, "%.400s; the image before the update runs again",
			  why);
	}
	end(u, &u->err);
}

static void start_old(struct mica_update *u)
{
	snprintf(u->client->start_note, sizeof(u->client->start_note),
		 "the update was taken back: %.200s", u->err.text);
	mica_client_start(u->client, on_back, u);
}

static void on_stopped_again(void *arg, struct mica_client *c, const struct mica_error *err)
{
	struct mica_update *u = arg;

	(void)c;
	if (err)
		on_back(u, c, err);
	else
		start_old(u);
}

static void on_dropped(void *arg, struct mica_client *c, const struct mica_error *err)
{
	struct mica_update *u = arg;

	if (err && ends(u, err))
		return;
	/* What is on the disk still names the image on trial; no process takes that for final. */
	if (err)
		mica_log(c->host, LOG_ERR, c->cfg.name, "update: %s", err->text);
	no_pending(&c->images);
	if (u->by_hand && c->state != MICA_RUNNING)
		end(u, &u->err);
	else if (c->state == MICA_RUNNING || c->ops->power(c->ped) != MICA_POWER_OFF)
		mica_client_stop(c, on_stopped_again, u);
	else
		start_old(u);
}

/* With the reason in u->err. */
static void go_back(struct mica_update *u)
{
	struct mica_client *c = u->client;
	const struct mica_stored *old = &c->images.current;

	if (c->images.kept.kind != STORED_NONE)
		old = &c->images.kept;
	if (old->sha256[0])
		memcpy(c->facts.sha256, old->sha256, sizeof(c->facts.sha256));
	u->phase = UPDATE_WORKING;
	update_tell(u, "going back");
	u->next = c->images;
	no_pending(&u->next);
	update_begin_record(u, on_dropped);
}

/* ---- the next process ---- */

static void on_nothing_done(void *arg, struct mica_client *c, const struct mica_error *err)
{
	struct mica_update *u = arg;

	if (err)
		mica_log(c->host, LOG_ERR, c->cfg.name, "update: %s", err->text);
	no_pending(&c->images);
	end(u, NULL);
}

/* The take-over of the client and what followed from it have ended. */
static void resume(struct mica_update *u)
{
	struct mica_client *c = u->client;

	if (c->op)
		return;
	u->phase = UPDATE_WORKING;
	if (c->state == MICA_RUNNING && !strcmp(c->facts.sha256, c->images.pending.sha256)) {
		mica_log(c->host, LOG_NOTICE, c->cfg.name, "update: goes on, the new image runs");
		if (c->images.deadline_us)
			begin_trial(u);
		else
			on_started(u, c, NULL);
		return;
	}
	mica_fail(&u->err, MICA_E_FAILED, "the daemon ended while client '%s' was being updated",
		  c->cfg.name);
	if (c->state == MICA_RUNNING || c->state == MICA_ERROR) {
		mica_log(c->host, LOG_NOTICE, c->cfg.name, "update: %s: it stays as it is",
			 u->err.text);
		u->next = c->images;
		no_pending(&u->next);
		update_begin_record(u, on_nothing_done);
	} else {
		go_back(u);
	}
}

static struct mica_update *update_new(struct mica_client *c)
{
	struct mica_update *u = calloc(1, sizeof(*u));

	if (u)
		u->timer = calloc(1, sizeof(*u->timer));
	if (!u || !u->timer) {
		free(u);
		return NULL;
	}
	u->client = c;
	uv_timer_init(c->host->loop, u->timer);
	u->timer->data = u;
	c->update = u;
	return u;
}

void mica_update_carry_on(struct mica_client *c)
{
	struct mica_update *u;

	if (c->images.pending.kind == STORED_NONE || c->update)
		return;
	u = update_new(c);
	if (!u) {
		mica_log(c->host, LOG_ERR, c->cfg.name, "update: out of memory");
		return;
	}
	u->was_on = true;
	u->phase = UPDATE_RESUMING;
	arm(u, 0);
}

/* ---- from outside ---- */

bool mica_update_on_trial(const struct mica_client *c)
{
	return c->update != NULL;
}

void mica_update_poke(struct mica_client *c)
{
	if (c->update && c->update->phase != UPDATE_WORKING)
		arm(c->update, 0);
}

void mica_update_stop_asked(struct mica_client *c)
{
	if (c->update && c->update->phase == UPDATE_TRIAL)
		c->update->by_hand = true;
}

void mica_update_abandon(struct mica_client *c)
{
	struct mica_error err;

	if (!c->update)
		return;
	mica_fail(&err, MICA_E_FAILED, "interrupted: the daemon ends");
	end(c->update, &err);
}

static int check_possible(struct mica_client *c, struct mica_error *err)
{
	if (c->update)
		return mica_fail(err, MICA_E_STATE,
				 "client '%s' is busy: an update is under way until it has run for "
				 "%u s",
				 c->cfg.name, (c->cfg.healthy_ms + 999) / 1000);
	if (c->op)
		return mica_fail(err, MICA_E_STATE, "client '%s' is busy: %s is under way",
				 c->cfg.name, c->op->plan ? c->op->plan->verb : "a call");
	if (c->state == MICA_ERROR)
		return mica_fail(err, MICA_E_STATE, "client '%s' is in state Error: %.300s",
				 c->cfg.name, c->reason);
	return 0;
}

void mica_client_update(struct mica_client *c, enum mica_update_what what, const char *file,
			mica_progress progress, mica_done done, void *arg)
{
	struct mica_update *u = NULL;
	struct mica_error err;

	if (check_possible(c, &err))
		;
	else if (what == MICA_UPDATE_FILE && (!file || strlen(file) >= sizeof(u->file)))
		mica_fail(&err, MICA_E_USAGE, "path of the image is too long");
	else if (!(u = update_new(c)))
		mica_fail(&err, MICA_E_FAILED, "out of memory");
	if (!u) {
		mica_op_refuse(c->host, c, &err, done, arg);
		return;
	}
	u->what = what;
	if (file)
		strcpy(u->file, file);
	u->was_on = c->state == MICA_RUNNING || c->state == MICA_SUSPENDED;
	u->progress = progress;
	u->done = done;
	u->arg = arg;
	update_tell(u, "verifying");
	update_begin_check(u, on_checked);
}
