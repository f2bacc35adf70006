/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is kept of a client's log: lines with time, level and source, the newest 64 KiB in memory
 * and up to that much in the client's folder (files log and log.1), from which a later process
 * reads it back. Loop thread only.
 */
#ifndef MICA_LOGBOOK_H
#define MICA_LOGBOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mica/client.h"

#define MICA_BOOK_BYTES	  65536u
#define MICA_BOOK_TEXT	  512u /* longest text of a line, with its NUL */
#define MICA_BOOK_SOURCES 16   /* whose positions are remembered */

struct mica_book;

/* dir: the client's folder; may not exist yet. NULL: out of memory. */
struct mica_book *mica_book_new(const char *dir);
void mica_book_free(struct mica_book *book);
/* Read back what an earlier process wrote. */
void mica_book_restore(struct mica_book *book);
/* The client starts anew: positions of its sources begin at 0. */
void mica_book_begin(struct mica_book *book);
/*
 * len bytes of raw text become one line: cleaned of control characters and terminal sequences,
 * bad UTF-8 replaced, cut at MICA_BOOK_TEXT. pos: the source's place behind this line. line is
 * filled in, its strings valid until the next call; false: nothing was left of the text.
 */
bool mica_book_add(struct mica_book *book, const char *source, int level, uint32_t pos,
		   const char *text, size_t len, struct mica_log_line *line);
/* Place behind the last line of this source since the client's start, 0: none was written. */
uint32_t mica_book_pos(const struct mica_book *book, const char *source);
/* The newest `lines` (0: all), oldest first. */
void mica_book_each(const struct mica_book *book, unsigned int lines, mica_log_fn fn, void *arg);

#endif /* MICA_LOGBOOK_H */
