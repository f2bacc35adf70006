/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bulk messages, the client's side: what its endpoint says about pieces of the window. docs/umt.md
 * has the rules. Nothing that a client says is believed before it was checked against the window
 * and against the pieces it could mean.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <metal/atomic.h>
#include <metal/io.h>

#include "../umt_window.h"
#include "umt.h"

/* ---- to the client ---- */

static void enqueue(struct umt *u, uint32_t offset, uint32_t len, uint16_t flags, uint64_t part)
{
	if (u->n_queued == UMT_QUEUE)
		return; /* more than there are pieces: never */
	u->queue[(u->head + u->n_queued++) % UMT_QUEUE] = (struct mica_umt_message){
		.phy_addr = flags & MICA_UMT_ABORT ? 0 : part + offset,
		.data_len = (int32_t)len,
		.flags = flags,
		.session = u->session,
	};
}

/* As many entries a message as fit; one, as they know it, to older images. */
void umt_flush(struct umt *u)
{
	struct mica_umt_message batch[MICA_UMT_ENTRIES];
	unsigned int max = u->several ? MICA_UMT_ENTRIES : 1;

	while (u->n_queued && !u->closing && mica_service_can_send(u->s)) {
		unsigned int n = u->n_queued < max ? u->n_queued : max;

		for (unsigned int i = 0; i < n; i++)
			batch[i] = u->queue[(u->head + i) % UMT_QUEUE];
		if (mica_service_send(u->s, batch, n * sizeof(batch[0])))
			return;
		u->head = (u->head + n) % UMT_QUEUE;
		u->n_queued -= n;
	}
}

static void give_back(struct umt *u, uint32_t offset, uint32_t len)
{
	if (u->several)
		enqueue(u, offset, len, MICA_UMT_RETURN, u->first.to_host);
}

/* ---- from the application ---- */

const char *umt_send(struct umt *u, const struct mica_umt_note *note)
{
	uint16_t more = note->flags & MICA_UMT_NOTE_MORE ? MICA_UMT_MORE : 0;
	const char *wrong;

	if (note->flags & ~MICA_UMT_NOTE_MORE)
		return "an unknown flag";
	if (!u->several && (note->offset || more))
		return "a piece, where the client takes one message at the window's start";
	if (!u->several && u->sent.n)
		return "a message before the last one was answered";
	wrong = mica_umt_pieces_add(&u->sent, note->offset, note->len, more);
	if (wrong)
		return wrong;
	if (!u->several)
		u->got.n = 0; /* the answer may come to lie there */
	u->sending = more;
	u->s->info.window_tx_bytes += note->len;
	enqueue(u, note->offset, note->len, more, u->first.to_client);
	return NULL;
}

const char *umt_release(struct umt *u, const struct mica_umt_note *note)
{
	for (unsigned int i = 0; i < u->got.n; i++) {
		const struct mica_umt_piece *p = &u->got.at[i];

		if (p->offset != note->offset || p->len != note->len || !p->told)
			continue;
		mica_umt_pieces_drop(&u->got, i);
		give_back(u, note->offset, note->len);
		return NULL;
	}
	return u->several ? "a release of what it was not given" : NULL;
}

void umt_abort(struct umt *u)
{
	if (u->sending)
		enqueue(u, 0, 0, MICA_UMT_ABORT, 0);
	u->sending = false;
}

void umt_reset(struct umt *u)
{
	if (u->several)
		return;
	while (u->sent.n) {
		umt_tell(u, MICA_UMT_NOTE_RETURNED, 0, u->sent.at[0].offset, u->sent.at[0].len);
		mica_umt_pieces_drop(&u->sent, 0);
	}
}

void umt_reader_gone(struct umt *u)
{
	unsigned int i = 0;

	umt_abort(u);
	u->stale = !u->several && u->sent.n;
	/* Its half of a message is of no use to the next one. */
	u->skipping = u->skipping || u->getting;
	while (i < u->got.n) {
		struct mica_umt_piece p = u->got.at[i];

		if (!p.told && !u->skipping) {
			i++;
			continue;
		}
		if (!p.told && !(p.flags & MICA_UMT_MORE))
			u->skipping = false;
		mica_umt_pieces_drop(&u->got, i);
		give_back(u, p.offset, p.len);
	}
	u->getting = false;
}

/* ---- from the client ---- */

static void wrong_entry(struct umt *u, const char *what)
{
	const struct mica_client *c = u->s->link->client;

	if (!u->n_wrong++)
		mica_log(c->host, LOG_WARNING, c->cfg.name,
			 "umt: the client spoke of %s: ignored, as are further ones", what);
}

static void piece_came(struct umt *u, uint32_t offset, uint32_t len, uint16_t flags)
{
	const char *wrong = mica_umt_pieces_add(&u->got, offset, len, flags & MICA_UMT_MORE);

	if (wrong) {
		wrong_entry(u, wrong);
		return;
	}
	u->s->info.window_rx_bytes += len;
	if (u->skipping) {
		u->skipping = flags & MICA_UMT_MORE;
		mica_umt_pieces_drop(&u->got, u->got.n - 1);
		give_back(u, offset, len);
		return;
	}
	umt_tell_waiting(u);
}

static void aborted(struct umt *u)
{
	const struct mica_umt_piece *p;

	u->skipping = false;
	/* What nobody was told of, back to the end of the message before. */
	while (u->got.n && !(p = &u->got.at[u->got.n - 1])->told && p->flags & MICA_UMT_MORE) {
		uint32_t offset = p->offset, len = p->len;

		mica_umt_pieces_drop(&u->got, u->got.n - 1);
		give_back(u, offset, len);
	}
	if (u->getting)
		umt_tell(u, MICA_UMT_NOTE_ABORT, 0, 0, 0);
	u->getting = false;
}

static void entry(struct umt *u, const struct mica_umt_message *m)
{
	bool back = m->flags & MICA_UMT_RETURN;
	uint64_t part = back ? u->first.to_client : u->first.to_host;
	uint64_t offset = m->phy_addr - part;

	if (m->session != u->session)
		return; /* of before the host began afresh */
	if (m->flags & MICA_UMT_ABORT) {
		aborted(u);
		return;
	}
	if (m->data_len <= 0 || m->phy_addr < part || offset >= MICA_UMT_WINDOW) {
		wrong_entry(u, "a piece outside its part of the window");
		return;
	}
	if (!back)
		piece_came(u, (uint32_t)offset, (uint32_t)m->data_len, m->flags);
	else if (mica_umt_pieces_take(&u->sent, (uint32_t)offset, (uint32_t)m->data_len))
		umt_tell(u, MICA_UMT_NOTE_RETURNED, 0, (uint32_t)offset, (uint32_t)m->data_len);
	else
		wrong_entry(u, "a piece that was not sent to it");
}

/*
 * Images without MICA_F_UMT. Each message of theirs answers ours; the data is where ours was plus
 * 1 MiB, or where the long form says. They do not wait for what they said before to be read.
 */
static void answer(struct umt *u, const uint8_t *data, size_t len)
{
	struct mica_umt_message m = { 0 };
	uint64_t offset;
	bool stale;
	int32_t n;

	if (len == sizeof(n)) {
		memcpy(&n, data, sizeof(n));
		offset = 0;
	} else if (len >= sizeof(m)) {
		memcpy(&m, data, sizeof(m));
		n = m.data_len;
		offset = m.phy_addr ? m.phy_addr - u->first.to_host : 0;
	} else {
		wrong_entry(u, "something in no form of a umt message");
		return;
	}
	stale = u->stale;
	u->stale = false;
	umt_reset(u);
	if (!n || !u->first.to_host || u->app_fd < 0 || stale)
		return; /* it took the message, and has nothing to say, or nobody to say it to */
	if (n < 0 || offset >= MICA_UMT_WINDOW) {
		wrong_entry(u, "a piece outside its part of the window");
		return;
	}
	/* What lay there is overwritten already. */
	for (unsigned int i = u->got.n; i--;) {
		if (u->got.at[i].offset < offset + (uint32_t)n &&
		    offset < u->got.at[i].offset + u->got.at[i].len && !u->got.at[i].told)
			mica_umt_pieces_drop(&u->got, i);
	}
	piece_came(u, (uint32_t)offset, (uint32_t)n, 0);
}

static void umt_message(struct mica_service *s, const void *data, size_t len)
{
	struct mica_umt_message batch[MICA_UMT_ENTRIES];
	struct umt *u = s->priv;
	size_t n = len / sizeof(batch[0]);

	if (len > sizeof(batch))
		len = sizeof(batch);
	metal_copy_from_shared(batch, data, len);
	mica_service_drained(s);
	if (s->hello_due)
		return; /* it is about to be told to begin afresh */
	if (!u->several)
		answer(u, (const uint8_t *)batch, len);
	else if (!n || len % sizeof(batch[0]))
		wrong_entry(u, "something in no form of a umt message");
	else
		for (size_t i = 0; i < n && i < MICA_UMT_ENTRIES; i++)
			entry(u, &batch[i]);
	umt_told(u);
	umt_flush(u);
}

/* ---- the service ---- */

/* Everything begins afresh: the client forgets what it had and what it had sent. */
static const void *umt_hello(struct mica_service *s, size_t *len)
{
	struct umt *u = s->priv;

	umt_hang_up(u, NULL);
	u->sent.n = 0;
	u->got.n = 0;
	u->n_queued = 0;
	u->sending = u->getting = u->skipping = u->stale = false;
	if (!u->several) {
		*len = sizeof(u->first.head);
		u->first.head = (struct mica_umt_message){ 0 };
		return &u->first.head;
	}
	u->session++;
	if (!u->session)
		u->session = 1;
	u->first.head.flags = MICA_UMT_FIRST;
	u->first.head.session = u->session;
	*len = sizeof(u->first);
	return &u->first;
}

static int umt_open(struct mica_service *s, struct mica_error *err)
{
	const struct mica_client *c = s->link->client;
	struct umt *u = calloc(1, sizeof(*u));
	struct mica_error why;

	if (!u)
		return mica_fail(err, MICA_E_FAILED, "out of memory");
	u->s = s;
	s->priv = u;
	u->listen_fd = u->app_fd = -1;
	u->several = s->link->features & MICA_F_UMT;
	u->sent.part = u->got.part = MICA_UMT_WINDOW;
	if (getrandom(&u->session, sizeof(u->session), GRND_NONBLOCK) < 0)
		u->session = (uint16_t)uv_hrtime();
	/* Without one the client is greeted all the same: its boot may wait for that. */
	if (umt_window(u, &why))
		mica_log(c->host, LOG_NOTICE, c->cfg.name, "%s", why.text);
	if (umt_listen(u, &why))
		mica_log(c->host, LOG_ERR, c->cfg.name, "%s", why.text);
	return 0;
}

int umt_window(struct umt *u, struct mica_error *err)
{
	struct mica_client *c = u->s->link->client;

	if (!c->umt_da) {
		if (mica_umt_place(c, false, err))
			return -1;
		mica_client_note(c);
	}
	u->first.to_client = c->umt_da;
	u->first.to_host = c->umt_da + MICA_UMT_WINDOW;
	u->first.to_client_len = u->first.to_host_len = MICA_UMT_WINDOW;
	return 0;
}

static void umt_writable(struct mica_service *s)
{
	umt_flush(s->priv);
}

static void umt_close(struct mica_service *s)
{
	struct mica_client *c = s->link->client;
	struct umt *u = s->priv;

	u->closing = true; /* nothing more to the client */
	umt_unlisten(u);
	if (c->ops->unshare)
		c->ops->unshare(c->ped);
	s->priv = NULL;
	free(u);
}

static const char *const umt_names[] = { MICA_UMT_ENDPOINT, NULL };

const struct mica_service_ops mica_service_umt = {
	.names = umt_names,
	.hello_of = umt_hello,
	.open = umt_open,
	.message = umt_message,
	.writable = umt_writable,
	.close = umt_close,
};
