/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>

#include <json-c/json.h>

#include "client_priv.h"
#include "op.h"

#define OFF_TICK_MIN_MS 1
#define OFF_TICK_MAX_MS 20

static void op_run(struct mica_op *op);

static void op_closed(uv_handle_t *handle)
{
	struct mica_op *op = handle->data;
	struct mica_host *host = op->host;

	mica_image_free(&op->image);
	json_object_put(op->saved);
	free(op->signature);
	free(op->core_path);
	free(op);
	mica_host_unref(host);
}

static void op_unlink(struct mica_op *op)
{
	struct mica_op **pp = &op->host->ops;

	while (*pp && *pp != op)
		pp = &(*pp)->next;
	if (*pp)
		*pp = op->next;
}

static void op_end(struct mica_op *op)
{
	struct mica_client *client;
	bool failed = op->failed || op->aborted;

	if (op->plan && op->plan->finish && !op->aborted)
		op->plan->finish(op);
	client = op->client; /* finish may have freed it */
	if (client && client->op == op)
		client->op = NULL;
	op_unlink(op);
	if (client) {
		mica_client_look_again(client);
		mica_update_poke(client);
	}
	if (op->done)
		op->done(op->arg, client, failed ? &op->err : NULL);
	uv_close((uv_handle_t *)&op->timer, op_closed);
}

/* Two hand-overs to do what takes less than one would be the most of it. */
static bool prompt(const struct mica_op *op)
{
	return op->plan->steps[op->at].pedestal && op->client && op->client->ops &&
	       op->client->ops->caps.prompt && !op->checked;
}

static void on_work(uv_work_t *work)
{
	struct mica_op *op = work->data;
	const struct mica_step *step = &op->plan->steps[op->at];

	op->result = op->failed ? step->undo_work(op) : step->work(op);
}

static void on_work_done(uv_work_t *work, int status)
{
	struct mica_op *op = work->data;

	(void)status;
	op->working = false;
	if (op->client)
		mica_client_unpark(op->client);
	if (op->aborted) {
		op_end(op);
		return;
	}
	op_run(op);
}

/* Two hand-overs to find that a core is off would take longer than most stops. */
static bool off(const struct mica_op *op)
{
	const struct mica_client *c = op->client;

	return op->plan->steps[op->at].while_on && c->ops->power(c->ped) == MICA_POWER_OFF;
}

/* Returns what the step answered, or WAIT when it went to the worker pool. */
static int op_call(struct mica_op *op)
{
	const struct mica_step *step = &op->plan->steps[op->at];
	mica_step_fn loop = op->failed ? step->undo_loop : step->loop;
	mica_step_fn work = op->failed ? step->undo_work : step->work;

	if (work && !op->entered && off(op))
		return MICA_STEP_DONE;
	if (work && prompt(op))
		return work(op);
	if (work && !op->entered) {
		op->entered = true;
		op->working = true;
		op->work.data = op;
		if (op->client)
			mica_client_park(op->client);
		if (uv_queue_work(op->host->loop, &op->work, on_work, on_work_done) == 0)
			return MICA_STEP_WAIT;
		op->working = false;
		if (op->client)
			mica_client_unpark(op->client);
		return mica_fail(&op->err, MICA_E_FAILED, "no worker thread");
	}
	if (work) {
		return op->result;
	}
	if (!loop)
		return MICA_STEP_DONE;
	return loop(op);
}

/* For whoever follows what is done, step by step. */
static void tell(const struct mica_op *op)
{
	mica_log(op->host, LOG_DEBUG, op->client ? op->client->cfg.name : NULL, "%s: %s%s",
		 op->plan->verb, op->failed ? "undo " : "", op->plan->steps[op->at].name);
}

/* What a later process has to know before the step begins. */
static int save(struct mica_op *op)
{
	const struct mica_step *step = &op->plan->steps[op->at];

	/* Nothing that is done at once outlives this process: there is nothing to find again. */
	if (op->failed || !step->saved || !op->client || prompt(op))
		return 0;
	op->client->step = step->name;
	return mica_client_save(op->client, step->name, &op->err);
}

static void op_run(struct mica_op *op)
{
	for (;;) {
		int rc;

		if (op->failed ? op->at < 0 || op->stuck : !op->plan->steps[op->at].name) {
			op_end(op);
			return;
		}
		if (!op->entered)
			tell(op);
		if (!op->entered && save(op))
			rc = MICA_STEP_FAILED;
		else
			rc = op_call(op);
		if (rc == MICA_STEP_WAIT) {
			op->entered = true;
			return;
		}
		uv_timer_stop(&op->timer);
		op->entered = false;
		op->deadline_ms = 0;
		if (op->failed) {
			op->at--;
		} else if (rc == MICA_STEP_FAILED) {
			op->failed = true;
			op->at--;
		} else {
			op->at++;
		}
	}
}

static void on_timer(uv_timer_t *timer)
{
	struct mica_op *op = timer->data;

	if (op->working)
		return;
	if (!op->plan || op->aborted)
		op_end(op);
	else
		op_run(op);
}

static struct mica_op *op_new(struct mica_host *host, struct mica_client *client, mica_done done,
			      void *arg)
{
	struct mica_op *op = calloc(1, sizeof(*op));

	if (!op)
		abort(); /* nobody could be told */
	op->host = host;
	op->client = client;
	op->done = done;
	op->arg = arg;
	op->next = host->ops;
	host->ops = op;
	mica_host_ref(host);
	uv_timer_init(host->loop, &op->timer);
	op->timer.data = op;
	uv_timer_start(&op->timer, on_timer, 0, 0);
	return op;
}

struct mica_op *mica_op_begin(struct mica_host *host, struct mica_client *client,
			      const struct mica_plan *plan, mica_done done, void *arg)
{
	struct mica_op *op = op_new(host, client, done, arg);

	op->plan = plan;
	if (client) {
		op->origin = client->state;
		client->op = op;
		client->step = "";
	}
	return op;
}

void mica_op_refuse(struct mica_host *host, struct mica_client *client,
		    const struct mica_error *err, mica_done done, void *arg)
{
	struct mica_op *op = op_new(host, client, done, arg);

	op->failed = true;
	op->err = *err;
}

void mica_op_poke(struct mica_op *op)
{
	/* Not from within: a step may be what caused the event. */
	if (!op->working && op->entered)
		uv_timer_start(&op->timer, on_timer, 0, 0);
}

void mica_op_abort(struct mica_op *op)
{
	if (op->aborted)
		return;
	op->aborted = true;
	mica_fail(&op->err, MICA_E_FAILED, "interrupted: the daemon ends");
	if (!op->working)
		uv_timer_start(&op->timer, on_timer, 0, 0);
}

int mica_op_wait_off(struct mica_op *op, uint64_t total_ms)
{
	uint64_t now = uv_now(op->host->loop), taken = 0, tick;

	if (op->deadline_ms && now + total_ms > op->deadline_ms)
		taken = now + total_ms - op->deadline_ms;
	tick = taken / 3;
	if (tick < OFF_TICK_MIN_MS)
		tick = OFF_TICK_MIN_MS;
	if (tick > OFF_TICK_MAX_MS)
		tick = OFF_TICK_MAX_MS;
	return mica_op_wait(op, total_ms, tick) == MICA_STEP_WAIT ? MICA_STEP_WAIT : MICA_STEP_DONE;
}

int mica_op_wait(struct mica_op *op, uint64_t total_ms, uint64_t tick_ms)
{
	uint64_t now = uv_now(op->host->loop);

	if (!op->deadline_ms)
		op->deadline_ms = now + total_ms;
	if (now >= op->deadline_ms)
		return MICA_STEP_FAILED;
	if (tick_ms > op->deadline_ms - now)
		tick_ms = op->deadline_ms - now;
	uv_timer_start(&op->timer, on_timer, tick_ms, 0);
	return MICA_STEP_WAIT;
}
