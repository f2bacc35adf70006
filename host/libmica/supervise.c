/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <json-c/json.h>

#include "client_priv.h"
#include "coredump.h"
#include "link.h"
#include "mica/abi.h"

/* Something else has the client just when it is to be restarted. */
#define BUSY_MS 50

/* A call that found our own operation under way. */
struct sv_waiter {
	struct sv_waiter *next;
	void (*call)(struct mica_client *c, mica_done done, void *arg);
	mica_done done;
	void *arg;
};

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* ---- calls that wait ---- */

bool mica_supervise_defer(struct mica_client *c,
			  void (*call)(struct mica_client *c, mica_done done, void *arg),
			  mica_done done, void *arg)
{
	struct sv_waiter *w, **pp = &c->sv.waiters;

	if (!c->op || !c->sv.own_op)
		return false;
	w = calloc(1, sizeof(*w));
	if (!w)
		return false;
	*w = (struct sv_waiter){ .call = call, .done = done, .arg = arg };
	while (*pp)
		pp = &(*pp)->next;
	*pp = w;
	return true;
}

static void run_waiters(struct mica_client *c)
{
	struct sv_waiter *w = c->sv.waiters;
	struct mica_error err;

	/* Each begins an operation of its own or is refused, neither of which frees the client. */
	c->sv.waiters = NULL;
	while (w) {
		struct sv_waiter *next = w->next;

		if (c->host->closing) {
			mica_fail(&err, MICA_E_FAILED, "interrupted: the daemon ends");
			mica_op_refuse(c->host, c, &err, w->done, w->arg);
		} else {
			w->call(c, w->done, w->arg);
		}
		free(w);
		w = next;
	}
}

/* ---- what follows an end ---- */

static void go_on(struct mica_client *c);

static void decide(struct mica_client *c, bool failure, uint64_t started_us)
{
	struct mica_supervision *sv = &c->sv;

	sv->due_us = 0;
	sv->verdict = RESTART_NO;
	if (sv->wanted)
		sv->verdict = restart_decide(&c->cfg, &sv->counts, failure, started_us, now_us(),
					     &sv->delay_ms);
	if (sv->verdict == RESTART_NO)
		sv->wanted = false;
}

static void give_up(struct mica_client *c)
{
	char reason[MICA_ERROR_TEXT], interval[32];

	restart_seconds(c->cfg.start_limit_ms, interval);
	snprintf(reason, sizeof(reason), "restarted %u times in %s; last: %.400s",
		 c->cfg.start_limit_burst, interval, c->sv.last);
	c->sv.verdict = RESTART_NO;
	c->sv.wanted = false;
	mica_client_set_state(c, MICA_FAILED, reason);
	mica_client_note(c);
}

static void restart(struct mica_client *c);

static void on_timer(uv_timer_t *timer)
{
	struct mica_client *c = timer->data;

	if (c->sv.verdict != RESTART_LATER || c->host->closing)
		return;
	if (c->op || c->update)
		uv_timer_start(timer, on_timer, BUSY_MS, 0);
	else
		restart(c);
}

static void arm(struct mica_client *c)
{
	struct mica_supervision *sv = &c->sv;
	uint64_t now = now_us();

	if (!sv->timer) {
		sv->timer = calloc(1, sizeof(*sv->timer));
		if (!sv->timer) {
			mica_log(c->host, LOG_ERR, c->cfg.name, "no restart: out of memory");
			sv->verdict = RESTART_NO;
			return;
		}
		uv_timer_init(c->host->loop, sv->timer);
		sv->timer->data = c;
	}
	/* Also what was read from a file is no longer than what the configuration has. */
	if (!sv->due_us || sv->due_us > now + (uint64_t)sv->delay_ms * 1000)
		sv->due_us = now + (uint64_t)sv->delay_ms * 1000;
	uv_update_time(c->host->loop);
	uv_timer_start(sv->timer, on_timer, sv->due_us > now ? (sv->due_us - now + 999) / 1000 : 0,
		       0);
}

/* The core is off, as far as it can be had. */
static void follow(struct mica_client *c)
{
	c->sv.clear = false;
	if (c->sv.verdict == RESTART_LATER) {
		char delay[32];

		c->restarts_total++;
		arm(c);
		restart_seconds(c->sv.delay_ms, delay);
		mica_log(c->host, LOG_NOTICE, c->cfg.name, "restart %u in %s",
			 c->sv.counts.restarts, delay);
		mica_client_note(c);
	} else if (c->sv.verdict == RESTART_LIMIT) {
		give_up(c);
	} else {
		mica_client_note(c);
	}
}

/* A start that was no call by hand failed. */
static void start_failed(struct mica_client *c, const char *why)
{
	snprintf(c->sv.last, sizeof(c->sv.last), "%s", why);
	if (c->state == MICA_ERROR) {
		c->sv.verdict = RESTART_NO; /* and again once it is off */
		mica_client_note(c);
		return;
	}
	decide(c, true, 0);
	follow(c);
}

static void on_restarted(void *arg, struct mica_client *c, const struct mica_error *err)
{
	(void)arg;
	if (!c)
		return;
	c->sv.own_op = false;
	/* When the daemon ends the restart stays pending: the next one carries it out. */
	if (err && !c->host->closing) {
		mica_log(c->host, LOG_ERR, c->cfg.name, "restart: %s", err->text);
		start_failed(c, err->text);
	}
	run_waiters(c);
}

static void restart(struct mica_client *c)
{
	c->sv.own_op = true;
	mica_client_begin_start(c, on_restarted, NULL);
}

static void on_cleared(void *arg, struct mica_client *c, const struct mica_error *err)
{
	(void)arg;
	if (!c)
		return;
	c->sv.own_op = false;
	if (!c->host->closing) {
		if (err) {
			c->sv.clear = false;
			c->sv.verdict = RESTART_NO;
			mica_client_note(c);
		} else {
			follow(c);
		}
	}
	run_waiters(c);
}

/* Crashed, and decided what is to become of it. */
static void go_on(struct mica_client *c)
{
	if (c->op || c->update)
		return; /* an update decides for itself */
	if ((c->sv.clear || c->sv.verdict != RESTART_NO) &&
	    c->ops->power(c->ped) != MICA_POWER_OFF) {
		c->sv.own_op = true;
		mica_client_clear(c, on_cleared, NULL);
	} else {
		follow(c);
	}
}

static void ended(struct mica_client *c, enum mica_state to, const char *reason, bool failure)
{
	snprintf(c->sv.last, sizeof(c->sv.last), "%s", reason);
	if (!c->update && !c->host->closing)
		decide(c, failure, c->started_us);
	mica_client_set_state(c, to, reason);
	mica_client_note(c);
	go_on(c);
}

static void on_core(void *arg, struct mica_client *c, const struct mica_error *err)
{
	(void)arg;
	(void)err;
	if (!c)
		return;
	c->sv.own_op = false;
	if (!c->host->closing)
		ended(c, MICA_CRASHED, c->end_reason, true);
	run_waiters(c);
}

void mica_client_crashed(struct mica_client *c, const char *reason)
{
	if (c->op) {
		if (!c->fault[0])
			snprintf(c->fault, sizeof(c->fault), "%s", reason);
		mica_op_poke(c->op);
		return;
	}
	if (c->state != MICA_RUNNING && c->state != MICA_SUSPENDED)
		return;
	snprintf(c->end_reason, sizeof(c->end_reason), "%s", reason);
	if (mica_core_begin(c, on_core, NULL))
		c->sv.own_op = true;
	else
		ended(c, MICA_CRASHED, c->end_reason, true);
}

void mica_supervise_ended(struct mica_client *c, const char *reason)
{
	ended(c, MICA_STOPPED, reason, false);
}

void mica_supervise_off_after_all(struct mica_client *c)
{
	decide(c, true, c->started_us);
	follow(c);
}

/* ---- calls from outside ---- */

static void cancel(struct mica_client *c)
{
	if (c->sv.timer)
		uv_timer_stop(c->sv.timer);
	c->sv.verdict = RESTART_NO;
	c->sv.due_us = 0;
	c->sv.wanted = false;
}

void mica_supervise_taken_over(struct mica_client *c)
{
	cancel(c);
	c->sv.clear = false;
	c->sv.last[0] = '\0';
	memset(&c->sv.counts, 0, sizeof(c->sv.counts));
}

bool mica_supervise_stop_asked(struct mica_client *c)
{
	bool pending = c->sv.verdict == RESTART_LATER;

	cancel(c);
	return pending;
}

void mica_supervise_started(struct mica_client *c)
{
	c->sv.verdict = RESTART_NO;
	c->sv.due_us = 0;
	c->sv.wanted = true;
}

void mica_supervise_configured(struct mica_client *c)
{
	if (c->cfg.restart == MICA_RESTART_NO && c->sv.verdict == RESTART_LATER && !c->sv.own_op)
		cancel(c);
	mica_watchdog_update(c);
}

void mica_supervise_state(struct mica_client *c)
{
	mica_watchdog_update(c);
}

struct boot_call {
	mica_done done;
	void *arg;
};

static void on_booted(void *arg, struct mica_client *c, const struct mica_error *err)
{
	struct boot_call *b = arg;

	if (c) {
		c->sv.own_op = false;
		if (err && !c->host->closing) {
			c->sv.wanted = true;
			start_failed(c, err->text);
		}
	}
	b->done(b->arg, c, err);
	free(b);
	if (c)
		run_waiters(c);
}

void mica_client_boot(struct mica_client *c, mica_done done, void *arg)
{
	struct boot_call *b = calloc(1, sizeof(*b));

	if (!b)
		abort(); /* nobody could be told */
	b->done = done;
	b->arg = arg;
	if (!c->op)
		c->sv.own_op = true;
	mica_client_begin_start(c, on_booted, b);
}

/* ---- across processes ---- */

void mica_supervise_carry_on(struct mica_client *c, bool running)
{
	if (c->op || c->update)
		return;
	if (c->state == MICA_RUNNING || c->state == MICA_SUSPENDED) {
		mica_supervise_started(c);
		mica_client_note(c);
		mica_watchdog_update(c);
	} else if (c->state == MICA_CRASHED && running) {
		go_on(c);
	} else if (c->state == MICA_ERROR || c->state == MICA_FAILED) {
		c->sv.verdict = RESTART_NO;
	} else if (c->sv.verdict != RESTART_NO) {
		follow(c);
	} else if (c->sv.wanted) {
		/* It ended meanwhile; its last words went with its memory, so it counts as failed.
		 */
		snprintf(c->sv.last, sizeof(c->sv.last), "%s", c->reason);
		decide(c, true, c->started_us);
		follow(c);
	}
}

static void put(struct json_object *o, const char *key, uint64_t value)
{
	json_object_object_add(o, key, json_object_new_int64((int64_t)value));
}

static uint64_t get(struct json_object *o, const char *key, uint64_t most)
{
	struct json_object *v;
	int64_t value = json_object_object_get_ex(o, key, &v) ? json_object_get_int64(v) : 0;

	if (value < 0)
		return 0;
	return (uint64_t)value < most ? (uint64_t)value : most;
}

struct json_object *mica_supervise_save(const struct mica_client *c)
{
	struct json_object *o = json_object_new_object();
	const struct mica_supervision *sv = &c->sv;

	put(o, "wanted", sv->wanted);
	put(o, "clear", sv->clear);
	put(o, "verdict", sv->verdict);
	put(o, "delay_ms", sv->delay_ms);
	put(o, "due_us", sv->due_us);
	put(o, "restarts", sv->counts.restarts);
	put(o, "in_a_row", sv->counts.in_a_row);
	put(o, "in_window", sv->counts.in_window);
	put(o, "window_us", sv->counts.window_us);
	json_object_object_add(o, "last", json_object_new_string(sv->last));
	return o;
}

void mica_supervise_load(struct mica_client *c, struct json_object *o)
{
	struct mica_supervision *sv = &c->sv;
	struct json_object *last;

	sv->wanted = get(o, "wanted", 1);
	sv->clear = get(o, "clear", 1);
	sv->verdict = (enum restart_verdict)get(o, "verdict", RESTART_LIMIT);
	sv->delay_ms = (uint32_t)get(o, "delay_ms", UINT32_MAX);
	sv->due_us = get(o, "due_us", INT64_MAX);
	sv->counts.restarts = (uint32_t)get(o, "restarts", UINT32_MAX);
	sv->counts.in_a_row = (uint32_t)get(o, "in_a_row", 64);
	sv->counts.in_window = (uint32_t)get(o, "in_window", UINT32_MAX);
	sv->counts.window_us = get(o, "window_us", INT64_MAX);
	if (json_object_object_get_ex(o, "last", &last))
		snprintf(sv->last, sizeof(sv->last), "%s", json_object_get_string(last));
}

void mica_supervise_free(struct mica_client *c)
{
	mica_handle_free(c->host, c->sv.timer);
	mica_handle_free(c->host, c->sv.watchdog);
	c->sv.timer = c->sv.watchdog = NULL;
}

void mica_supervise_info(const struct mica_client *c, struct mica_client_info *info)
{
	uint64_t now = now_us();

	info->restarts = c->sv.counts.restarts;
	info->restart_pending = c->sv.verdict != RESTART_NO;
	if (c->sv.verdict == RESTART_LATER && c->sv.due_us > now)
		info->restart_in_us = c->sv.due_us - now;
	memcpy(info->last_end, c->sv.last, sizeof(info->last_end));
	if (!c->cfg.watchdog_ms)
		info->watchdog = MICA_WATCHDOG_OFF;
	else if (c->cfg.layout == MICA_LAYOUT_STATIC ||
		 (c->table.present && !(c->table.features & MICA_F_HEARTBEAT)))
		info->watchdog = MICA_WATCHDOG_NONE;
	else
		info->watchdog = c->sv.watching ? MICA_WATCHDOG_ON : MICA_WATCHDOG_IDLE;
}
