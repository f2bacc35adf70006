/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the last images said, so that the same file need not be hashed, nor be read as a whole, at
 * each start. Only for images whose bytes need not be proved: neither signed nor of the store. Of a
 * process's image nothing is read, of one that is loaded its segments. A file counts as the same by
 * its inode, size and times, and only if it had been left alone for a while when it was read; a
 * write later than that gives it other times. Any thread.
 */
#ifndef MICA_IMAGE_KNOWN_H
#define MICA_IMAGE_KNOWN_H

#include <pthread.h>
#include <stdbool.h>

#include "image.h"

#define MICA_KNOWN_MAX 8

struct mica_known_image {
	struct mica_image_id id;
	char sha256[65];
	bool busy; /* its hash is being computed: who wants it, too, waits */
	/* What it was found to be under these rules; NULL: only the hash. */
	struct mica_image *image; /* its data: the resource table's bytes only */
	const struct mica_pedestal_caps *caps;
	enum mica_layout layout;
};

struct mica_known {
	pthread_mutex_t lock;
	pthread_cond_t hashed;
	unsigned int next; /* to be replaced */
	struct mica_known_image image[MICA_KNOWN_MAX];
};

void mica_known_init(struct mica_known *k);
void mica_known_free(struct mica_known *k);
/* True: *img is as mica_image_read() left it, but of the bytes only the resource table is there;
 * what is to be loaded is in the file (in_file). */
bool mica_known_image(struct mica_known *k, const struct mica_config *cfg,
		      const struct mica_pedestal_caps *caps, struct mica_image *img);
/* Read with hash, the hash from memory where it is the same file. As mica_image_fetch(). */
int mica_known_fetch(struct mica_known *k, const char *path, struct mica_image *img,
		     struct mica_error *err);
/* *img was fetched by the above and parsed. */
void mica_known_add(struct mica_known *k, const struct mica_config *cfg,
		    const struct mica_pedestal_caps *caps, const struct mica_image *img);

#endif /* MICA_IMAGE_KNOWN_H */
