/* SPDX-License-Identifier: BSD-3-Clause */
/* Which image a client is started with: ClientPath's file, or one of the store. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client_priv.h"
#include "minisig.h"

/* An update that was cut short by more than the daemon's end: the image before it counts. */
static void drop_pending(struct mica_client *c, const char *dir, char note[256])
{
	struct mica_error err;

	snprintf(note, 256,
		 "the machine restarted while the update to %.12s was on trial: the image before "
		 "it is in use",
		 c->images.pending.sha256);
	memset(&c->images.pending, 0, sizeof(c->images.pending));
	memset(&c->images.kept, 0, sizeof(c->images.kept));
	c->images.deadline_us = 0;
	/* A disk that cannot be written: the next one to look comes to the same end. */
	if (!store_write(dir, c->cfg.image, &c->images, &err))
		store_collect(dir, &c->images);
}

void mica_images_load(struct mica_client *c, bool fresh, char note[256])
{
	struct mica_error err;
	char dir[PATH_MAX];
	bool other;

	note[0] = '\0';
	store_defaults(&c->images);
	if (store_dir(dir, c->host->state_root, c->cfg.name))
		return;
	if (store_read(dir, c->cfg.image, &c->images, &other, &err) < 0)
		snprintf(note, 256, "%.150s: the image of ClientPath is in use", err.text);
	else if (other)
		snprintf(note, 256,
			 "its images in %.120s were for another ClientPath: they are not used",
			 dir);
	else if (fresh && c->images.pending.kind != STORED_NONE)
		drop_pending(c, dir, note);
}

static int check_signature(struct mica_client *c, const struct mica_image *img, const char *path,
			   struct mica_error *err)
{
	char sig_path[PATH_MAX + 16], *sig = NULL;
	size_t len;
	int rc;

	snprintf(sig_path, sizeof(sig_path), "%s" MINISIG_ENDING, path);
	rc = minisig_read(sig_path, &sig, &len);
	if (rc == -ENOENT)
		return mica_fail(err, MICA_E_FIRMWARE,
				 "image %s has no signature (%s), and client '%s' has "
				 "RequireSignature=yes: sign it with minisign -S",
				 path, sig_path, c->cfg.name);
	if (rc)
		return mica_fail(err, MICA_E_FIRMWARE, "signature %s: %s", sig_path, strerror(-rc));
	rc = minisig_check(img->data, img->len, sig, len, sig_path, c->host->key_dir, err);
	free(sig);
	return rc;
}

/* k: what may be used of it instead of the bytes, or NULL. */
static int read_with(struct mica_client *c, struct mica_config *cfg,
		     const struct mica_stored *which, struct mica_known *k, struct mica_image *img,
		     struct mica_error *err)
{
	char dir[PATH_MAX];
	int rc;

	if (which->kind == STORED_COPY) {
		if (store_dir(dir, c->host->state_root, cfg->name))
			return mica_fail(err, MICA_E_FAILED, "there is no image store");
		store_path(cfg->image, dir, which);
	}
	if (!cfg->image[0])
		return mica_fail(err, MICA_E_CONFIG, "client '%s' has no ClientPath", cfg->name);
	if (k && mica_known_image(k, cfg, &c->ops->caps, img))
		return 0;
	rc = k ? mica_known_fetch(k, cfg->image, img, err) : mica_image_fetch(cfg->image, img, err);
	if (rc)
		return -1;
	if (which->kind == STORED_COPY && strcmp(which->sha256, img->facts.sha256) != 0)
		return mica_fail(err, MICA_E_FIRMWARE,
				 "image %s is damaged: its SHA-256 is %.12s...: update again",
				 cfg->image, img->facts.sha256);
	if (cfg->require_signature && check_signature(c, img, cfg->image, err))
		return -1;
	rc = mica_image_parse(cfg, &c->ops->caps, img, err);
	if (!rc && k)
		mica_known_add(k, cfg, &c->ops->caps, img);
	return rc;
}

static int read_one(struct mica_client *c, const struct mica_stored *which, struct mica_known *k,
		    struct mica_image *img, struct mica_error *err)
{
	struct mica_config *cfg = malloc(sizeof(*cfg));
	int rc;

	if (!cfg)
		return mica_fail(err, MICA_E_FAILED, "out of memory");
	*cfg = c->cfg;
	rc = read_with(c, cfg, which, k, img, err);
	free(cfg);
	if (rc)
		mica_image_free(img);
	return rc;
}

int mica_images_read_one(struct mica_client *c, const struct mica_stored *which,
			 struct mica_image *img, struct mica_error *err)
{
	return read_one(c, which, NULL, img, err);
}

int mica_images_read(struct mica_client *c, struct mica_image *img, bool *checked, char note[256],
		     struct mica_error *err)
{
	static const struct mica_stored client_path = { .kind = STORED_CLIENT_PATH };
	const struct mica_stored *use = &c->images.current;
	struct mica_error other;

	if (c->images.pending.kind != STORED_NONE)
		use = &c->images.pending;
	*checked = use->kind == STORED_COPY || c->cfg.require_signature;
	/* Nothing has to be proved of a file that is run as it is, so it need not be read again. */
	if (!read_one(c, use, *checked || use != &c->images.current ? NULL : &c->host->known, img,
		      err))
		return 0;
	/* What is on trial has its own way back, and a ClientPath is the owner's to repair. */
	if (use != &c->images.current || use->kind != STORED_COPY)
		return -1;
	snprintf(note, 256, "%.160s; the image before it is in use", err->text);
	if (c->images.previous.kind != STORED_NONE &&
	    !mica_images_read_one(c, &c->images.previous, img, &other))
		return 0;
	snprintf(note, 256, "%.160s; ClientPath's image is in use", err->text);
	*checked = c->cfg.require_signature;
	if (!mica_images_read_one(c, &client_path, img, &other))
		return 0;
	note[0] = '\0';
	return -1;
}

void mica_images_path(const struct mica_client *c, char out[PATH_MAX])
{
	const struct mica_stored *which =
		c->images.pending.kind != STORED_NONE ? &c->images.pending : &c->images.current;
	char dir[PATH_MAX];

	out[0] = '\0';
	if (which->kind != STORED_COPY)
		snprintf(out, PATH_MAX, "%s", c->cfg.image);
	else if (!store_dir(dir, c->host->state_root, c->cfg.name))
		store_path(out, dir, which);
}
