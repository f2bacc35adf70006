/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Images of one client that outlive a boot: STATE-ROOT/images/NAME/. Each image lies there under
 * its SHA-256, its signature beside it; the file "record" says which is in use, which was before,
 * and which is on trial. The record is replaced as a whole and everything is on the disk before it
 * names it, so a power cut leaves the record before or the one after. Blocks: worker threads, but
 * for store_read(), which reads one small file.
 */
#ifndef MICA_STORE_H
#define MICA_STORE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image.h"
#include "mica/error.h"

enum mica_stored_kind {
	STORED_NONE,
	STORED_CLIENT_PATH, /* the file that the configuration names */
	STORED_COPY,	    /* in the store */
};

struct mica_stored {
	enum mica_stored_kind kind;
	bool raw;	 /* of a copy: .bin, not .elf */
	char sha256[65]; /* of a copy; of a ClientPath on trial: what was checked */
};

struct mica_images {
	struct mica_stored current; /* never STORED_NONE */
	struct mica_stored previous;
	struct mica_stored pending; /* on trial; the others are as before until it is over */
	struct mica_stored kept;    /* of pending: copy of the ClientPath that it replaces */
	char boot[40];		    /* of pending: boot id in which it began */
	uint64_t deadline_us;	    /* of pending: CLOCK_BOOTTIME; 0: not ready yet */
};

/* STATE-ROOT/images/NAME; -1: too long, or there is no state root. */
int store_dir(char out[PATH_MAX], const char *state_root, const char *name);
/* Of a copy. */
void store_path(char out[PATH_MAX], const char *dir, const struct mica_stored *image);
bool stored_same(const struct mica_stored *a, const struct mica_stored *b);

void store_defaults(struct mica_images *images);
/*
 * 1: there is a record; 0: none, or one for another ClientPath (*other is set then): *images are
 * the defaults. -1: damaged, with the reason and the defaults.
 */
int store_read(const char *dir, const char *client_path, struct mica_images *images, bool *other,
	       struct mica_error *err);
int store_write(const char *dir, const char *client_path, const struct mica_images *images,
		struct mica_error *err);
/* Bytes of an image (facts.sha256 is theirs) and of its signature (NULL: none). Makes the folder.
 */
int store_put(const char *dir, const struct mica_image *img, const char *sig, size_t sig_len,
	      struct mica_error *err);
/* Remove what the record does not name. */
void store_collect(const char *dir, const struct mica_images *images);
/* Remove the folder with all that is in it. */
int store_purge(const char *dir, struct mica_error *err);

/* This boot's id, as the kernel gives it. */
void store_boot_id(char out[40]);

#endif /* MICA_STORE_H */
