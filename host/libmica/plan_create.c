/* SPDX-License-Identifier: BSD-3-Clause */
/* Create and remove: the client is checked and gets its folder; nothing is taken yet. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "client_log.h"
#include "client_priv.h"
#include "core_store.h"
#include "files.h"
#include "umt_window.h"

static bool same_core(const struct mica_cores *a, const struct mica_cores *b, uint32_t *id)
{
	if (a->kind != b->kind)
		return false;
	for (unsigned int i = 0; i < a->n; i++) {
		for (unsigned int k = 0; k < b->n; k++) {
			if (a->id[i] == b->id[k]) {
				*id = a->id[i];
				return true;
			}
		}
	}
	return false;
}

static bool overlap(uint64_t a, uint64_t a_len, uint64_t b, uint64_t b_len)
{
	return a < b + b_len && b < a + a_len;
}

/* Memory of two clients of one pedestal: image against image, pool against pool, and across. */
static int check_memory(struct mica_client *c, const struct mica_image_facts *facts,
			struct mica_client *other, struct mica_error *err)
{
	const struct mica_image_facts *theirs = &other->facts;
	uint64_t pool, their_pool;
	size_t size, their_size;

	c->ops->pool(c->ped, &pool, &size);
	other->ops->pool(other->ped, &their_pool, &their_size);
	if (overlap(pool, size, their_pool, their_size))
		return mica_fail(err, MICA_E_BUSY,
				 "communication pool 0x%llx-0x%llx is used by client '%s': set "
				 "another CommOffset",
				 (unsigned long long)pool, (unsigned long long)(pool + size - 1),
				 other->cfg.name);
	for (unsigned int i = 0; i < theirs->n_spans; i++) {
		if (overlap(pool, size, theirs->span[i].da, theirs->span[i].len))
			return mica_fail(err, MICA_E_BUSY,
					 "communication pool 0x%llx-0x%llx lies over memory of "
					 "client '%s': set another CommOffset",
					 (unsigned long long)pool,
					 (unsigned long long)(pool + size - 1), other->cfg.name);
	}
	for (unsigned int i = 0; i < facts->n_spans; i++) {
		uint64_t da = facts->span[i].da, len = facts->span[i].len;
		bool hit = overlap(da, len, their_pool, their_size);

		for (unsigned int k = 0; k < theirs->n_spans && !hit; k++)
			hit = overlap(da, len, theirs->span[k].da, theirs->span[k].len);
		if (hit)
			return mica_fail(err, MICA_E_BUSY,
					 "memory 0x%llx-0x%llx of image %s is used by client '%s': "
					 "link it elsewhere, or "
					 "remove that client",
					 (unsigned long long)da, (unsigned long long)(da + len - 1),
					 c->cfg.image, other->cfg.name);
	}
	return 0;
}

/* Against the windows that clients hold at the moment; a window goes where no pool is. */
static int check_windows(struct mica_client *c, const struct mica_image_facts *facts,
			 struct mica_error *err)
{
	uint64_t pool;
	size_t size;

	c->ops->pool(c->ped, &pool, &size);
	if (mica_umt_check(c, pool, size, "communication pool", err))
		return -1;
	for (unsigned int i = 0; i < facts->n_spans && c->ops->caps.needs_table_address; i++) {
		if (mica_umt_check(c, facts->span[i].da, facts->span[i].len, "image memory", err))
			return -1;
	}
	return 0;
}

int mica_client_check_others(struct mica_client *c, const struct mica_image_facts *facts,
			     struct mica_error *err)
{
	uint32_t id;

	for (struct mica_client *o = c->host->clients; o; o = o->next) {
		if (o == c || o->ops != c->ops || !o->ped || !c->ops->caps.exclusive_cores)
			continue;
		if (same_core(&c->cfg.cores, &o->cfg.cores, &id))
			return mica_fail(err, MICA_E_BUSY,
					 "CPU %u is assigned to client '%s': choose another one, "
					 "or remove that client",
					 id, o->cfg.name);
		if (check_memory(c, facts, o, err))
			return -1;
	}
	return check_windows(c, facts, err);
}

/* Not needed by anybody before the plan ran through; undone by mica_client_free(). */
static int step_pedestal(struct mica_op *op)
{
	struct mica_client *c = op->client;

	c->ops = mica_pedestal_find(c->cfg.pedestal, &op->err);
	if (!c->ops || c->ops->probe(&op->err))
		return MICA_STEP_FAILED;
	if (c->ops->create(&c->cfg, c->dir, &c->ped, &op->err)) {
		c->ped = NULL;
		return MICA_STEP_FAILED;
	}
	return MICA_STEP_DONE;
}

int mica_step_check_image(struct mica_op *op)
{
	struct mica_client *c = op->client;
	struct mica_window w[MICA_WINDOWS_MAX];
	unsigned int n;
	uint64_t pool;
	size_t size;

	mica_images_load(c, true, op->note);
	if (mica_images_read(c, &op->image, &op->checked, op->note, &op->err))
		return MICA_STEP_FAILED;
	n = c->ops->windows(c->ped, w);
	if (mica_traces_check(&op->image.table, w, n, c->cfg.image, &op->err))
		return MICA_STEP_FAILED;
	if (!c->ops->caps.needs_table_address)
		return MICA_STEP_DONE;
	c->ops->pool(c->ped, &pool, &size);
	return mica_image_fit(&op->image, &c->cfg, w, n, pool, size, &op->err);
}

int mica_step_folder(struct mica_op *op)
{
	struct mica_client *c = op->client;
	int rc;

	if (mica_client_check_others(c, &op->image.facts, &op->err))
		return MICA_STEP_FAILED;
	c->facts = op->image.facts;
	if (getrandom(c->token, sizeof(c->token), 0) != (ssize_t)sizeof(c->token))
		return mica_fail(&op->err, MICA_E_FAILED, "no random numbers: %s", strerror(errno));
	rc = mica_mkdirs(c->dir, 0755);
	if (rc)
		return mica_fail(&op->err, MICA_E_FAILED, "cannot create %s: %s", c->dir,
				 strerror(-rc));
	if (mica_client_save(c, "", &op->err)) {
		mica_client_forget(c);
		return MICA_STEP_FAILED;
	}
	return MICA_STEP_DONE;
}

static void create_finish(struct mica_op *op)
{
	if (op->failed) {
		mica_client_free(op->client); /* op->client is NULL now */
		return;
	}
	op->client->hidden = false;
	memcpy(op->client->start_note, op->note, sizeof(op->note));
	if (op->note[0])
		mica_log(op->host, LOG_WARNING, op->client->cfg.name, "%s", op->note);
}

static const struct mica_step create_steps[] = {
	{ .name = "pedestal", .loop = step_pedestal },
	{ .name = "image", .work = mica_step_check_image },
	{ .name = "folder", .loop = mica_step_folder },
	{ 0 },
};

static const struct mica_plan create_plan = { "create", create_steps, create_finish };

void mica_client_begin_new(struct mica_host *host, const struct mica_config *cfg,
			   const struct mica_plan *plan, pid_t pid, mica_done done, void *arg)
{
	struct mica_error err = { 0 };
	struct mica_client *c = NULL;

	if (host->closing)
		mica_fail(&err, MICA_E_FAILED, "the daemon ends");
	else if (!mica_name_valid(cfg->name))
		mica_fail(&err, MICA_E_CONFIG,
			  "name '%.80s' is not valid: up to %d of letters, digits, '_', '.', '-'",
			  cfg->name, MICA_NAME_MAX);
	else if (mica_host_find_any(host, cfg->name))
		mica_fail(&err, MICA_E_BUSY,
			  "client '%s' exists: choose another name, or remove it with 'mica rm %s'",
			  cfg->name, cfg->name);
	else if (!(c = mica_client_new(host, cfg)))
		mica_fail(&err, MICA_E_FAILED, "out of memory");
	if (c)
		mica_op_begin(host, c, plan, done, arg)->pid = pid;
	else
		mica_op_refuse(host, NULL, &err, done, arg);
}

void mica_client_create(struct mica_host *host, const struct mica_config *cfg, mica_done done,
			void *arg)
{
	mica_client_begin_new(host, cfg, &create_plan, 0, done, arg);
}

static int step_forget(struct mica_op *op)
{
	mica_client_forget(op->client);
	return MICA_STEP_DONE;
}

static int step_offline(struct mica_op *op)
{
	op->client->claimed = false;
	mica_client_unwatch(op->client);
	if (op->client->state != MICA_OFFLINE)
		mica_client_set_state(op->client, MICA_OFFLINE, "");
	return MICA_STEP_DONE;
}

static void remove_finish(struct mica_op *op)
{
	if (!op->failed)
		mica_client_free(op->client);
}

static int step_purge(struct mica_op *op)
{
	char dir[PATH_MAX];

	if (!op->purge)
		return MICA_STEP_DONE;
	if (op->host->state_root[0] &&
	    core_store_purge(op->host->state_root, op->client->cfg.name, &op->err))
		return -1;
	if (store_dir(dir, op->host->state_root, op->client->cfg.name))
		return MICA_STEP_DONE;
	return store_purge(dir, &op->err);
}

static const struct mica_step remove_steps[] = {
	{ .name = "purge", .work = step_purge },
	{ .name = "removing", .saved = true, .work = mica_step_release },
	{ .name = "offline", .loop = step_offline },
	{ .name = "folder", .loop = step_forget },
	{ 0 },
};

static const struct mica_plan remove_plan = { "remove", remove_steps, remove_finish };

static void remove_client(struct mica_client *c, bool purge, mica_done done, void *arg)
{
	struct mica_error err;

	if (mica_supervise_defer(c, purge ? mica_client_purge : mica_client_remove, done, arg)) {
		c->sv.wanted = false;
		return;
	}
	if (c->update)
		mica_fail(&err, MICA_E_STATE, "client '%s' is busy: an update is under way",
			  c->cfg.name);
	else if (c->op)
		mica_fail(&err, MICA_E_STATE, "client '%s' is busy: %s is under way", c->cfg.name,
			  c->op->plan->verb);
	else if (c->state == MICA_ERROR)
		mica_fail(
			&err, MICA_E_STATE,
			"client '%s' is in state Error and its core still runs: 'mica stop' tries "
			"again; else it stays until it stops by itself or the machine restarts",
			c->cfg.name);
	else if (!mica_state_allows(c->state, MICA_OFFLINE) && c->state != MICA_OFFLINE)
		mica_fail(&err, MICA_E_STATE, "client '%s' is in state %s: stop it first",
			  c->cfg.name, mica_state_name(c->state));
	else if (c->claimed && c->ops->power(c->ped) == MICA_POWER_ON)
		mica_fail(&err, MICA_E_STATE, "a core of client '%s' still runs: stop it first",
			  c->cfg.name);
	else {
		mica_supervise_taken_over(c);
		mica_op_begin(c->host, c, &remove_plan, done, arg)->purge = purge;
		return;
	}
	mica_op_refuse(c->host, c, &err, done, arg);
}

void mica_client_remove(struct mica_client *c, mica_done done, void *arg)
{
	remove_client(c, false, done, arg);
}

void mica_client_purge(struct mica_client *c, mica_done done, void *arg)
{
	remove_client(c, true, done, arg);
}
