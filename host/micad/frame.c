/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "mica/control.h"

#define FIRST_SIZE 2048u

/* What was taken makes room for what comes. */
static void compact(struct frame *f)
{
	if (!f->start)
		return;
	memmove(f->buf, f->buf + f->start, f->len - f->start);
	f->len -= f->start;
	f->scanned -= f->start;
	f->start = 0;
}

char *frame_room(struct frame *f, size_t *room)
{
	compact(f);
	if (f->len == f->size && f->size < MICA_CONTROL_MESSAGE) {
		size_t size = f->size ? f->size * 2 : FIRST_SIZE;
		char *buf = realloc(f->buf, size);

		if (buf) {
			f->buf = buf;
			f->size = size;
		}
	}
	*room = f->size - f->len;
	return f->buf + f->len;
}

void frame_filled(struct frame *f, size_t n)
{
	f->len += n;
}

bool frame_ready(struct frame *f)
{
	char *nul;

	if (f->scanned == f->len)
		return false;
	nul = memchr(f->buf + f->scanned, '\0', f->len - f->scanned);
	f->scanned = nul ? (size_t)(nul - f->buf) : f->len;
	return nul != NULL;
}

const char *frame_take(struct frame *f, size_t *len)
{
	const char *msg;

	if (!frame_ready(f))
		return NULL;
	msg = f->buf + f->start;
	*len = f->scanned - f->start;
	f->start = ++f->scanned;
	return msg;
}

void frame_free(struct frame *f)
{
	free(f->buf);
	memset(f, 0, sizeof(*f));
}
