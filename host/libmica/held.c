/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <metal/io.h>

#include "held.h"

struct mica_held_message {
	struct mica_held_message *next;
	size_t len;
	uint8_t data[];
};

bool mica_held_put(struct mica_held *h, const void *src, size_t len, size_t *lost)
{
	struct mica_held_message *m;
	bool full = h->n == MICA_HELD_MAX;

	*lost = len;
	if (full && !len)
		return true;
	m = malloc(sizeof(*m) + len);
	if (!m)
		return true;
	if (full) {
		*lost = h->first->len;
		mica_held_take(h);
	}
	m->next = NULL;
	m->len = len;
	if (len)
		metal_copy_from_shared(m->data, src, len);
	if (h->last)
		h->last->next = m;
	else
		h->first = m;
	h->last = m;
	h->n++;
	return full;
}

const void *mica_held_peek(const struct mica_held *h, size_t *len)
{
	if (!h->first)
		return NULL;
	*len = h->first->len;
	return h->first->data;
}

void mica_held_take(struct mica_held *h)
{
	struct mica_held_message *m = h->first;

	if (!m)
		return;
	h->first = m->next;
	if (!h->first)
		h->last = NULL;
	h->n--;
	free(m);
}

void mica_held_free(struct mica_held *h)
{
	while (h->first)
		mica_held_take(h);
}
