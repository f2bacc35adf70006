/* SPDX-License-Identifier: BSD-3-Clause */
/* Update: check an image and keep it; write down which one is in use. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client_priv.h"
#include "minisig.h"
#include "update.h"

/* The signature beside a file, checked; *sig is NULL where there is none and none is needed. */
static int read_signature(struct mica_client *c, const char *path, const struct mica_image *img,
			  char **sig, size_t *len, struct mica_error *err)
{
	char sig_path[PATH_MAX + 16];
	int rc;

	*sig = NULL;
	snprintf(sig_path, sizeof(sig_path), "%s" MINISIG_ENDING, path);
	rc = minisig_read(sig_path, sig, len);
	if (rc == -ENOENT && !c->cfg.require_signature)
		return 0;
	if (rc == -ENOENT)
		return mica_fail(err, MICA_E_FIRMWARE,
				 "image %s has no signature (%s), and client '%s' has "
				 "RequireSignature=yes: sign it with minisign -S",
				 path, sig_path, c->cfg.name);
	if (rc)
		return mica_fail(err, MICA_E_FIRMWARE, "signature %s: %s", sig_path, strerror(-rc));
	if (!minisig_check(img->data, img->len, *sig, *len, sig_path, c->host->key_dir, err))
		return 0;
	free(*sig);
	*sig = NULL;
	return -1;
}

static int read_file(struct mica_op *op, struct mica_config *cfg)
{
	struct mica_client *c = op->client;
	struct mica_update *u = c->update;
	char *sig = NULL;
	size_t len;

	snprintf(cfg->image, sizeof(cfg->image), "%s", u->file);
	if (mica_image_fetch(u->file, &op->image, &op->err) ||
	    read_signature(c, u->file, &op->image, &sig, &len, &op->err))
		return -1;
	op->signature = sig;
	op->signature_len = sig ? len : 0;
	if (mica_image_parse(cfg, &c->ops->caps, &op->image, &op->err))
		return -1;
	u->target.kind = STORED_COPY;
	u->target.raw = op->image.raw;
	return 0;
}

static int read_target(struct mica_op *op, struct mica_config *cfg)
{
	struct mica_client *c = op->client;
	struct mica_update *u = c->update;

	if (u->what == MICA_UPDATE_FILE)
		return read_file(op, cfg);
	u->target = c->images.previous;
	if (u->what == MICA_UPDATE_RESET) {
		memset(&u->target, 0, sizeof(u->target));
		u->target.kind = STORED_CLIENT_PATH;
	}
	if (u->target.kind == STORED_NONE)
		return mica_fail(&op->err, MICA_E_STATE,
				 "client '%s' has no previous image: it was never updated",
				 c->cfg.name);
	u->unchanged = u->target.kind == STORED_CLIENT_PATH &&
		       c->images.current.kind == STORED_CLIENT_PATH;
	return mica_images_read_one(c, &u->target, &op->image, &op->err);
}

static int step_verify(struct mica_op *op)
{
	struct mica_config *cfg = malloc(sizeof(*cfg));
	struct mica_client *c = op->client;
	struct mica_window w[MICA_WINDOWS_MAX];
	struct mica_update *u = c->update;
	uint64_t pool;
	size_t size;
	int rc;

	if (!cfg)
		return mica_fail(&op->err, MICA_E_FAILED, "out of memory");
	*cfg = c->cfg;
	rc = read_target(op, cfg);
	if (!rc) {
		memcpy(u->target.sha256, op->image.facts.sha256, sizeof(u->target.sha256));
		if (c->images.current.kind == STORED_COPY && u->target.kind == STORED_COPY)
			u->unchanged = stored_same(&c->images.current, &u->target);
	}
	if (!rc && c->ops->caps.needs_table_address) {
		c->ops->pool(c->ped, &pool, &size);
		rc = mica_image_fit(&op->image, cfg, w, c->ops->windows(c->ped, w), pool, size,
				    &op->err);
	}
	free(cfg);
	return rc ? MICA_STEP_FAILED : MICA_STEP_DONE;
}

static int step_others(struct mica_op *op)
{
	if (mica_client_check_others(op->client, &op->image.facts, &op->err))
		return MICA_STEP_FAILED;
	if (!op->client->update->unchanged)
		update_tell(op->client->update, "storing");
	return MICA_STEP_DONE;
}

/*
 * The first update: what ClientPath names today may be another file tomorrow, so the way back is a
 * copy. It must be what the client was started with.
 */
static int keep_client_path(struct mica_op *op, const char *dir)
{
	struct mica_client *c = op->client;
	struct mica_update *u = c->update;
	struct mica_image old = { 0 };
	struct mica_error err;
	char *sig = NULL;
	size_t len = 0;
	int rc = 0;

	if (mica_images_read_one(c, &c->images.current, &old, &err)) {
		if (!u->was_on)
			return 0;
		return mica_fail(&op->err, err.code,
				 "there would be no way back from the new image: %.400s", err.text);
	}
	if (u->was_on && strcmp(old.facts.sha256, c->facts.sha256) != 0) {
		rc = mica_fail(&op->err, MICA_E_FIRMWARE,
			       "there would be no way back: %.200s is not the image any more that "
			       "client '%s' was started with; put that back and give the new image "
			       "another name, or stop the client first",
			       c->cfg.image, c->cfg.name);
	} else if (u->what == MICA_UPDATE_FILE && !strcmp(old.facts.sha256, u->target.sha256)) {
		u->unchanged = true;
	} else {
		/* A signature that does not count today is no reason against the update. */
		if (read_signature(c, c->cfg.image, &old, &sig, &len, &err))
			sig = NULL;
		rc = store_put(dir, &old, sig, len, &op->err);
		u->kept.kind = STORED_COPY;
		u->kept.raw = old.raw;
		memcpy(u->kept.sha256, old.facts.sha256, sizeof(u->kept.sha256));
	}
	free(sig);
	mica_image_free(&old);
	return rc;
}

static int step_store(struct mica_op *op)
{
	struct mica_client *c = op->client;
	struct mica_update *u = c->update;
	char dir[PATH_MAX];
	int rc = 0;

	if (u->unchanged)
		return MICA_STEP_DONE;
	if (store_dir(dir, op->host->state_root, c->cfg.name))
		return mica_fail(&op->err, MICA_E_FAILED,
				 "there is no place for images: start micad with --state-root DIR");
	if (c->images.current.kind == STORED_CLIENT_PATH)
		rc = keep_client_path(op, dir);
	if (!rc && !u->unchanged && u->what == MICA_UPDATE_FILE)
		rc = store_put(dir, &op->image, op->signature, op->signature_len, &op->err);
	if (rc)
		store_collect(dir, &c->images);
	return rc ? MICA_STEP_FAILED : MICA_STEP_DONE;
}

static int step_record(struct mica_op *op)
{
	struct mica_client *c = op->client;
	struct mica_update *u = c->update;
	struct mica_images there = u->next;
	struct mica_error err;
	char dir[PATH_MAX];
	bool other;
	int rc;

	if (store_dir(dir, op->host->state_root, c->cfg.name))
		return mica_fail(&op->err, MICA_E_FAILED, "there is no image store");
	rc = store_write(dir, c->cfg.image, &u->next, &op->err);
	if (!rc || store_read(dir, c->cfg.image, &there, &other, &err) >= 0)
		store_collect(dir, &there);
	return rc ? MICA_STEP_FAILED : MICA_STEP_DONE;
}

static void record_finish(struct mica_op *op)
{
	if (!op->failed)
		op->client->images = op->client->update->next;
}

static const struct mica_step check_steps[] = {
	{ .name = "verifying", .work = step_verify },
	{ .name = "others", .loop = step_others },
	{ .name = "storing", .work = step_store },
	{ 0 },
};

static const struct mica_step record_steps[] = {
	{ .name = "recording", .work = step_record },
	{ 0 },
};

static const struct mica_plan check_plan = { "update", check_steps, NULL };
static const struct mica_plan record_plan = { "update", record_steps, record_finish };

void update_begin_check(struct mica_update *u, mica_done done)
{
	mica_op_begin(u->client->host, u->client, &check_plan, done, u);
}

void update_begin_record(struct mica_update *u, mica_done done)
{
	mica_op_begin(u->client->host, u->client, &record_plan, done, u);
}
