/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include <metal/io.h>

#include "backlog.h"

size_t mica_backlog_put(struct mica_backlog *b, const void *src, size_t len)
{
	const uint8_t *p = src;
	size_t lost = 0;

	if (!b->data)
		b->data = malloc(MICA_BACKLOG_SIZE);
	if (!b->data)
		return len;
	if (len > MICA_BACKLOG_SIZE) {
		lost = len - MICA_BACKLOG_SIZE;
		p += lost;
		len = MICA_BACKLOG_SIZE;
	}
	if (len > MICA_BACKLOG_SIZE - b->used) {
		size_t over = len - (MICA_BACKLOG_SIZE - b->used);

		mica_backlog_take(b, over);
		lost += over;
	}
	while (len) {
		size_t at = (b->head + b->used) % MICA_BACKLOG_SIZE;
		size_t n = MICA_BACKLOG_SIZE - at < len ? MICA_BACKLOG_SIZE - at : len;

		metal_copy_from_shared(b->data + at, p, n);
		b->used += n;
		p += n;
		len -= n;
	}
	return lost;
}

const void *mica_backlog_peek(const struct mica_backlog *b, size_t *len)
{
	size_t piece = MICA_BACKLOG_SIZE - b->head;

	*len = b->used < piece ? b->used : piece;
	return *len ? b->data + b->head : NULL;
}

void mica_backlog_take(struct mica_backlog *b, size_t len)
{
	if (len > b->used)
		len = b->used;
	b->head = (b->head + len) % MICA_BACKLOG_SIZE;
	b->used -= len;
	if (!b->used)
		b->head = 0;
}

void mica_backlog_free(struct mica_backlog *b)
{
	free(b->data);
	memset(b, 0, sizeof(*b));
}
