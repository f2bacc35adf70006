/* SPDX-License-Identifier: BSD-3-Clause */
/* Suspend and resume: the client does it; the host asks, and waits for its word. */
#include <stdio.h>

#include "client_priv.h"
#include "link.h"
#include "link_table.h"
#include "mica/abi.h"

#define ANSWER_TICK_MS 100 /* also finds an answer whose doorbell was lost */

/* Ask, wait for the client to say `state`. */
static int ask(struct mica_op *op, uint32_t request, uint32_t state, const char *what)
{
	struct mica_client *c = op->client;
	uint32_t back = request == MICA_REQUEST_RUN ? MICA_REQUEST_SUSPEND : MICA_REQUEST_RUN;

	if (c->link && !op->entered)
		mica_link_write_request(c->link, request);
	if (c->fault[0] || !c->link || c->link->dead || c->ops->power(c->ped) == MICA_POWER_OFF)
		return mica_fail(&op->err, MICA_E_CLIENT,
				 "client '%s' did not %s: it ended: %.300s", c->cfg.name, what,
				 c->fault[0] ? c->fault : "its core is off");
	if (mica_link_client_state(c->link) == state)
		return MICA_STEP_DONE;
	if (mica_op_wait(op, c->cfg.stop_timeout_ms, ANSWER_TICK_MS) == MICA_STEP_WAIT)
		return MICA_STEP_WAIT;
	mica_link_write_request(c->link, back);
	return mica_fail(&op->err, MICA_E_TIMEOUT,
			 "client '%s' did not %s within %u s: see StopTimeoutSec", c->cfg.name,
			 what, (c->cfg.stop_timeout_ms + 999) / 1000);
}

static int step_suspend(struct mica_op *op)
{
	return ask(op, MICA_REQUEST_SUSPEND, MICA_CLIENT_SUSPENDED, "suspend");
}

static int step_resume(struct mica_op *op)
{
	return ask(op, MICA_REQUEST_RUN, MICA_CLIENT_READY, "resume");
}

static void finish(struct mica_op *op, enum mica_state to)
{
	if (!op->failed)
		mica_client_set_state(op->client, to, "");
	mica_client_note(op->client);
}

static void suspend_finish(struct mica_op *op)
{
	finish(op, MICA_SUSPENDED);
}

static void resume_finish(struct mica_op *op)
{
	finish(op, MICA_RUNNING);
}

static const struct mica_step suspend_steps[] = {
	{ .name = "suspending", .loop = step_suspend },
	{ 0 },
};

static const struct mica_step resume_steps[] = {
	{ .name = "resuming", .loop = step_resume },
	{ 0 },
};

static const struct mica_plan suspend_plan = { "suspend", suspend_steps, suspend_finish };
static const struct mica_plan resume_plan = { "resume", resume_steps, resume_finish };

static int check(struct mica_client *c, enum mica_state from, const char *what,
		 struct mica_error *err)
{
	if (c->op)
		return mica_fail(err, MICA_E_STATE, "client '%s' is busy: %s is under way",
				 c->cfg.name, c->op->plan->verb);
	if (c->update)
		return mica_fail(err, MICA_E_STATE, "client '%s' is busy: update is under way",
				 c->cfg.name);
	if (c->state != from)
		return mica_fail(err, MICA_E_STATE,
				 "client '%s' is in state %s and cannot be %s: it must be %s",
				 c->cfg.name, mica_state_name(c->state), what,
				 mica_state_name(from));
	if (!c->link || !(c->link->features & MICA_F_SUSPEND))
		return mica_fail(err, MICA_E_STATE,
				 "client '%s' cannot be %s: its image does not offer that",
				 c->cfg.name, what);
	return 0;
}

void mica_client_suspend(struct mica_client *c, mica_done done, void *arg)
{
	struct mica_error err;

	if (mica_supervise_defer(c, mica_client_suspend, done, arg))
		return;
	if (check(c, MICA_RUNNING, "suspended", &err))
		mica_op_refuse(c->host, c, &err, done, arg);
	else
		mica_op_begin(c->host, c, &suspend_plan, done, arg);
}

void mica_client_resume(struct mica_client *c, mica_done done, void *arg)
{
	struct mica_error err;

	if (mica_supervise_defer(c, mica_client_resume, done, arg))
		return;
	if (check(c, MICA_SUSPENDED, "resumed", &err))
		mica_op_refuse(c->host, c, &err, done, arg);
	else
		mica_op_begin(c->host, c, &resume_plan, done, arg);
}
