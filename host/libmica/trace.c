/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A plain buffer says neither how far it was written nor where it began: what differs from the
 * copy of the last look is new, in ring order from the place reached, up to the last byte that
 * differs. Only whole lines go into the copy, so the rest shows up again.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <metal/atomic.h>
#include <metal/io.h>
#include <metal/system/barrier.h>

#include "mica/abi.h"
#include "trace.h"

#define PIECE (MICA_BOOK_TEXT - 8u) /* a longer line is cut into such */

/* ---- plain buffers ---- */

/* The file holds len bytes and then the place reached. */
static uint8_t *map_file(const char *path, uint32_t len, bool fresh)
{
	int fd =
		open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (fresh ? O_TRUNC : 0), 0600);
	size_t size = (size_t)len + 4;
	void *p = MAP_FAILED;

	/* Allocated now: a page that finds no room later would be a SIGBUS. */
	if (fd >= 0 && !posix_fallocate(fd, 0, (off_t)size))
		p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fd >= 0)
		close(fd);
	return p == MAP_FAILED ? NULL : p;
}

static void set_pos(struct mica_trace *t, uint32_t pos)
{
	t->pos = pos;
	memcpy(t->seen + t->len, &pos, sizeof(pos));
}

int mica_trace_open_plain(struct mica_trace *t, const uint8_t *at, uint32_t len, const char *file,
			  bool fresh, uint32_t pos)
{
	uint32_t copied;

	t->at = at;
	t->len = len;
	t->seen = map_file(file, len, fresh);
	t->mapped = t->seen;
	if (!t->seen)
		t->seen = calloc(1, (size_t)len + 4);
	if (!t->seen)
		return -1;
	if (fresh || pos >= len) {
		metal_copy_from_shared(t->seen, at, len);
		set_pos(t, 0);
		return 0;
	}
	/* Lines up to pos were written down; the copy may not have got so far. */
	memcpy(&copied, t->seen + len, sizeof(copied));
	if (copied < len) {
		uint32_t n = pos >= copied ? pos - copied : len - copied;

		metal_copy_from_shared(t->seen + copied, at + copied, n);
		if (pos < copied)
			metal_copy_from_shared(t->seen, at, pos);
	}
	set_pos(t, pos);
	return 0;
}

/* Bytes in ring order from *from on, up to the last that is new; 0: none is. */
static uint32_t fresh_bytes(const struct mica_trace *t, const uint8_t *now, uint32_t *from)
{
	uint32_t n = t->len;

	*from = t->pos;
	/* A writer may begin again before the very end. */
	if (!memcmp(t->seen + t->pos, now + t->pos, t->len - t->pos))
		*from = 0;
	while (n) {
		uint32_t i = (uint32_t)(((uint64_t)*from + n - 1) % t->len);

		if (t->seen[i] != now[i])
			break;
		n--;
	}
	return n;
}

/* A line whose end is the very byte that stood there before. */
static bool seems_whole(const struct mica_trace *t, const uint8_t *now, uint32_t from, uint32_t n,
			uint32_t partial)
{
	return t->partial == partial && now[((uint64_t)from + n) % t->len] == '\n';
}

static bool look_plain(struct mica_trace *t, enum mica_trace_look how, mica_trace_fn fn, void *arg)
{
	uint8_t *now = malloc(t->len);
	uint32_t from, n, begun = 0, i;
	char text[PIECE];
	uint32_t lost = 0, len = 0;

	if (!now)
		return false;
	metal_copy_from_shared(now, t->at, t->len);
	n = fresh_bytes(t, now, &from);
	if (n && from != t->pos)
		set_pos(t, from);
	/* Hardly a byte is as it was, where one lap leaves some: it went round at least once. */
	if (t->lapped && n + 1 >= t->len)
		lost = UINT32_MAX;
	for (i = 0; i < n && i < MICA_TRACE_BUDGET; i++) {
		uint32_t at = (uint32_t)(((uint64_t)from + i) % t->len);
		char c = (char)now[at];
		bool end = c == '\n' || len == PIECE - 1;

		if (c && c != '\n')
			text[len++] = c;
		if (i + 1 == n && !end)
			end = how == MICA_LOOK_ALL ||
			      (how == MICA_LOOK_STALE && seems_whole(t, now, from, n, n - begun));
		if (!end)
			continue;
		at = (at + 1) % t->len;
		/* After a gap the first one is the rest of another. */
		fn(arg, t, 6, at, text, lost ? 0 : len, lost);
		lost = 0;
		for (; begun <= i; begun++) {
			uint32_t k = (uint32_t)(((uint64_t)from + begun) % t->len);

			t->seen[k] = now[k];
			t->lapped = t->lapped || k + 2 >= t->len;
		}
		set_pos(t, at);
		len = 0;
	}
	t->partial = n - begun;
	free(now);
	return i < n;
}

/* ---- log ring ---- */

static uint32_t ring_bytes(uint32_t len)
{
	uint32_t room = len - (uint32_t)sizeof(struct mica_log_ring), size = 1;

	while (size <= room / 2)
		size *= 2;
	return size;
}

void mica_trace_open_ring(struct mica_trace *t, uint8_t *ring, uint32_t len, bool fresh,
			  uint32_t pos)
{
	t->ring = ring;
	t->at = ring + sizeof(struct mica_log_ring);
	t->len = ring_bytes(len);
	t->pos = fresh ? 0 : pos;
	for (uint32_t i = 0; fresh && i < sizeof(struct mica_log_ring); i += 4)
		metal_shared_write32(ring + i, 0);
}

static uint32_t ring_head(const struct mica_trace *t)
{
	return metal_shared_read32_acquire(t->ring + offsetof(struct mica_log_ring, head));
}

/* Bytes from t->pos to head that are gone: the client may be writing one line over the oldest. */
static uint32_t ring_gone(const struct mica_trace *t, uint32_t head)
{
	uint32_t n = head - t->pos, keeps = t->len - MICA_LOG_LINE;

	return n > keeps ? n - keeps : 0;
}

/* Lines of len bytes that begin at t->pos. lost: before them. */
static void ring_lines(struct mica_trace *t, const char *text, uint32_t len, bool all,
		       uint32_t lost, mica_trace_fn fn, void *arg)
{
	uint32_t begun = 0;

	for (uint32_t i = 0; i < len; i++) {
		uint32_t n = i + 1 - begun;
		bool end = text[i] == '\n' || n == MICA_LOG_LINE || (all && i + 1 == len);
		const char *p = text + begun;
		int level = 6;

		if (!end)
			continue;
		begun = i + 1;
		t->pos += n;
		if (t->cut) {
			/* Its beginning is gone, and what is left of it tells nothing. */
			lost += n;
			t->cut = text[i] != '\n';
			continue;
		}
		if (n >= 3 && p[0] == '<' && p[1] >= '0' && p[1] <= '7' && p[2] == '>') {
			level = p[1] - '0';
			p += 3;
			n -= 3;
		}
		fn(arg, t, level, t->pos, p, n, lost);
		lost = 0;
	}
	if (lost)
		fn(arg, t, 6, t->pos, "", 0, lost);
}

static bool look_ring(struct mica_trace *t, enum mica_trace_look how, mica_trace_fn fn, void *arg)
{
	uint32_t head = ring_head(t), gone = ring_gone(t, head), lost = gone, n, first;
	char *text;

	if (head == t->pos)
		return false;
	t->pos += gone;
	n = head - t->pos;
	if (n > MICA_TRACE_BUDGET)
		n = MICA_TRACE_BUDGET;
	text = malloc(n);
	if (!text)
		return false;
	first = t->len - t->pos % t->len;
	first = first < n ? first : n;
	metal_copy_from_shared(text, t->at + t->pos % t->len, first);
	metal_copy_from_shared(text + first, t->at, n - first);
	metal_full_barrier();
	/* What was overwritten meanwhile. */
	gone = ring_gone(t, ring_head(t));
	gone = gone < n ? gone : n;
	t->pos += gone;
	lost += gone;
	t->cut = t->cut || lost;
	ring_lines(t, text + gone, n - gone, how == MICA_LOOK_ALL, lost, fn, arg);
	free(text);
	/* From here on a doorbell comes with the next line; what came before it is seen now. */
	metal_shared_write32_release(t->ring + offsetof(struct mica_log_ring, seen), head);
	metal_full_barrier();
	return head - t->pos > MICA_LOG_LINE || ring_head(t) != head;
}

bool mica_trace_look(struct mica_trace *t, enum mica_trace_look how, mica_trace_fn fn, void *arg)
{
	return t->ring ? look_ring(t, how, fn, arg) : look_plain(t, how, fn, arg);
}

void mica_trace_close(struct mica_trace *t)
{
	if (t->mapped)
		munmap(t->seen, (size_t)t->len + 4);
	else
		free(t->seen);
	memset(t, 0, sizeof(*t));
}
