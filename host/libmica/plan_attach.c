/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Attach: a client that something else started becomes one of ours. As create, then as adopt; what
 * a daemon of ours would have saved is found in the client's own memory instead, by the image that
 * the configuration names. Nothing there is written before all of it was found in order.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <metal/atomic.h>
#include <openamp/rsc_table.h>

#include "client_log.h"
#include "client_priv.h"
#include "link.h"
#include "link_table.h"
#include "mica/abi.h"
#include "umt_window.h"

#define DRIVER_OK 4u

static int step_pedestal(struct mica_op *op)
{
	struct mica_client *c = op->client;

	c->ops = mica_pedestal_find(c->cfg.pedestal, &op->err);
	if (!c->ops || c->ops->probe(&op->err))
		return MICA_STEP_FAILED;
	if (!c->ops->look || !c->ops->take)
		return mica_fail(&op->err, MICA_E_PLATFORM,
				 "pedestal %s cannot take over what runs: create and start '%s'",
				 c->ops->name, c->cfg.name);
	if ((c->ops->create_running ? c->ops->create_running : c->ops->create)(&c->cfg, c->dir,
									       &c->ped, &op->err)) {
		c->ped = NULL;
		return MICA_STEP_FAILED;
	}
	return MICA_STEP_DONE;
}

/* The same process twice; cores and memory are checked as for any other client. */
static int step_process(struct mica_op *op)
{
	struct mica_client *c = op->client;

	for (struct mica_client *o = c->host->clients; o && op->pid; o = o->next) {
		if (o != c && o->ped && o->ops && o->ops->process &&
		    o->ops->process(o->ped) == op->pid)
			return mica_fail(&op->err, MICA_E_BUSY, "process %d is client '%s' already",
					 op->pid, o->cfg.name);
	}
	return MICA_STEP_DONE;
}

static int step_look(struct mica_op *op)
{
	struct mica_client *c = op->client;

	return c->ops->look(c->ped, op->pid, &op->err);
}

static int differs(struct mica_op *op, const char *what, uint64_t there, uint64_t image)
{
	return mica_fail(&op->err, MICA_E_FIRMWARE,
			 "what runs is not image %s: %s is 0x%llx in memory and 0x%llx in the "
			 "image: name the image it was started from (ClientPath)",
			 op->client->cfg.image, what, (unsigned long long)there,
			 (unsigned long long)image);
}

/* Constants that neither side writes after the start. */
static int same_table(struct mica_op *op, const struct mica_table *t, const struct mica_table *live)
{
	const struct {
		const char *what;
		uint64_t live, image;
	} word[] = {
		{ "size of the resource table", live->len, t->len },
		{ "place of the rpmsg device", live->vdev, t->vdev },
		{ "place of the endpoint table", live->ept_table, t->ept_table },
		{ "place of the ring pair", live->ring_pair, t->ring_pair },
		{ "place of the vring offsets", live->vring_offset, t->vring_offset },
		{ "place of the vendor entry", live->vendor, t->vendor },
		{ "set of vendor features", live->features, t->features },
		{ "notify id", live->notifyid, t->notifyid },
		{ "size of vring 0", live->vring[0].num, t->vring[0].num },
		{ "size of vring 1", live->vring[1].num, t->vring[1].num },
		{ "alignment of vring 0", live->vring[0].align, t->vring[0].align },
		{ "alignment of vring 1", live->vring[1].align, t->vring[1].align },
		{ "notify id of vring 0", live->vring[0].notifyid, t->vring[0].notifyid },
		{ "notify id of vring 1", live->vring[1].notifyid, t->vring[1].notifyid },
		{ "number of trace buffers", live->n_traces, t->n_traces },
	};

	for (size_t i = 0; i < sizeof(word) / sizeof(word[0]); i++) {
		if (word[i].live != word[i].image)
			return differs(op, word[i].what, word[i].live, word[i].image);
	}
	for (unsigned int i = 0; i < t->n_traces; i++) {
		if (live->trace[i].offset != t->trace[i].offset ||
		    live->trace[i].len != t->trace[i].len)
			return differs(op, "size of a trace buffer", live->trace[i].len,
				       t->trace[i].len);
	}
	return 0;
}

/* Where a driver has put the rings must be where this configuration has them. */
static int same_rings(struct mica_op *op, const struct mica_table *t, const struct mica_table *live)
{
	struct mica_client *c = op->client;
	struct mica_placement pl;
	uint64_t pool;
	size_t size;

	c->ops->pool(c->ped, &pool, &size);
	if (mica_place(t, pool, size, c->cfg.debug, &pl, &op->err))
		return -1;
	for (int i = 0; i < 2; i++) {
		if (live->vring[i].da != (uint32_t)pl.vring[i])
			return mica_fail(
				&op->err, MICA_E_FIRMWARE,
				"vring %d of client '%s' lies at 0x%x, this configuration "
				"has it at 0x%llx: set CommOffset, CPU and Debug as it was "
				"started with",
				i, c->cfg.name, live->vring[i].da, (unsigned long long)pl.vring[i]);
	}
	return 0;
}

/* copy: of the table in memory, private. */
static int check_table(struct mica_op *op, const uint8_t *copy, const struct mica_table *t)
{
	struct mica_rsc_vendor vendor;
	struct fw_rsc_vdev vdev = { .status = DRIVER_OK };
	struct mica_error why;
	struct mica_table live;
	uint32_t word;

	if (mica_table_check(copy, t->len, t->da, op->client->cfg.image, &live, &why))
		return mica_fail(&op->err, MICA_E_FIRMWARE,
				 "what runs is not image %s: there is no resource table of it in "
				 "memory at 0x%llx",
				 op->client->cfg.image, (unsigned long long)t->da);
	if (same_table(op, t, &live))
		return -1;
	memcpy(&word, copy + offsetof(struct resource_table, reserved), sizeof(word));
	if (word == MICA_STATUS_OFF)
		return mica_fail(&op->err, MICA_E_STATE,
				 "client '%s' is being stopped, or off: start it again",
				 op->client->cfg.name);
	if (t->vdev)
		memcpy(&vdev, copy + t->vdev, sizeof(vdev));
	op->fresh = !(vdev.status & DRIVER_OK);
	if (t->vendor) {
		memcpy(&vendor, copy + t->vendor, sizeof(vendor));
		op->acked = vendor.acked & t->features;
		op->live_doorbell = vendor.db_to_host;
	}
	return t->vdev && !op->fresh ? same_rings(op, t, &live) : 0;
}

/* Worker; memory is mapped since step_look. */
static int step_memory(struct mica_op *op)
{
	struct mica_client *c = op->client;
	struct mica_table *t = &op->image.table;
	struct mica_window w[MICA_WINDOWS_MAX];
	unsigned int n = c->ops->windows(c->ped, w);
	uint8_t *copy, *va;
	uint64_t pool;
	size_t size;
	int rc;

	c->ops->pool(c->ped, &pool, &size);
	if (c->cfg.layout == MICA_LAYOUT_STATIC) {
		va = mica_window_va(w, n, pool, MICA_STATIC_LEN);
		if (!va)
			return mica_fail(&op->err, MICA_E_PLATFORM,
					 "region 0 is too small for the static layout");
		op->fresh = !(metal_shared_read8(va + MICA_STATIC_STATUS) & DRIVER_OK);
		return MICA_STEP_DONE;
	}
	if (!c->ops->caps.table_in_place)
		t->da = w[0].da;
	va = mica_window_va(w, n, t->da, t->len);
	if (!va || (uintptr_t)va % 4)
		return mica_fail(&op->err, MICA_E_FIRMWARE,
				 "resource table of image %s at 0x%llx lies outside the memory "
				 "of client '%s'",
				 c->cfg.image, (unsigned long long)t->da, c->cfg.name);
	copy = malloc(t->len);
	if (!copy)
		return mica_fail(&op->err, MICA_E_FAILED, "out of memory");
	if (c->ops->refresh)
		c->ops->refresh(c->ped, va, t->len);
	metal_copy_from_shared(copy, va, t->len);
	rc = check_table(op, copy, t);
	free(copy);
	return rc;
}

static int undo_folder(struct mica_op *op)
{
	mica_client_forget(op->client);
	return MICA_STEP_DONE;
}

static int step_take(struct mica_op *op)
{
	struct mica_client *c = op->client;

	return c->ops->take(c->ped, c->token, &op->err);
}

static int step_doorbell(struct mica_op *op)
{
	struct mica_client *c = op->client;

	/* The one it was told of before it began, driver or not. */
	if (op->acked & MICA_F_DOORBELL && !c->ops->doorbell(c->ped, true, &op->db, &op->err)) {
		if (!op->db.kind || op->db.to_host == op->live_doorbell)
			return MICA_STEP_DONE;
		return mica_fail(&op->err, MICA_E_BUSY,
				 "client '%s' rings doorbell %u, and module mcs_km gives it %u: "
				 "stop clients that use %u first",
				 c->cfg.name, op->live_doorbell, op->db.to_host, op->live_doorbell);
	}
	if (c->ops->doorbell(c->ped, false, &op->db, &op->err))
		return MICA_STEP_FAILED;
	op->db.legacy = true;
	return MICA_STEP_DONE;
}

static int step_ask(struct mica_op *op)
{
	struct mica_client *c = op->client;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	c->started_us = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
	c->facts = op->image.facts;
	c->table = op->image.table;
	c->claimed = true;
	mica_umt_offer(c);
	c->link = mica_link_new(c, &op->db, &op->err);
	if (!c->link)
		return MICA_STEP_FAILED;
	if (op->fresh) {
		/* It looked at what was agreed as it began. */
		c->link->features &= op->acked;
		if (mica_link_begin(c->link, &op->err) || mica_client_watch(c, &op->err))
			return MICA_STEP_FAILED;
		mica_link_open(c->link);
		return MICA_STEP_DONE;
	}
	c->link->asks = mica_link_asks(c->link);
	if (!c->link->asks)
		mica_link_keep_features(c->link);
	if (mica_logs_open(c->link, false, &op->err) || mica_client_watch(c, &op->err))
		return MICA_STEP_FAILED;
	if (c->link->asks)
		mica_link_reattach_ask(c->link);
	else
		mica_client_kick(c);
	return MICA_STEP_DONE;
}

static int step_answer(struct mica_op *op)
{
	return op->fresh ? MICA_STEP_DONE : mica_step_reattach_answer(op);
}

static int step_resume(struct mica_op *op)
{
	return op->fresh ? MICA_STEP_DONE : mica_step_reattach_resume(op);
}

/* One that never had a driver announces its endpoints now. */
static int step_ready(struct mica_op *op)
{
	struct mica_client *c = op->client;
	int rc;

	mica_link_turn(c->link);
	if (c->link->dead)
		return mica_fail(&op->err, MICA_E_CLIENT, "client '%s' cannot be taken over: %s",
				 c->cfg.name, c->link->why);
	if (c->ops->power(c->ped) == MICA_POWER_OFF)
		return mica_fail(&op->err, MICA_E_STATE,
				 "client '%s' went off while it was being taken over", c->cfg.name);
	if (!op->fresh || mica_link_ready(c->link))
		return MICA_STEP_DONE;
	rc = mica_op_wait(op, c->cfg.start_timeout_ms, 100);
	if (rc == MICA_STEP_FAILED)
		mica_fail(&op->err, MICA_E_TIMEOUT,
			  "client '%s' runs and did not become ready within %u s; see "
			  "StartTimeoutSec",
			  c->cfg.name, (c->cfg.start_timeout_ms + 999) / 1000);
	return rc;
}

static void attach_finish(struct mica_op *op)
{
	struct mica_client *c = op->client;

	if (op->failed) {
		mica_client_free(c); /* leaves what runs alone; op->client is NULL now */
		return;
	}
	c->hidden = false;
	c->state = MICA_READY;
	mica_client_set_state(c, MICA_RUNNING,
			      c->link->unanswered
				      ? "attached; the client did not answer the re-attach "
					"request: its services may be lost"
				      : "attached");
	mica_supervise_started(c);
	mica_client_note(c);
	mica_log(c->host, LOG_NOTICE, c->cfg.name, "taken over from whoever started it");
}

static const struct mica_step attach_steps[] = {
	{ .name = "pedestal", .loop = step_pedestal },
	{ .name = "image", .work = mica_step_check_image },
	{ .name = "look", .work = step_look },
	{ .name = "memory", .work = step_memory },
	{ .name = "process", .loop = step_process },
	{ .name = "folder", .loop = mica_step_folder, .undo_loop = undo_folder },
	{ .name = "take", .work = step_take },
	{ .name = "doorbell", .work = step_doorbell },
	{ .name = "ask", .loop = step_ask },
	{ .name = "answer", .loop = step_answer },
	{ .name = "resume", .loop = step_resume },
	{ .name = "ready", .loop = step_ready },
	{ 0 },
};

static const struct mica_plan attach_plan = { "attach", attach_steps, attach_finish };

void mica_client_attach(struct mica_host *host, const struct mica_config *cfg, pid_t pid,
			mica_done done, void *arg)
{
	mica_client_begin_new(host, cfg, &attach_plan, pid, done, arg);
}
