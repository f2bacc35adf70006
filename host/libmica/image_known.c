/* SPDX-License-Identifier: BSD-3-Clause */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image_known.h"

void mica_known_init(struct mica_known *k)
{
	memset(k, 0, sizeof(*k));
	pthread_mutex_init(&k->lock, NULL);
	pthread_cond_init(&k->hashed, NULL);
}

static void forget(struct mica_known_image *i)
{
	if (i->image)
		mica_image_free(i->image);
	free(i->image);
	memset(i, 0, sizeof(*i));
}

void mica_known_free(struct mica_known *k)
{
	for (unsigned int i = 0; i < MICA_KNOWN_MAX; i++)
		forget(&k->image[i]);
	pthread_cond_destroy(&k->hashed);
	pthread_mutex_destroy(&k->lock);
}

/* Locked. NULL: it is another file by now, or none that may be remembered. */
static struct mica_known_image *find(struct mica_known *k, const struct mica_image_id *id)
{
	for (unsigned int i = 0; i < MICA_KNOWN_MAX && id->settled; i++) {
		while (k->image[i].busy && !memcmp(&k->image[i].id, id, sizeof(*id)))
			pthread_cond_wait(&k->hashed, &k->lock);
		if (!memcmp(&k->image[i].id, id, sizeof(*id)))
			return &k->image[i];
	}
	return NULL;
}

/* Locked. NULL: all are being hashed, or it may not be remembered. */
static struct mica_known_image *add(struct mica_known *k, const struct mica_image_id *id)
{
	for (unsigned int i = 0; i < MICA_KNOWN_MAX && id->settled; i++) {
		struct mica_known_image *known = &k->image[k->next];

		k->next = (k->next + 1) % MICA_KNOWN_MAX;
		if (known->busy)
			continue;
		forget(known);
		known->id = *id;
		return known;
	}
	return NULL;
}

/* *to is empty. */
static int copy(struct mica_image *to, const struct mica_image *from)
{
	size_t len = from->table_bytes ? from->table.len : 0;
	void *bytes = malloc(len + 1);

	if (!bytes)
		return -1;
	*to = *from;
	to->data = bytes;
	to->len = len;
	for (unsigned int i = 0; i < to->n_segments; i++)
		to->seg[i].data = NULL;
	if (from->table_bytes)
		to->table_bytes = memcpy(bytes, from->table_bytes, len);
	return 0;
}

bool mica_known_image(struct mica_known *k, const struct mica_config *cfg,
		      const struct mica_pedestal_caps *caps, struct mica_image *img)
{
	struct mica_known_image *known;
	struct mica_image_id id;
	bool same = false;
	int fd;

	mica_image_free(img);
	fd = open(cfg->image, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return false;
	mica_image_identify(fd, &id);
	pthread_mutex_lock(&k->lock);
	known = find(k, &id);
	if (known && known->image && known->caps == caps && known->layout == cfg->layout &&
	    cfg->load_address == MICA_ADDRESS_NONE)
		same = !copy(img, known->image);
	pthread_mutex_unlock(&k->lock);
	img->in_file = same && caps->needs_table_address;
	img->fd = fd;
	if (!img->in_file)
		close(fd);
	return same;
}

int mica_known_fetch(struct mica_known *k, const char *path, struct mica_image *img,
		     struct mica_error *err)
{
	struct mica_known_image *known;

	if (mica_image_bytes(path, img, err))
		return -1;
	pthread_mutex_lock(&k->lock);
	known = find(k, &img->id);
	if (known) {
		memcpy(img->facts.sha256, known->sha256, sizeof(known->sha256));
		pthread_mutex_unlock(&k->lock);
		return 0;
	}
	known = add(k, &img->id);
	if (known)
		known->busy = true;
	pthread_mutex_unlock(&k->lock);
	mica_image_hash(img);
	pthread_mutex_lock(&k->lock);
	if (known) {
		memcpy(known->sha256, img->facts.sha256, sizeof(known->sha256));
		known->busy = false;
		pthread_cond_broadcast(&k->hashed);
	}
	pthread_mutex_unlock(&k->lock);
	return 0;
}

void mica_known_add(struct mica_known *k, const struct mica_config *cfg,
		    const struct mica_pedestal_caps *caps, const struct mica_image *img)
{
	struct mica_known_image *known;
	uint8_t digest[MICA_DIGEST_LEN] = { 0 };

	if (!img->id.settled)
		return;
	if (caps->needs_table_address)
		mica_image_digest(img, digest);
	pthread_mutex_lock(&k->lock);
	known = find(k, &img->id);
	if (known && !known->image) {
		known->image = calloc(1, sizeof(*known->image));
		if (known->image && copy(known->image, img)) {
			free(known->image);
			known->image = NULL;
		}
		if (known->image)
			memcpy(known->image->digest, digest, sizeof(digest));
		known->caps = caps;
		known->layout = cfg->layout;
	}
	pthread_mutex_unlock(&k->lock);
}
