/* SPDX-License-Identifier: BSD-3-Clause */
/* Bytes of a connection into NUL-terminated messages; the sender is not trusted. */
#ifndef MICAD_FRAME_H
#define MICAD_FRAME_H

#include <stdbool.h>
#include <stddef.h>

struct frame {
	char *buf;
	size_t size, len;
	size_t start;	/* of the first message not yet taken */
	size_t scanned; /* no NUL before this place */
};

/* Where to read the next bytes to; *room 0: the message under way is larger than allowed, or out
 * of memory. The place is valid until the next call on this frame. */
char *frame_room(struct frame *f, size_t *room);
/* n bytes were read there. */
void frame_filled(struct frame *f, size_t n);
/* Next whole message without its NUL, or NULL. Valid until the next frame_room(). */
const char *frame_take(struct frame *f, size_t *len);
/* A whole message is waiting. */
bool frame_ready(struct frame *f);
void frame_free(struct frame *f);

#endif /* MICAD_FRAME_H */
