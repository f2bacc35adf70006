/* SPDX-License-Identifier: BSD-3-Clause */
/* Start: take cores and memory, load, start, wait until the client is there. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "client_priv.h"
#include "coredump.h"
#include "crash.h"
#include "gdb.h"
#include "link.h"
#include "mica/abi.h"
#include "umt_window.h"

#define DEBUG_WAIT_MS 2000
#define READY_TICK_MS 100 /* also finds a message whose doorbell was lost */

static int step_read(struct mica_op *op)
{
	struct mica_client *c = op->client;

	return mica_images_read(c, &op->image, &op->checked, op->note, &op->err);
}

/* Again: the file may be another one since create, or other clients came. */
static int step_others(struct mica_op *op)
{
	struct mica_client *c = op->client;
	struct mica_window w[MICA_WINDOWS_MAX];
	uint64_t pool;
	size_t size;

	if (!c->ops->caps.needs_table_address)
		return MICA_STEP_DONE;
	c->ops->pool(c->ped, &pool, &size);
	if (mica_image_fit(&op->image, &c->cfg, w, c->ops->windows(c->ped, w), pool, size,
			   &op->err))
		return MICA_STEP_FAILED;
	return mica_client_check_others(c, &op->image.facts, &op->err);
}

static int step_claim(struct mica_op *op)
{
	struct mica_client *c = op->client;

	if (c->claimed)
		return MICA_STEP_DONE;
	if (c->ops->claim(c->ped, c->token, &op->err))
		return MICA_STEP_FAILED;
	op->claimed_here = true;
	return MICA_STEP_DONE;
}

static int undo_claim(struct mica_op *op)
{
	struct mica_error err;

	if (op->claimed_here && op->client->ops->release(op->client->ped, &err))
		op->stuck = true;
	return MICA_STEP_DONE;
}

static int step_configured(struct mica_op *op)
{
	struct mica_client *c = op->client;

	c->claimed = true;
	c->facts = op->image.facts;
	c->table = op->image.table;
	mica_umt_offer(c);
	mica_client_set_state(c, MICA_CONFIGURED, "");
	return MICA_STEP_DONE;
}

/* Before the cores are given back: nobody may look at them any more. */
static int undo_configured(struct mica_op *op)
{
	mica_client_unwatch(op->client);
	mica_umt_unplace(op->client);
	if (op->claimed_here)
		op->client->claimed = false;
	return MICA_STEP_DONE;
}

/* Pool, umt window, and what the resource table places beside the image's segments. */
static int clean(struct mica_op *op, uint64_t pool, size_t size)
{
	const struct mica_image_facts *f = &op->image.facts;
	const struct mica_client *c = op->client;

	if (!c->ops->clean)
		return 0;
	if (c->ops->clean(c->ped, pool, size, &op->err) ||
	    (c->umt_da && c->ops->clean(c->ped, c->umt_da, 2 * MICA_UMT_WINDOW, &op->err)))
		return -1;
	for (unsigned int i = op->image.n_segments; i < f->n_spans; i++) {
		if (c->ops->clean(c->ped, f->span[i].da, f->span[i].len, &op->err))
			return -1;
	}
	return 0;
}

static int place(struct mica_op *op)
{
	struct mica_client *c = op->client;
	struct mica_window w[MICA_WINDOWS_MAX];
	uint64_t pool;
	size_t size;

	if (!c->ops->caps.needs_table_address)
		return op->checked && c->ops->program
			       ? c->ops->program(c->ped, op->image.data, op->image.len, &op->err)
			       : MICA_STEP_DONE;
	c->ops->pool(c->ped, &pool, &size);
	if (mica_image_fit(&op->image, &c->cfg, w, c->ops->windows(c->ped, w), pool, size,
			   &op->err) ||
	    clean(op, pool, size) ||
	    mica_image_load(&op->image, c->ops, c->ped, c->cfg.image, &op->err))
		return MICA_STEP_FAILED;
	return c->ops->load_done(c->ped, &op->err);
}

static int doorbell(struct mica_op *op)
{
	struct mica_client *c = op->client;
	struct mica_error err;
	bool own = op->image.table.features & MICA_F_DOORBELL;

	/* An own one that cannot be had is no loss: the client then uses the legacy one. */
	if (own && !c->ops->doorbell(c->ped, true, &op->db, &err))
		return MICA_STEP_DONE;
	if (c->ops->doorbell(c->ped, false, &op->db, &op->err))
		return MICA_STEP_FAILED;
	op->db.legacy = true;
	return MICA_STEP_DONE;
}

/* Together: they need nothing from the loop between them. */
static int step_load(struct mica_op *op)
{
	return place(op) ? MICA_STEP_FAILED : doorbell(op);
}

static int step_link(struct mica_op *op)
{
	struct mica_client *c = op->client;

	c->n_kept = 0;
	c->fault[0] = '\0';
	mica_crash_clear(c);
	c->link = mica_link_new(c, &op->db, &op->err);
	if (!c->link)
		return MICA_STEP_FAILED;
	if (mica_link_prepare(c->link, op->image.table_bytes, &op->err)) {
		mica_link_free(c->link, false);
		c->link = NULL;
		return MICA_STEP_FAILED;
	}
	mica_client_set_state(c, MICA_READY, "");
	return mica_client_watch(c, &op->err);
}

static int undo_link(struct mica_op *op)
{
	if (op->client->link)
		mica_link_free(op->client->link, false);
	op->client->link = NULL;
	return MICA_STEP_DONE;
}

static int step_start(struct mica_op *op)
{
	struct mica_entry e = { .entry = op->image.facts.entry };
	struct mica_client *c = op->client;

	return c->ops->start(c->ped, &e, &op->err);
}

static int step_open(struct mica_op *op)
{
	mica_image_free(&op->image);
	mica_link_open(op->client->link);
	return MICA_STEP_DONE;
}

/* Took part in the wait: the client went off, or broke the rules. */
static int gone(struct mica_op *op)
{
	struct mica_client *c = op->client;
	char how[96] = "";

	if (c->link->dead)
		return mica_fail(&op->err, MICA_E_CLIENT, "client '%s' did not start: %s",
				 c->cfg.name, c->link->why);
	mica_crash_look(c);
	if (c->fault[0])
		return mica_fail(&op->err, MICA_E_CLIENT, "client '%s' did not start: %.400s",
				 c->cfg.name, c->fault);
	if (c->ops->power(c->ped) != MICA_POWER_OFF)
		return 0;
	if (c->ops->why_off)
		c->ops->why_off(c->ped, how, sizeof(how));
	return mica_fail(&op->err, MICA_E_CLIENT,
			 "client '%s' did not start: its core went off%s%s%s before it was ready",
			 c->cfg.name, how[0] ? " (" : "", how, how[0] ? ")" : "");
}

/* Which core it is, for a later process, unless it is ready at once: until then it is found by what
 * is known of it before. */
static void note_started(struct mica_op *op)
{
	struct mica_error err;

	if (!op->deadline_ms || op->noted)
		return;
	if (uv_now(op->host->loop) + op->client->cfg.start_timeout_ms <
	    op->deadline_ms + READY_TICK_MS)
		return;
	op->noted = true;
	if (mica_client_save(op->client, "waiting", &err))
		mica_log(op->host, LOG_ERR, op->client->cfg.name, "%s", err.text);
}

static int step_ready(struct mica_op *op)
{
	struct mica_client *c = op->client;
	int rc;

	mica_link_turn(c->link);
	if (!c->link->dead && mica_link_ready(c->link))
		return MICA_STEP_DONE;
	if (gone(op))
		return MICA_STEP_FAILED;
	note_started(op);
	if (c->gdb) {
		/* It may stand in its debugger's stub; images with one wait there at their start.
		 */
		if (mica_gdb_holds(c))
			return MICA_STEP_DONE;
		return mica_op_wait(op, DEBUG_WAIT_MS, READY_TICK_MS) == MICA_STEP_WAIT
			       ? MICA_STEP_WAIT
			       : MICA_STEP_DONE;
	}
	rc = mica_op_wait(op, c->cfg.start_timeout_ms, READY_TICK_MS);
	if (rc == MICA_STEP_FAILED)
		mica_fail(&op->err, MICA_E_TIMEOUT,
			  "client '%s' did not become ready within %u s: %s; see StartTimeoutSec",
			  c->cfg.name, (c->cfg.start_timeout_ms + 999) / 1000,
			  c->link->features & MICA_F_READY ? "it never said so"
							   : "it announced no endpoint");
	return rc;
}

static int step_running(struct mica_op *op)
{
	struct mica_client *c = op->client;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	c->started_us = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
	mica_client_set_state(c, MICA_RUNNING, op->note[0] ? op->note : c->start_note);
	c->start_note[0] = '\0';
	return MICA_STEP_DONE;
}

static void start_finish(struct mica_op *op)
{
	struct mica_client *c = op->client;
	char reason[MICA_ERROR_TEXT];

	if (!op->failed) {
		mica_supervise_started(c);
		mica_client_note(c);
		return;
	}
	snprintf(reason, sizeof(reason), "%s", op->err.text);
	if (op->stuck) {
		/* The core cannot be had back: everything stays as it is, marked. */
		snprintf(reason, sizeof(reason),
			 "%.300s; it could not be stopped: its cores and memory stay quarantined",
			 op->err.text);
		mica_fail(&op->err, op->err.code, "%s", reason);
		mica_client_set_state(c, MICA_ERROR, reason);
	} else if (c->state != op->origin) {
		mica_client_fall_back(c, op->claimed_here ? MICA_OFFLINE : MICA_STOPPED, reason);
	}
	mica_client_note(c);
}

static const struct mica_step start_steps[] = {
	{ .name = "image", .work = step_read },
	{ .name = "others", .loop = step_others },
	{ .name = "claiming",
	  .saved = true,
	  .pedestal = true,
	  .work = step_claim,
	  .undo_work = undo_claim },
	{ .name = "configured", .loop = step_configured, .undo_loop = undo_configured },
	{ .name = "loading", .saved = true, .pedestal = true, .work = step_load },
	{ .name = "link", .loop = step_link, .undo_loop = undo_link },
	/* Undone in this order: asked to stop, forced where that is possible. */
	{ .name = "force", .while_on = true, .undo_work = mica_step_force_stop },
	{ .name = "starting", .saved = true, .work = step_start, .undo_loop = mica_step_ask_stop },
	{ .name = "started", .loop = step_open },
	/* Before it is asked to stop and its memory is gone. */
	{ .name = "core said", .undo_loop = mica_step_core_said },
	{ .name = "core", .undo_work = mica_step_core },
	{ .name = "waiting", .loop = step_ready },
	{ .name = "running", .loop = step_running },
	{ 0 },
};

#define N_STEPS (sizeof(start_steps) / sizeof(start_steps[0]))

static const struct mica_plan start_plan = { "start", start_steps, start_finish };
static const struct mica_plan nothing_plan = { "start", &start_steps[N_STEPS - 1], NULL };

static int check_possible(struct mica_client *c, struct mica_error *err)
{
	if (c->op)
		return mica_fail(err, MICA_E_STATE, "client '%s' is busy: %s is under way",
				 c->cfg.name, c->op->plan->verb);
	if (c->state == MICA_RUNNING)
		return mica_fail(err, MICA_E_STATE, "client '%s' is running already", c->cfg.name);
	if (!mica_state_allows(c->state, MICA_CONFIGURED))
		return mica_fail(err, MICA_E_STATE,
				 "client '%s' is in state %s and cannot be started: %.400s",
				 c->cfg.name, mica_state_name(c->state), c->reason);
	if (c->claimed && c->ops->power(c->ped) != MICA_POWER_OFF)
		return mica_fail(err, MICA_E_STATE,
				 "a core of client '%s' still runs: stop it before it is started "
				 "again",
				 c->cfg.name);
	return 0;
}

void mica_client_begin_start(struct mica_client *c, mica_done done, void *arg)
{
	struct mica_error err;

	if (check_possible(c, &err))
		mica_op_refuse(c->host, c, &err, done, arg);
	else
		mica_op_begin(c->host, c, &start_plan, done, arg);
}

/* A restart was under way when the call came, and succeeded. */
static void start_after_all(struct mica_client *c, mica_done done, void *arg)
{
	if (!c->op && c->state == MICA_RUNNING)
		mica_op_begin(c->host, c, &nothing_plan, done, arg);
	else
		mica_client_start(c, done, arg);
}

void mica_client_start(struct mica_client *c, mica_done done, void *arg)
{
	struct mica_error err;

	if (mica_supervise_defer(c, start_after_all, done, arg))
		return;
	if (!check_possible(c, &err))
		mica_supervise_taken_over(c);
	mica_client_begin_start(c, done, arg);
}
