// SPDX-License-Identifier: BSD-3-Clause
/* From an image to a client's memory: from private memory, or from the file with its proof. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "image.h"

#define PIECE 0x10000u /* bytes: stays in a cache between read, digest and copy */

void mica_image_digest(const struct mica_image *img, uint8_t digest[MICA_DIGEST_LEN])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, MICA_DIGEST_LEN);
	for (unsigned int i = 0; i < img->n_segments; i++)
		crypto_generichash_update(&state, img->seg[i].data, img->seg[i].filesz);
	crypto_generichash_final(&state, digest, MICA_DIGEST_LEN);
}

static int changed(const char *path, struct mica_error *err)
{
	return mica_fail(err, MICA_E_FIRMWARE,
			 "image %s was changed while it was loaded: start the client again", path);
}

static int read_piece(const struct mica_image *img, uint64_t at, void *to, size_t len,
		      const char *path, struct mica_error *err)
{
	for (size_t got = 0; got < len;) {
		ssize_t n = pread(img->fd, (uint8_t *)to + got, len - got, (off_t)(at + got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return mica_fail(err, MICA_E_FIRMWARE, "image %s: %s", path,
					 strerror(errno));
		if (!n)
			return changed(path, err);
		got += (size_t)n;
	}
	return 0;
}

struct load {
	crypto_generichash_state state; /* aligned to 64 bytes */
	const struct mica_image *img;
	const struct mica_pedestal_ops *ops;
	struct mica_pedestal *ped;
	const char *path;
	uint8_t *buf; /* PIECE */
};

/* The last piece is followed by what is not in the file. */
static int load_segment(struct load *l, unsigned int i, struct mica_error *err)
{
	struct mica_segment left = l->img->seg[i];
	uint64_t at = l->img->at[i];

	do {
		struct mica_segment piece = left;

		piece.data = l->buf;
		if (left.filesz > PIECE)
			piece.filesz = piece.memsz = PIECE;
		if (read_piece(l->img, at, l->buf, piece.filesz, l->path, err))
			return -1;
		crypto_generichash_update(&l->state, l->buf, piece.filesz);
		if (l->ops->load(l->ped, &piece, err))
			return -1;
		left.da += piece.memsz;
		left.filesz -= piece.filesz;
		left.memsz -= piece.memsz;
		at += piece.filesz;
	} while (left.memsz);
	return 0;
}

static int load_file(struct load *l, struct mica_error *err)
{
	uint8_t digest[MICA_DIGEST_LEN];

	crypto_generichash_init(&l->state, NULL, 0, sizeof(digest));
	for (unsigned int i = 0; i < l->img->n_segments; i++) {
		if (load_segment(l, i, err))
			return -1;
	}
	crypto_generichash_final(&l->state, digest, sizeof(digest));
	return memcmp(digest, l->img->digest, sizeof(digest)) ? changed(l->path, err) : 0;
}

int mica_image_load(const struct mica_image *img, const struct mica_pedestal_ops *ops,
		    struct mica_pedestal *ped, const char *path, struct mica_error *err)
{
	struct load l = { .img = img, .ops = ops, .ped = ped, .path = path };
	int rc;

	if (img->in_file) {
		l.buf = malloc(PIECE);
		if (!l.buf)
			return mica_fail(err, MICA_E_FAILED, "out of memory");
		rc = load_file(&l, err);
		free(l.buf);
		return rc;
	}
	for (unsigned int i = 0; i < img->n_segments; i++) {
		if (ops->load(ped, &img->seg[i], err))
			return -1;
	}
	return 0;
}
