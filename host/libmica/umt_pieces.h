/* SPDX-License-Identifier: BSD-3-Clause */
/* Pieces of one part of a umt window that somebody owns at the moment. */
#ifndef MICA_UMT_PIECES_H
#define MICA_UMT_PIECES_H

#include <stdbool.h>
#include <stdint.h>

#include "mica/umt_abi.h"

struct mica_umt_piece {
	uint32_t offset, len; /* inside the part */
	uint16_t flags;	      /* MICA_UMT_MORE */
	bool told;	      /* the application knows of it */
};

struct mica_umt_pieces {
	uint32_t part; /* bytes of the part */
	unsigned int n;
	struct mica_umt_piece at[MICA_UMT_PIECES]; /* in order of arrival */
};

/* NULL, or what is wrong: empty, outside the part, over another piece, one too many. */
const char *mica_umt_pieces_add(struct mica_umt_pieces *p, uint32_t offset, uint32_t len,
				uint16_t flags);
/* Takes out the piece of exactly this place and length. False: there is none. */
bool mica_umt_pieces_take(struct mica_umt_pieces *p, uint32_t offset, uint32_t len);
/* Takes out number i. */
void mica_umt_pieces_drop(struct mica_umt_pieces *p, unsigned int i);

#endif /* MICA_UMT_PIECES_H */
