/* SPDX-License-Identifier: BSD-3-Clause */
/* A client that crashed or hangs while its core still runs: put it down, whatever it takes. */
#include <stdio.h>

#include "client_priv.h"
#include "link.h"

#define HUNG_MS 1000 /* to one that hangs and can be forced */

static int step_ask(struct mica_op *op)
{
	struct mica_client *c = op->client;
	uint64_t limit = c->cfg.stop_timeout_ms;

	if (c->ops->power(c->ped) == MICA_POWER_OFF)
		return MICA_STEP_DONE;
	if (!op->entered && c->link) {
		/* What it has said already is not lost. */
		mica_link_last_turns(c->link);
		mica_link_ask_stop(c->link);
	}
	if (!c->link || !c->link->asked)
		limit = 0;
	else if (mica_client_can_force(c) && limit > HUNG_MS)
		limit = HUNG_MS;
	return mica_op_wait_off(op, limit);
}

static int step_settle(struct mica_op *op)
{
	struct mica_client *c = op->client;
	char reason[MICA_ERROR_TEXT];

	if (c->ops->power(c->ped) == MICA_POWER_OFF) {
		if (c->link)
			mica_link_free(c->link, false);
		c->link = NULL;
		return MICA_STEP_DONE;
	}
	snprintf(reason, sizeof(reason),
		 "%.250s; it does not stop, and pedestal %s %s: its cores and memory "
		 "stay quarantined until it stops or the machine restarts",
		 c->reason, c->ops->name, mica_client_no_force(c));
	mica_client_set_state(c, MICA_ERROR, reason);
	return mica_fail(&op->err, MICA_E_TIMEOUT, "client '%s': %.400s", c->cfg.name, reason);
}

static void clear_finish(struct mica_op *op)
{
	mica_client_note(op->client);
}

static const struct mica_step clear_steps[] = {
	{ .name = "ask", .loop = step_ask },
	{ .name = "force", .while_on = true, .work = mica_step_force_stop },
	{ .name = "settle", .loop = step_settle },
	{ 0 },
};

static const struct mica_plan clear_plan = { "stop after a crash", clear_steps, clear_finish };

void mica_client_clear(struct mica_client *c, mica_done done, void *arg)
{
	mica_op_begin(c->host, c, &clear_plan, done, arg);
}
