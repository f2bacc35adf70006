/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client_log.h"
#include "client_priv.h"
#include "mica/abi.h"
#include "trace.h"

#define SOON_MS	  100 /* after a doorbell: plain buffers are compared, which is work */
#define AGAIN_MS  10  /* there was more than one look takes */
#define FOLLOW_MS 1000

struct mica_logs {
	struct mica_link *link;
	struct mica_trace trace[MICA_TRACES_MAX];
	unsigned int n;
	bool plain; /* one of them is */
	uv_timer_t *timer;
	bool armed;
};

/* ---- lines ---- */

static void add(struct mica_client *c, const char *source, int level, uint32_t pos,
		const char *text, size_t len)
{
	struct mica_log_line line;

	if (!c->book || !mica_book_add(c->book, source, level, pos, text, len, &line))
		return;
	if (c->host->on_line && !c->hidden)
		c->host->on_line(c->host->arg, c, &line);
}

void mica_client_says(struct mica_client *c, const char *source, int level, const char *text)
{
	add(c, source, level, 0, text, strlen(text));
}

static void on_text(void *arg, struct mica_trace *t, int level, uint32_t pos, const char *text,
		    size_t len, uint32_t lost)
{
	struct mica_client *c = arg;
	char said[96];

	if (lost) {
		if (lost == UINT32_MAX)
			snprintf(said, sizeof(said),
				 "(some of it was overwritten before it was read)");
		else
			snprintf(said, sizeof(said),
				 "(%u bytes of it were overwritten before they were read)", lost);
		/* Said in front of the line; whoever comes after us must not miss that one. */
		add(c, t->name, LOG_WARNING, len ? mica_book_pos(c->book, t->name) : pos, said,
		    strlen(said));
	}
	if (len && level <= (int)c->cfg.log_level)
		add(c, t->name, level, pos, text, len);
}

/* ---- looking ---- */

static void on_timer(uv_timer_t *timer);

static void arm(struct mica_logs *l, uint64_t ms)
{
	l->armed = true;
	uv_timer_start(l->timer, on_timer, ms, 0);
}

static void rest(struct mica_logs *l)
{
	l->armed = false;
	if (l->plain && l->link->client->followers)
		uv_timer_start(l->timer, on_timer, FOLLOW_MS, 0);
}

static void look(struct mica_logs *l, bool plain, enum mica_trace_look how)
{
	struct mica_client *c = l->link->client;
	bool more = false;

	for (unsigned int i = 0; i < l->n; i++) {
		struct mica_trace *t = &l->trace[i];

		if (!t->ring && !plain)
			continue;
		if (!t->ring && c->ops->refresh)
			c->ops->refresh(c->ped, t->at, t->len);
		more |= mica_trace_look(t, how, on_text, c);
	}
	if (more)
		arm(l, AGAIN_MS);
}

static void on_timer(uv_timer_t *timer)
{
	struct mica_logs *l = timer->data;
	bool follow = !l->armed;

	rest(l);
	look(l, true, follow ? MICA_LOOK_STALE : MICA_LOOK_LINES);
}

void mica_logs_doorbell(struct mica_link *link)
{
	struct mica_logs *l = link->logs;

	if (!l || !l->n)
		return;
	if (l->plain && !l->armed)
		arm(l, SOON_MS);
	look(l, false, MICA_LOOK_LINES);
}

void mica_client_logs(struct mica_client *c, unsigned int lines, mica_log_fn fn, void *arg)
{
	if (c->link && c->link->logs)
		look(c->link->logs, true, MICA_LOOK_STALE);
	if (c->book)
		mica_book_each(c->book, lines, fn, arg);
}

void mica_client_follow_logs(struct mica_client *c, bool on)
{
	c->followers += on ? 1 : -1;
	if (on && c->link && c->link->logs && !c->link->logs->armed)
		rest(c->link->logs);
}

/* ---- life ---- */

/* One without an address, or larger than anything meant for reading, is left alone. */
static bool is_read(const struct mica_table *t, unsigned int i)
{
	return t->trace[i].da != UINT32_MAX && t->trace[i].len && t->trace[i].len <= MICA_TRACE_MAX;
}

int mica_traces_check(const struct mica_table *t, const struct mica_window *w, unsigned int n,
		      const char *image, struct mica_error *err)
{
	for (unsigned int i = 0; i < t->n_traces; i++) {
		const struct mica_trace_entry *e = &t->trace[i];
		bool inside = false;

		if (!is_read(t, i))
			continue;
		for (unsigned int k = 0; k < n; k++)
			inside = inside || (e->da >= w[k].da && e->da - w[k].da <= w[k].size &&
					    e->len <= w[k].size - (e->da - w[k].da));
		if (!inside)
			return mica_fail(err, MICA_E_FIRMWARE,
					 "image %s: trace buffer '%s' at 0x%x (0x%x bytes) lies "
					 "outside the reserved memory: link it into that",
					 image, e->name, e->da, e->len);
	}
	return 0;
}

static int open_one(struct mica_logs *l, unsigned int i, bool fresh, struct mica_error *err)
{
	struct mica_link *link = l->link;
	struct mica_client *c = link->client;
	const struct mica_trace_entry *e = &c->table.trace[i];
	struct mica_trace *t = &l->trace[l->n];
	bool ring = i == 0 && link->features & MICA_F_LOG;
	char file[PATH_MAX + 32];
	uint8_t *at;

	if (!ring && !is_read(&c->table, i)) {
		mica_log(c->host, LOG_NOTICE, c->cfg.name,
			 "trace buffer '%s' at 0x%x (0x%x bytes) is not read", e->name, e->da,
			 e->len);
		return 0;
	}
	at = mica_window_va(link->win, link->n_win, ring ? link->pl.log : e->da, e->len);
	if (!at || (ring && (uintptr_t)at % 4))
		return mica_fail(err, MICA_E_FIRMWARE,
				 "image %s: trace buffer '%s' at 0x%x (0x%x bytes) lies outside "
				 "the client's memory",
				 c->cfg.image, e->name, e->da, e->len);
	snprintf(t->name, sizeof(t->name), "%s", ring ? "log" : e->name);
	snprintf(file, sizeof(file), "%s/trace-%u", c->dir, i);
	if (ring)
		mica_trace_open_ring(t, at, e->len, fresh, mica_book_pos(c->book, "log"));
	else if (mica_trace_open_plain(t, at, e->len, file, fresh, mica_book_pos(c->book, t->name)))
		return mica_fail(err, MICA_E_FAILED, "out of memory");
	l->plain = l->plain || !ring;
	l->n++;
	return 0;
}

int mica_logs_open(struct mica_link *link, bool fresh, struct mica_error *err)
{
	struct mica_client *c = link->client;
	struct mica_logs *l;

	if (!c->book)
		return 0;
	if (fresh)
		mica_book_begin(c->book);
	if (!link->table || !c->table.n_traces)
		return 0;
	l = calloc(1, sizeof(*l));
	if (l)
		l->timer = calloc(1, sizeof(*l->timer));
	if (!l || !l->timer) {
		free(l);
		return mica_fail(err, MICA_E_FAILED, "out of memory");
	}
	l->link = link;
	link->logs = l;
	uv_timer_init(c->host->loop, l->timer);
	uv_unref((uv_handle_t *)l->timer);
	l->timer->data = l;
	for (unsigned int i = 0; i < c->table.n_traces; i++)
		if (open_one(l, i, fresh, err))
			return -1;
	if (!fresh)
		arm(l, 0); /* what was written while nobody looked */
	else
		rest(l);
	return 0;
}

void mica_logs_close(struct mica_link *link, bool calm)
{
	struct mica_logs *l = link->logs;

	if (!l)
		return;
	/* A few rounds: each takes a bounded number of bytes. */
	for (int i = 0; i < 8; i++)
		look(l, true, calm ? MICA_LOOK_LINES : MICA_LOOK_ALL);
	mica_handle_free(link->client->host, l->timer);
	for (unsigned int i = 0; i < l->n; i++)
		mica_trace_close(&l->trace[i]);
	free(l);
	link->logs = NULL;
}
