/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "umt_pieces.h"

const char *mica_umt_pieces_add(struct mica_umt_pieces *p, uint32_t offset, uint32_t len,
				uint16_t flags)
{
	if (!len)
		return "a piece of no bytes";
	if (offset > p->part || len > p->part - offset)
		return "a piece outside its part of the window";
	for (unsigned int i = 0; i < p->n; i++) {
		const struct mica_umt_piece *q = &p->at[i];

		if (offset < q->offset + q->len && q->offset < offset + len)
			return "a piece over one that was not returned";
	}
	if (p->n == MICA_UMT_PIECES)
		return "more pieces than may be outstanding";
	p->at[p->n++] = (struct mica_umt_piece){ .offset = offset, .len = len, .flags = flags };
	return NULL;
}

void mica_umt_pieces_drop(struct mica_umt_pieces *p, unsigned int i)
{
	p->n--;
	memmove(&p->at[i], &p->at[i + 1], (p->n - i) * sizeof(p->at[0]));
}

bool mica_umt_pieces_take(struct mica_umt_pieces *p, uint32_t offset, uint32_t len)
{
	for (unsigned int i = 0; i < p->n; i++) {
		if (p->at[i].offset == offset && p->at[i].len == len) {
			mica_umt_pieces_drop(p, i);
			return true;
		}
	}
	return false;
}
