/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages that wait for a reader: bounded, the oldest go first. */
#ifndef MICA_HELD_H
#define MICA_HELD_H

#include <stdbool.h>
#include <stddef.h>

/* Far more than a client with credit can have on the way to one endpoint. */
#define MICA_HELD_MAX 64u

struct mica_held_message;

struct mica_held {
	struct mica_held_message *first, *last; /* oldest, newest */
	unsigned int n;
};

/*
 * Copies len bytes, which may lie in shared memory. When it is full, the oldest message makes room,
 * except for one of no bytes, which is not taken itself. True: a message was lost, *lost bytes
 * long.
 */
bool mica_held_put(struct mica_held *h, const void *src, size_t len, size_t *lost);
/* The oldest one; NULL: none. */
const void *mica_held_peek(const struct mica_held *h, size_t *len);
/* Forget the oldest one. */
void mica_held_take(struct mica_held *h);
void mica_held_free(struct mica_held *h);

#endif /* MICA_HELD_H */
