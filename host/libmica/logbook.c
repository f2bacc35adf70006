/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory: records one after the other, the oldest quarter dropped when it is full. Files: one
 * line a record, "SEC.USEC LEVEL SOURCE POS TEXT", appended by one write; log becomes log.1 at
 * half the size. "# start" marks where positions begin anew. What is read back is checked.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "files.h"
#include "logbook.h"

#define FIRST_BYTES 4096u
#define HALF_BYTES  (MICA_BOOK_BYTES / 2)
#define START_MARK  "# start\n"

struct record {
	uint64_t usec;
	uint16_t text_len, source_len; /* with their NULs */
	int32_t level;
	/* source, text; padded to 8 */
};

struct source {
	char name[32];
	uint32_t pos;
};

struct mica_book {
	char path[PATH_MAX + 16], old_path[PATH_MAX + 16];
	int fd; /* -1: not open */
	size_t file_bytes;
	uint8_t *buf;
	size_t used, size;
	struct source source[MICA_BOOK_SOURCES];
	unsigned int n_sources;
	char text[MICA_BOOK_TEXT];
};

struct mica_book *mica_book_new(const char *dir)
{
	struct mica_book *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->fd = -1;
	snprintf(b->path, sizeof(b->path), "%s/log", dir);
	snprintf(b->old_path, sizeof(b->old_path), "%s/log.1", dir);
	return b;
}

void mica_book_free(struct mica_book *b)
{
	if (!b)
		return;
	if (b->fd >= 0)
		close(b->fd);
	free(b->buf);
	free(b);
}

/* ---- text ---- */

/* Bytes of one well-formed UTF-8 sequence beyond ASCII at p, 0: it is none. */
static size_t utf8(const uint8_t *p, size_t len)
{
	size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	uint32_t c;

	if (p[0] < 0xc2 || p[0] > 0xf4 || n > len)
		return 0;
	c = p[0] & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3fu);
	}
	/* Overlong, surrogates, beyond Unicode, and the control characters U+0080 to U+009F. */
	if (c < 0xa0 || (n == 3 && c < 0x800) || (n == 4 && c < 0x10000) || c > 0x10ffff ||
	    (c >= 0xd800 && c < 0xe000))
		return 0;
	return n;
}

/* Bytes of a terminal's control sequence at p, which begins with ESC. */
static size_t escape(const uint8_t *p, size_t len)
{
	size_t n = 2;

	if (len < 2 || p[1] != '[')
		return 1;
	while (n < len && (p[n] < 0x40 || p[n] > 0x7e))
		n++;
	return n < len ? n + 1 : len;
}

static size_t clean(char *out, size_t size, const void *text, size_t len)
{
	const uint8_t *p = text;
	size_t n = 0, step;

	for (size_t i = 0; i < len && n + 5 < size; i += step) {
		size_t more = p[i] >= 0x80 ? utf8(p + i, len - i) : 0;

		step = 1;
		if (more) {
			memcpy(out + n, p + i, more);
			n += more;
			step = more;
		} else if (p[i] == 0x1b) {
			step = escape(p + i, len - i);
		} else if (p[i] == '\t') {
			out[n++] = ' ';
		} else if (p[i] && p[i] != '\r' && p[i] != '\n') {
			out[n++] = p[i] < 0x20 || p[i] > 0x7e ? '?' : (char)p[i];
		}
	}
	while (n && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
	return n;
}

/* ---- memory ---- */

static size_t record_bytes(const struct record *r)
{
	return (sizeof(*r) + r->source_len + r->text_len + 7u) & ~(size_t)7;
}

static void drop_oldest(struct mica_book *b, size_t need)
{
	size_t at = 0;

	while (at < b->used && b->used - at + need > MICA_BOOK_BYTES * 3 / 4)
		at += record_bytes((const struct record *)(b->buf + at));
	memmove(b->buf, b->buf + at, b->used - at);
	b->used -= at;
}

static bool make_room(struct mica_book *b, size_t need)
{
	size_t size = b->size ? b->size : FIRST_BYTES;
	uint8_t *buf;

	while (size < b->used + need && size < MICA_BOOK_BYTES)
		size *= 2;
	if (size != b->size) {
		buf = realloc(b->buf, size);
		if (!buf)
			return false;
		b->buf = buf;
		b->size = size;
	}
	if (b->used + need > b->size)
		drop_oldest(b, need);
	return true;
}

static void remember(struct mica_book *b, const struct mica_log_line *line)
{
	struct record r = { .usec = line->usec,
			    .level = line->level,
			    .source_len = (uint16_t)(strlen(line->source) + 1),
			    .text_len = (uint16_t)(strlen(line->text) + 1) };
	size_t need = record_bytes(&r);
	uint8_t *to;

	if (!make_room(b, need))
		return;
	to = b->buf + b->used;
	memcpy(to, &r, sizeof(r));
	memcpy(to + sizeof(r), line->source, r.source_len);
	memcpy(to + sizeof(r) + r.source_len, line->text, r.text_len);
	b->used += need;
}

void mica_book_each(const struct mica_book *b, unsigned int lines, mica_log_fn fn, void *arg)
{
	const struct record *r;
	unsigned int n = 0;

	for (size_t at = 0; at < b->used; at += record_bytes((const void *)(b->buf + at)))
		n++;
	for (size_t at = 0; at < b->used; at += record_bytes(r), n--) {
		struct mica_log_line line;

		r = (const struct record *)(b->buf + at);
		line.usec = r->usec;
		line.level = r->level;
		line.source = (const char *)(r + 1);
		line.text = line.source + r->source_len;
		if (!lines || n <= lines)
			fn(arg, &line);
	}
}

/* ---- positions ---- */

static void note_pos(struct mica_book *b, const char *source, uint32_t pos)
{
	unsigned int i = 0;

	while (i < b->n_sources && strcmp(b->source[i].name, source) != 0)
		i++;
	if (i == MICA_BOOK_SOURCES)
		return;
	if (i == b->n_sources)
		b->n_sources++;
	snprintf(b->source[i].name, sizeof(b->source[i].name), "%s", source);
	b->source[i].pos = pos;
}

uint32_t mica_book_pos(const struct mica_book *b, const char *source)
{
	for (unsigned int i = 0; i < b->n_sources; i++)
		if (!strcmp(b->source[i].name, source))
			return b->source[i].pos;
	return 0;
}

/* ---- files ---- */

static bool open_file(struct mica_book *b)
{
	struct stat st;

	if (b->fd >= 0 && b->file_bytes >= HALF_BYTES) {
		close(b->fd);
		b->fd = -1;
		(void)rename(b->path, b->old_path);
	}
	if (b->fd < 0) {
		b->fd = open(b->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
		b->file_bytes = b->fd >= 0 && !fstat(b->fd, &st) ? (size_t)st.st_size : 0;
	}
	return b->fd >= 0;
}

/* A log that cannot be written down is kept in memory all the same. */
static void append(struct mica_book *b, const char *text, size_t len)
{
	if (open_file(b) && write(b->fd, text, len) > 0)
		b->file_bytes += len;
}

void mica_book_begin(struct mica_book *b)
{
	b->n_sources = 0;
	append(b, START_MARK, sizeof(START_MARK) - 1);
}

bool mica_book_add(struct mica_book *b, const char *source, int level, uint32_t pos,
		   const char *text, size_t len, struct mica_log_line *line)
{
	char out[MICA_BOOK_TEXT + 128];
	struct timespec now;
	int n;

	note_pos(b, source, pos);
	if (!clean(b->text, sizeof(b->text), text, len))
		return false;
	clock_gettime(CLOCK_REALTIME, &now);
	line->usec = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
	line->level = level;
	line->source = source;
	line->text = b->text;
	remember(b, line);
	n = snprintf(out, sizeof(out), "%" PRIu64 ".%06u %d %s %u %s\n", line->usec / 1000000,
		     (unsigned int)(line->usec % 1000000), level, source, pos, b->text);
	append(b, out, (size_t)n);
	return true;
}

/* One line of a file; what is not of that form is passed over. */
static void take_back(struct mica_book *b, char *text)
{
	struct mica_log_line line = { 0 };
	unsigned long long sec;
	unsigned int usec, pos;
	char source[32];
	int at = 0;

	if (!strncmp(text, START_MARK, sizeof(START_MARK) - 2)) {
		b->n_sources = 0;
		return;
	}
	if (sscanf(text, "%llu.%6u %d %31s %u %n", &sec, &usec, &line.level, source, &pos, &at) <
		    5 ||
	    !at)
		return;
	note_pos(b, source, pos);
	line.usec = (uint64_t)sec * 1000000 + usec;
	line.level &= 7;
	line.source = source;
	if (clean(b->text, sizeof(b->text), text + at, strlen(text + at))) {
		line.text = b->text;
		remember(b, &line);
	}
}

static void read_back(struct mica_book *b, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	void *data = NULL;
	char *p, *end;
	size_t len;

	if (fd < 0)
		return;
	/* One line may stand beyond the half. */
	if (!mica_read_whole(fd, 2 * HALF_BYTES, &data, &len)) {
		/* A last line without its end was cut off by the end of its writer. */
		for (p = data; (end = strchr(p, '\n')); p = end + 1) {
			*end = '\0';
			take_back(b, p);
		}
	}
	free(data);
	close(fd);
}

void mica_book_restore(struct mica_book *b)
{
	read_back(b, b->old_path);
	read_back(b, b->path);
}
