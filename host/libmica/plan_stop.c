/* SPDX-License-Identifier: BSD-3-Clause */
/* Stop: ask, wait for OFF by firmware's word, force where the pedestal can. */
#include <stdio.h>
#include <string.h>

#include "client_priv.h"
#include "link.h"

/* A client that takes its messages makes room at once. */
#define LEAVE_MS      200
#define LEAVE_TICK_MS 5

int mica_step_release(struct mica_op *op)
{
	struct mica_client *c = op->client;

	if (!c->claimed)
		return MICA_STEP_DONE;
	return c->ops->release(c->ped, &op->err);
}

int mica_step_ask_stop(struct mica_op *op)
{
	struct mica_client *c = op->client;
	uint64_t limit = c->cfg.stop_timeout_ms;

	if (c->ops->power(c->ped) == MICA_POWER_OFF)
		return MICA_STEP_DONE;
	if (!op->entered && c->link)
		mica_link_ask_stop(c->link);
	/* What cannot hear is not waited for: the static layout has no word for it. */
	if (!c->link || !c->link->asked)
		limit = 0;
	return mica_op_wait_off(op, limit);
}

/* Endpoints are taken back before the client is asked: small rings hold but a few at once. */
static int step_leave(struct mica_op *op)
{
	struct mica_client *c = op->client;

	if (!c->link || mica_link_take_leave(c->link) || c->ops->power(c->ped) == MICA_POWER_OFF)
		return MICA_STEP_DONE;
	return mica_op_wait(op, LEAVE_MS, LEAVE_TICK_MS) == MICA_STEP_WAIT ? MICA_STEP_WAIT
									   : MICA_STEP_DONE;
}

bool mica_client_can_force(const struct mica_client *c)
{
	enum mica_force_stop can = c->ops->caps.force_stop;

	if (c->ops->can_force && c->ped)
		can = c->ops->can_force(c->ped);
	return can != MICA_FORCE_NONE && c->ops->force_stop;
}

const char *mica_client_no_force(const struct mica_client *c)
{
	return mica_client_can_force(c) ? "could not force it" : "cannot force it";
}

int mica_step_force_stop(struct mica_op *op)
{
	struct mica_client *c = op->client;
	struct mica_error err;

	if (c->ops->power(c->ped) != MICA_POWER_OFF && mica_client_can_force(c))
		op->forced = !c->ops->force_stop(c->ped, &err); /* power() is what counts */
	if (op->failed && c->ops->power(c->ped) != MICA_POWER_OFF)
		op->stuck = true;
	return MICA_STEP_DONE;
}

int mica_step_settle_stop(struct mica_op *op)
{
	struct mica_client *c = op->client;
	char how[64], reason[256];

	if (c->ops->power(c->ped) == MICA_POWER_OFF) {
		if (c->link)
			mica_link_free(c->link, false);
		c->link = NULL;
		mica_client_set_state(c, MICA_STOPPED,
				      op->forced ? "did not stop when asked and was killed" : "");
		return MICA_STEP_DONE;
	}
	if (c->link && !c->link->asked)
		snprintf(how, sizeof(how), "cannot be asked to stop (Layout=static)");
	else
		snprintf(how, sizeof(how), "did not power its core off within %u s",
			 (c->cfg.stop_timeout_ms + 999) / 1000);
	snprintf(reason, sizeof(reason),
		 "%s, and pedestal %s %s: its cores and memory stay quarantined until it stops "
		 "or the machine restarts",
		 how, c->ops->name, mica_client_no_force(c));
	if (c->state != MICA_ERROR)
		mica_client_set_state(c, MICA_ERROR, reason);
	return mica_fail(&op->err, MICA_E_TIMEOUT, "client '%s' %s", c->cfg.name, reason);
}

static void stop_finish(struct mica_op *op)
{
	mica_client_note(op->client);
}

static const struct mica_step stop_steps[] = {
	{ .name = "stopping", .saved = true, .loop = step_leave },
	{ .name = "asked", .loop = mica_step_ask_stop },
	{ .name = "force", .while_on = true, .work = mica_step_force_stop },
	{ .name = "stopped", .loop = mica_step_settle_stop },
	{ 0 },
};

#define N_STEPS (sizeof(stop_steps) / sizeof(stop_steps[0]))

static const struct mica_plan stop_plan = { "stop", stop_steps, stop_finish };

/* A restart is pending, and that is all. */
static const struct mica_plan nothing_plan = { "stop", &stop_steps[N_STEPS - 1], stop_finish };

void mica_client_stop(struct mica_client *c, mica_done done, void *arg)
{
	struct mica_error err;
	bool pending;

	if (mica_supervise_defer(c, mica_client_stop, done, arg)) {
		c->sv.wanted = false;
		return;
	}
	if (c->op) {
		mica_fail(&err, MICA_E_STATE, "client '%s' is busy: %s is under way", c->cfg.name,
			  c->op->plan->verb);
		mica_op_refuse(c->host, c, &err, done, arg);
		return;
	}
	pending = mica_supervise_stop_asked(c);
	if (mica_state_allows(c->state, MICA_STOPPED)) {
		mica_update_stop_asked(c);
		mica_op_begin(c->host, c, &stop_plan, done, arg);
	} else if (pending) {
		mica_op_begin(c->host, c, &nothing_plan, done, arg);
	} else {
		mica_fail(&err, MICA_E_STATE, "client '%s' is not running: its state is %s",
			  c->cfg.name, mica_state_name(c->state));
		mica_op_refuse(c->host, c, &err, done, arg);
	}
}
