/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Adopt: for each client folder an earlier process left, find out what is still there and finish
 * or roll back what was under way.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "client_log.h"
#include "client_priv.h"
#include "link.h"
#include "link_table.h"
#include "mica/abi.h"
#include "umt_window.h"

/* What a client may take for re-initialising its queues. */
#define REATTACH_MS   200
#define REATTACH_TICK 5
#define READY_TICK    100

/* All adoptions of one call. */
struct adoption {
	struct mica_host *host;
	unsigned int left;
	mica_done done;
	void *arg;
};

static void one_less(struct adoption *a)
{
	if (--a->left)
		return;
	if (a->done)
		a->done(a->arg, NULL, NULL);
	free(a);
}

static bool at_step(const struct mica_op *op, const char *step)
{
	return !strcmp(op->saved_step, step);
}

static int step_find(struct mica_op *op)
{
	struct mica_client *c = op->client;
	struct mica_error err;

	/* Offline and nothing under way: nothing was taken. */
	if (op->origin == MICA_OFFLINE && !op->saved_step[0])
		return MICA_STEP_DONE;
	if (!c->ops->adopt(c->ped, c->token, op->saved, &op->running, &err)) {
		op->claimed_here = true;
		return MICA_STEP_DONE;
	}
	if (err.code != MICA_E_UNKNOWN) {
		op->err = err;
		return MICA_STEP_FAILED;
	}
	/* A stopped client held its cores through its holder's open file: take them again. */
	if (op->origin == MICA_STOPPED && !op->saved_step[0] &&
	    !c->ops->claim(c->ped, c->token, &err))
		op->claimed_here = true;
	return MICA_STEP_DONE;
}

static int step_doorbell(struct mica_op *op)
{
	struct mica_client *c = op->client;
	bool own = c->table.features & MICA_F_DOORBELL;

	if (!op->running)
		return MICA_STEP_DONE;
	if (own && !c->ops->doorbell(c->ped, true, &op->db, &op->err))
		return MICA_STEP_DONE;
	if (c->ops->doorbell(c->ped, false, &op->db, &op->err))
		return MICA_STEP_FAILED;
	op->db.legacy = true;
	return MICA_STEP_DONE;
}

/* Only a client that was in order is talked to again. */
static bool in_order(const struct mica_op *op)
{
	return op->running && op->client->link && op->origin != MICA_CRASHED &&
	       op->origin != MICA_ERROR && !at_step(op, "stopping") &&
	       !mica_link_crashed(op->client->link);
}

static int step_ask(struct mica_op *op)
{
	struct mica_client *c = op->client;

	c->claimed = op->claimed_here;
	if (!op->running) {
		mica_umt_unplace(c);
		return MICA_STEP_DONE;
	}
	mica_umt_offer(c);
	c->link = mica_link_new(c, &op->db, &op->err);
	if (c->link && !mica_link_asks(c->link))
		mica_link_keep_features(c->link);
	if (!c->link || mica_logs_open(c->link, false, &op->err) || mica_client_watch(c, &op->err))
		return MICA_STEP_FAILED;
	if (!in_order(op)) {
		c->link->open = true; /* a crashed one is asked why */
		return MICA_STEP_DONE;
	}
	c->link->asks = mica_link_asks(c->link);
	if (c->link->asks)
		mica_link_reattach_ask(c->link);
	else
		mica_client_kick(c); /* whatever it has not seen yet, it returns */
	return MICA_STEP_DONE;
}

int mica_step_reattach_answer(struct mica_op *op)
{
	struct mica_client *c = op->client;

	if (c->link->asks ? mica_link_reattach_answered(c->link) : mica_link_drained(c->link))
		return MICA_STEP_DONE;
	/* One may stand still, another keeps a message for long: go on after the time. */
	return mica_op_wait(op, REATTACH_MS, REATTACH_TICK) == MICA_STEP_WAIT ? MICA_STEP_WAIT
									      : MICA_STEP_DONE;
}

static int step_answer(struct mica_op *op)
{
	return in_order(op) ? mica_step_reattach_answer(op) : MICA_STEP_DONE;
}

int mica_step_reattach_resume(struct mica_op *op)
{
	struct mica_client *c = op->client;
	struct mica_error err;

	if (c->link->asks && !mica_link_reattach_answered(c->link)) {
		mica_link_await(c->link);
		return MICA_STEP_DONE;
	}
	if (c->link->asks)
		return mica_link_resume(c->link, &op->err);
	if (!mica_link_take_up(c->link, &err))
		return MICA_STEP_DONE;
	mica_log(c->host, LOG_WARNING, c->cfg.name, "its rings cannot be taken over as they are");
	/* The static layout has no word to ask by, and its rings cannot be changed behind its back.
	 */
	if (c->link->static_base)
		return MICA_STEP_DONE;
	mica_link_reattach_ask(c->link);
	return mica_link_resume(c->link, &op->err);
}

static int step_resume(struct mica_op *op)
{
	return in_order(op) ? mica_step_reattach_resume(op) : MICA_STEP_DONE;
}

/* Killed in the middle of a start: it must get as far as a start does, or it is rolled back. */
static int step_ready(struct mica_op *op)
{
	struct mica_client *c = op->client;

	if (!in_order(op) || (op->origin != MICA_READY && op->origin != MICA_CONFIGURED))
		return MICA_STEP_DONE;
	mica_link_turn(c->link);
	if (!c->link->dead && mica_link_ready(c->link))
		return MICA_STEP_DONE;
	if (!c->link->dead && c->ops->power(c->ped) != MICA_POWER_OFF &&
	    mica_op_wait(op, c->cfg.start_timeout_ms, READY_TICK) == MICA_STEP_WAIT)
		return MICA_STEP_WAIT;
	c->give_up = true;
	return MICA_STEP_DONE;
}

static const struct mica_step adopt_steps[] = {
	{ .name = "find", .work = step_find },
	{ .name = "doorbell", .work = step_doorbell },
	{ .name = "ask", .loop = step_ask },
	{ .name = "answer", .loop = step_answer },
	{ .name = "resume", .loop = step_resume },
	{ .name = "ready", .loop = step_ready },
	{ 0 },
};

/* Which state it is in now, and why that differs from what was saved. */
static void settle(struct mica_op *op)
{
	struct mica_client *c = op->client;

	if (op->running && (op->origin == MICA_OFFLINE || op->origin == MICA_STOPPED)) {
		/* Nobody's intention: whoever saw it off was wrong. */
		c->give_up = true;
		c->state = MICA_RUNNING;
		mica_log(c->host, LOG_WARNING, c->cfg.name,
			 "runs although it was off when the daemon ended: it is stopped");
		return;
	}
	if (op->running) {
		if (op->origin == MICA_READY || op->origin == MICA_CONFIGURED) {
			/* Killed in the middle of its start; the client made it. */
			c->state = MICA_READY;
			mica_client_set_state(c, MICA_RUNNING, "");
		}
		if (c->give_up)
			snprintf(c->reason, sizeof(c->reason),
				 "the daemon ended while the client was being started, and the "
				 "client did not "
				 "become ready");
		else if (c->link->unanswered)
			snprintf(c->reason, sizeof(c->reason),
				 "the client has not answered the re-attach request yet: its "
				 "services wait for it");
		else if (c->link->static_base && !c->link->up)
			snprintf(c->reason, sizeof(c->reason),
				 "its rings cannot be taken over: its services are lost");
		mica_log(c->host, LOG_NOTICE, c->cfg.name, "taken over while in state %s",
			 mica_state_name(c->state));
		return;
	}
	/* What it was is still true, and why. */
	if (c->state == MICA_CRASHED || c->state == MICA_FAILED)
		return;
	if (c->claimed) {
		if (c->state != MICA_STOPPED)
			mica_client_fall_back(c, MICA_STOPPED, "went off while micad was away");
		return;
	}
	if (c->state != MICA_OFFLINE)
		mica_client_fall_back(c, MICA_OFFLINE,
				      op->saved_step[0] && strcmp(op->saved_step, "stopping")
					      ? "the daemon ended before the client was started"
					      : "went off while micad was away");
}

static void adopt_finish(struct mica_op *op)
{
	struct mica_client *c = op->client;

	json_object_put(op->saved);
	op->saved = NULL;
	c->hidden = false;
	if (op->failed) {
		/* Not saved: the next micad may have more luck. */
		c->state = MICA_RUNNING;
		mica_client_set_state(c, MICA_ERROR, op->err.text);
		mica_log(c->host, LOG_ERR, c->cfg.name, "cannot be taken over: %s", op->err.text);
		return;
	}
	settle(op);
	mica_client_note(c);
}

static void adopted(void *arg, struct mica_client *c, const struct mica_error *err);

static const struct mica_plan adopt_plan = { "take-over", adopt_steps, adopt_finish };

/* Finish what the earlier process had begun, or take it back. */
static void carry_on(struct mica_client *c, const char *step)
{
	bool stop = !strcmp(step, "stopping") || c->give_up;

	c->give_up = false;
	if (stop && c->sv.verdict == RESTART_LATER && strcmp(step, "stopping") != 0) {
		/* It was being restarted: as any restart that fails. */
		c->sv.wanted = c->sv.clear = true;
		mica_client_crashed(c, c->reason);
		return;
	}
	if (stop && mica_state_allows(c->state, MICA_STOPPED))
		mica_client_stop(c, NULL, NULL);
	else if (!strcmp(step, "removing") && c->state != MICA_ERROR)
		mica_client_remove(c, NULL, NULL);
}

struct adopting {
	struct adoption *all;
	char step[32];
};

static void adopted(void *arg, struct mica_client *c, const struct mica_error *err)
{
	struct adopting *one = arg;

	if (!err && c) {
		carry_on(c, one->step);
		mica_update_carry_on(c);
		mica_supervise_carry_on(c, c->link != NULL);
	}
	one_less(one->all);
	free(one);
}

static int adopt_one(struct adoption *a, const char *name, struct mica_error *err)
{
	struct json_object *saved = NULL;
	struct mica_client *c;
	struct adopting *one;
	char step[32], note[256];
	struct mica_op *op;

	if (!mica_name_valid(name))
		return 0; /* not ours */
	if (mica_client_forget_rest(a->host, name))
		return 0;
	c = mica_client_restore(a->host, name, step, &saved, err);
	if (!c)
		return -1;
	mica_images_load(c, false, note);
	c->ops = mica_pedestal_find(c->cfg.pedestal, err);
	one = c->ops ? calloc(1, sizeof(*one)) : NULL;
	if (!one || c->ops->create(&c->cfg, c->dir, &c->ped, err)) {
		free(one);
		json_object_put(saved);
		mica_client_free(c);
		return -1;
	}
	mica_umt_restore(c, c->umt_da);
	one->all = a;
	snprintf(one->step, sizeof(one->step), "%s", step);
	a->left++;
	op = mica_op_begin(a->host, c, &adopt_plan, adopted, one);
	op->saved = saved;
	snprintf(op->saved_step, sizeof(op->saved_step), "%s", step);
	return 0;
}

static void nothing_left(void *arg, struct mica_client *c, const struct mica_error *err)
{
	(void)c;
	(void)err;
	one_less(arg);
}

void mica_host_adopt(struct mica_host *host, mica_done done, void *arg)
{
	struct adoption *a = calloc(1, sizeof(*a));
	struct mica_error err = { 0 };
	char path[PATH_MAX + 16];
	struct dirent *de;
	DIR *dir;

	if (!a)
		abort();
	a->host = host;
	a->left = 1;
	a->done = done;
	a->arg = arg;
	snprintf(path, sizeof(path), "%s/clients", host->run_root);
	dir = opendir(path);
	while (dir && (de = readdir(dir))) {
		if (strcmp(de->d_name, ".") && strcmp(de->d_name, "..") &&
		    adopt_one(a, de->d_name, &err))
			mica_log(host, LOG_ERR, de->d_name, "cannot be taken over: %s", err.text);
	}
	if (dir)
		closedir(dir);
	/* Even with nothing to do, done comes from the loop. */
	mica_op_refuse(host, NULL, &err, nothing_left, a);
}
