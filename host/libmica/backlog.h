/* SPDX-License-Identifier: BSD-3-Clause */
/* Bytes that wait for a reader: bounded, the oldest go first. */
#ifndef MICA_BACKLOG_H
#define MICA_BACKLOG_H

#include <stddef.h>
#include <stdint.h>

#define MICA_BACKLOG_SIZE (64u << 10)

struct mica_backlog {
	uint8_t *data; /* MICA_BACKLOG_SIZE bytes, taken at the first put */
	size_t head;   /* oldest byte */
	size_t used;
};

/* Returns how many of the oldest bytes went to make room (all of them lost ones). src may lie in
 * shared memory. */
size_t mica_backlog_put(struct mica_backlog *b, const void *src, size_t len);
/* The oldest bytes that lie in one piece; *len 0 when there are none. */
const void *mica_backlog_peek(const struct mica_backlog *b, size_t *len);
void mica_backlog_take(struct mica_backlog *b, size_t len);
void mica_backlog_free(struct mica_backlog *b);

#endif /* MICA_BACKLOG_H */
