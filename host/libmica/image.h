/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A client's image: read once into private memory, checked there, used from there. The file may
 * change meanwhile without harm. Of one that is known already (image_known.h) the bytes to load
 * stay in the file until they are loaded, and are proved then.
 */
#ifndef MICA_IMAGE_H
#define MICA_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mica/config.h"
#include "mica/error.h"
#include "mica/pedestal.h"
#include "table.h"

#define MICA_IMAGE_MAX	  (256u << 20) /* bytes of a file */
#define MICA_SEGMENTS_MAX 32
#define MICA_DIGEST_LEN	  32
/* And what a resource table places elsewhere: itself, its vrings, trace buffers. */
#define MICA_SPANS_MAX (MICA_SEGMENTS_MAX + 3 + MICA_TRACES_MAX)

/* What stays known of an image after its bytes are gone. */
struct mica_image_facts {
	uint64_t size;
	char sha256[65];
	uint64_t entry;
	/* Memory it takes; empty where it is no matter of addresses. */
	unsigned int n_spans;
	struct {
		uint64_t da, len;
	} span[MICA_SPANS_MAX];
};

/* Which file, and that nobody had written it for a while when it was looked at. No padding. */
struct mica_image_id {
	uint64_t dev, ino, size;
	int64_t mtime_ns, ctime_ns;
	uint64_t settled;
};

struct mica_image {
	void *data;
	size_t len;
	struct mica_image_id id;
	struct mica_image_facts facts;
	unsigned int n_segments;
	struct mica_segment seg[MICA_SEGMENTS_MAX]; /* data points into the file's bytes */
	uint64_t at[MICA_SEGMENTS_MAX];		    /* offset of a segment's bytes in the file */
	bool in_file;				    /* they are only there: seg[].data is NULL */
	int fd;					    /* if in_file: of the file */
	uint8_t digest[MICA_DIGEST_LEN];	    /* if in_file: mica_image_digest() of it */
	bool raw; /* no ELF: one segment, placed at LoadAddress or the image memory's start */
	const void *table_bytes; /* of the resource table in the file; NULL: none */
	struct mica_table table;
};

/* EM_* of images that a pedestal takes. */
uint16_t mica_image_machine(const struct mica_pedestal_caps *caps);

void mica_image_identify(int fd, struct mica_image_id *id);
/* The parts of mica_image_read(): the bytes and which file they are of; their hash; both; what they
 * mean. After an error the image is empty. */
int mica_image_bytes(const char *path, struct mica_image *img, struct mica_error *err);
void mica_image_hash(struct mica_image *img);
int mica_image_fetch(const char *path, struct mica_image *img, struct mica_error *err);
int mica_image_parse(const struct mica_config *cfg, const struct mica_pedestal_caps *caps,
		     struct mica_image *img, struct mica_error *err);
/* Read and check all that can be checked without the client's memory. May run on a worker. */
int mica_image_read(const struct mica_config *cfg, const struct mica_pedestal_caps *caps,
		    struct mica_image *img, struct mica_error *err);
/* Every segment inside a window and clear of the pool. Gives a raw image its address. */
int mica_image_fit(struct mica_image *img, const struct mica_config *cfg,
		   const struct mica_window *w, unsigned int n, uint64_t pool_da, size_t pool_size,
		   struct mica_error *err);
/* Of the segments' bytes, one after the other: BLAKE2b. */
void mica_image_digest(const struct mica_image *img, uint8_t digest[MICA_DIGEST_LEN]);
/* [worker] Place all segments. What is in the file is read piece by piece, so that what is loaded
 * is what the digest is made of; another digest than the known one is an error of `path`'s. */
int mica_image_load(const struct mica_image *img, const struct mica_pedestal_ops *ops,
		    struct mica_pedestal *ped, const char *path, struct mica_error *err);
void mica_image_free(struct mica_image *img);

/* Address of len bytes at da in the windows, NULL when they are not all in one. */
void *mica_window_va(const struct mica_window *w, unsigned int n, uint64_t da, uint64_t len);

#endif /* MICA_IMAGE_H */
