// SPDX-License-Identifier: BSD-3-Clause
/* Endpoints: delivery with back-pressure, sending with a bounded wait. */
#include <string.h>

#include <openamp/rpmsg_hdr.h>

#include "session.h"

#define NO_BUFFER_POLL_MS 5u /* a host that may return buffers without a doorbell */

static void wake_senders(struct mica_ept *ept)
{
	unsigned long key = mica_os_critical_enter();
	uint32_t n = ept->waiting;

	ept->waiting = 0;
	mica_os_critical_exit(key);
	while (n--)
		mica_os_sem_give(&ept->room);
}

/* Credit that goes to the peer with the next message, or at the end of the turn. */
static void owe(struct mica_ept *ept, uint32_t n)
{
	unsigned long key = mica_os_critical_enter();

	ept->owed += n;
	mica_os_critical_exit(key);
}

/*
 * The first message says who the peer is, also after a re-attach, when another host process may be
 * there. Later a zero-length message from somebody new makes that the peer.
 */
static void learn_peer(struct mica_ept *ept, uint32_t src, size_t len)
{
	bool same = ept->rp.dest_addr == src;

	if (ept->bound && !ept->rebind && (same || len))
		return;
	if (!ept->bound || !same)
		ept->credit = MICA_CREDIT_INITIAL;
	owe(ept, sdk_credit_window(ept));
	ept->rp.dest_addr = src;
	ept->rebind = false;
	ept->bound = true;
	wake_senders(ept);
}

static bool show(struct mica_ept *ept, const struct mica_ept_held *m)
{
	if (!ept->cb(ept, m->data, m->len, ept->arg))
		return false;
	if (sdk_credit_counts(&sdk_session, m->src, m->len) && m->src == ept->rp.dest_addr)
		owe(ept, 1);
	return true;
}

static int on_rpmsg(struct rpmsg_endpoint *rp, void *data, size_t len, uint32_t src, void *priv)
{
	struct mica_ept_held m = { .data = data, .len = len, .src = src };
	struct mica_ept *ept = priv;

	learn_peer(ept, src, len);
	if (ept->n_held == 0 && show(ept, &m))
		return RPMSG_SUCCESS;
	if (ept->n_held == MICA_EPT_HELD) {
		sdk_session.stats.dropped++;
		return RPMSG_ERR_NO_BUFF;
	}
	rpmsg_hold_rx_buffer(rp, data);
	ept->held[ept->n_held++] = m;
	return RPMSG_SUCCESS;
}

static void redeliver(struct mica_ept *ept)
{
	while (ept->n_held && show(ept, &ept->held[0])) {
		rpmsg_release_rx_buffer(&ept->rp, ept->held[0].data);
		ept->n_held--;
		memmove(&ept->held[0], &ept->held[1], ept->n_held * sizeof(ept->held[0]));
	}
}

bool sdk_ept_redeliver(struct session *s)
{
	bool kept = false;

	for (struct mica_ept *ept = s->epts; ept; ept = ept->next) {
		redeliver(ept);
		kept |= ept->n_held != 0;
	}
	return kept;
}

void sdk_ept_wake_senders(struct session *s)
{
	if (s->wants_room) {
		s->wants_room = false;
		(void)rpmsg_virtio_want_room(&s->rvdev, false);
	}
	for (struct mica_ept *ept = s->epts; ept; ept = ept->next)
		wake_senders(ept);
}

/* The host withdrew its side (it does so before a stop): senders wait for somebody new. */
static void on_unbind(struct rpmsg_endpoint *rp)
{
	struct mica_ept *ept = rp->priv;

	ept->bound = false;
	if (sdk_session.quirks.stop_on_withdraw)
		mica_session_stop();
}

static int create(struct mica_ept *ept, const char *name, uint32_t addr, uint32_t dest)
{
	struct rpmsg_device *rdev = &sdk_session.rvdev.rdev;
	/* A host without lanes knows no such announcement. */
	uint32_t flags = sdk_session.acked & MICA_F_LANES ? MICA_NS_URGENT : 0;
	int ret;

	ept->rp.priv = ept;
	if (ept->urgent)
		ret = rpmsg_create_urgent_ept(&ept->rp, rdev, name, addr, dest, on_rpmsg, on_unbind,
					      flags);
	else
		ret = rpmsg_create_ept(&ept->rp, rdev, name, addr, dest, on_rpmsg, on_unbind);
	return ret == RPMSG_SUCCESS ? 0 : -1;
}

/* What was on its way is lost with the old rings, so both sides count credit afresh. */
int sdk_ept_restart(struct session *s)
{
	for (struct mica_ept *ept = s->epts; ept; ept = ept->next) {
		char name[RPMSG_NAME_SIZE];

		memcpy(name, ept->rp.name, sizeof(name));
		ept->n_held = 0;
		ept->owed = 0;
		ept->credit = MICA_CREDIT_INITIAL;
		ept->rebind = true;
		if (create(ept, name, ept->rp.addr, ept->rp.dest_addr) != 0)
			return -1;
	}
	return 0;
}

void sdk_ept_close_all(struct session *s)
{
	while (s->epts)
		mica_ept_close(s->epts);
}

static void list_add(struct mica_ept *ept)
{
	unsigned long key = mica_os_critical_enter();

	ept->next = sdk_session.epts;
	sdk_session.epts = ept;
	mica_os_critical_exit(key);
}

int sdk_ept_open(struct mica_ept *ept, const char *name, mica_ept_cb cb, void *arg, bool urgent,
		 uint32_t window)
{
	if (sdk_session.state == SESSION_STOPPING)
		return MICA_ENDED;
	memset(ept, 0, sizeof(*ept));
	ept->cb = cb;
	ept->arg = arg;
	ept->urgent = urgent;
	ept->window = window;
	mica_os_sem_init(&ept->room, 0);
	if (create(ept, name, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY) != 0)
		return MICA_REFUSED;
	list_add(ept);
	return MICA_OK;
}

int mica_ept_open(struct mica_ept *ept, const char *name, mica_ept_cb cb, void *arg)
{
	return sdk_ept_open(ept, name, cb, arg, false, 0);
}

int mica_ept_open_urgent(struct mica_ept *ept, const char *name, mica_ept_cb cb, void *arg)
{
	return sdk_ept_open(ept, name, cb, arg, true, 0);
}

void mica_ept_close(struct mica_ept *ept)
{
	unsigned long key = mica_os_critical_enter();
	struct mica_ept **at = &sdk_session.epts;

	while (*at && *at != ept)
		at = &(*at)->next;
	if (*at)
		*at = ept->next;
	mica_os_critical_exit(key);
	while (ept->n_held)
		rpmsg_release_rx_buffer(&ept->rp, ept->held[--ept->n_held].data);
	rpmsg_destroy_ept(&ept->rp);
}

bool mica_ept_withdraw(struct mica_ept *ept)
{
	unsigned long key = mica_os_critical_enter();
	bool busy = sdk_session.in_send != 0;

	/* Not bound: no sender gets in any more. */
	ept->bound = ept->bound && busy;
	mica_os_critical_exit(key);
	if (!busy)
		mica_ept_close(ept);
	return !busy;
}

int mica_ept_announce(struct mica_ept *ept)
{
	char name[RPMSG_NAME_SIZE];

	memcpy(name, ept->rp.name, sizeof(name));
	ept->owed = 0;
	ept->credit = MICA_CREDIT_INITIAL;
	ept->rebind = false;
	ept->bound = false;
	if (create(ept, name, RPMSG_ADDR_ANY, RPMSG_ADDR_ANY) != 0)
		return MICA_REFUSED;
	list_add(ept);
	return MICA_OK;
}

/* ROOM: there was no buffer, and now there is. */
enum attempt { SENT, NO_LEAVE, NO_BUFFER, ROOM, TOO_BIG, ENDED };

/*
 * No buffer, and the caller counts as waiting: the host shall ring when it has given one back. The
 * session takes that back before it wakes those who wait, so that none is forgotten.
 */
static enum attempt want_room(struct session *s)
{
	s->wants_room = true;
	return rpmsg_virtio_want_room(&s->rvdev, true) ? ROOM : NO_BUFFER;
}

/*
 * One try. Credit is taken before sending, so that two senders cannot spend the same one. With
 * `wait` the caller counts as waiting from the moment it was refused: no wake-up is lost.
 */
static enum attempt try_send(struct mica_ept *ept, const void *data, size_t len, bool wait)
{
	struct session *s = &sdk_session;
	bool counts = sdk_credit_counts(s, ept->rp.dest_addr, len);
	unsigned long key = mica_os_critical_enter();
	bool may = s->state == SESSION_READY && ept->bound && (!counts || ept->credit);
	enum attempt got = NO_BUFFER;
	int ret;

	s->in_send += may;
	ept->credit -= may && counts;
	ept->waiting += !may && wait;
	mica_os_critical_exit(key);
	if (!may)
		return s->state == SESSION_STOPPING ? ENDED : NO_LEAVE;

	rpmsg_virtio_cork(&s->rvdev);
	ret = rpmsg_trysend(&ept->rp, data, (int)len);
	if (ret >= 0)
		sdk_credit_ride(ept);
	rpmsg_virtio_uncork(&s->rvdev);

	key = mica_os_critical_enter();
	ept->credit += ret < 0 && counts;
	ept->waiting += ret < 0 && wait;
	mica_os_critical_exit(key);
	if (ret == RPMSG_ERR_NO_BUFF && wait)
		got = want_room(s);
	key = mica_os_critical_enter();
	s->in_send--;
	mica_os_critical_exit(key);
	if (ret == RPMSG_ERR_BUFF_SIZE || ret == RPMSG_ERR_PARAM)
		return TOO_BIG;
	return ret < 0 ? got : SENT;
}

/* How long to sleep at most. Hosts that acknowledge features ring when they were asked to. */
static uint32_t nap(enum attempt got, uint32_t left)
{
	if (got == ROOM)
		return 0;
	if (got == NO_BUFFER && !sdk_session.acked && left > NO_BUFFER_POLL_MS)
		return NO_BUFFER_POLL_MS;
	return left;
}

/* Until somebody woke us or `ms` have passed. */
static void wait_for_room(struct mica_ept *ept, uint32_t ms)
{
	unsigned long key;

	if (mica_os_sem_take(&ept->room, ms))
		return;
	key = mica_os_critical_enter();
	ept->waiting -= ept->waiting != 0;
	mica_os_critical_exit(key);
}

int mica_ept_send(struct mica_ept *ept, const void *data, size_t len, uint32_t timeout_ms)
{
	uint64_t end = mica_os_time_us() + (uint64_t)timeout_ms * 1000u, now;
	uint32_t left = timeout_ms;

	if (len > INT32_MAX)
		return MICA_TOO_BIG;
	for (;;) {
		enum attempt got = try_send(ept, data, len, left != 0);

		if (got == SENT)
			return MICA_OK;
		if (got == TOO_BIG || got == ENDED)
			return got == ENDED ? MICA_ENDED : MICA_TOO_BIG;
		if (left == 0)
			return MICA_TIMEOUT;
		wait_for_room(ept, nap(got, left));
		now = mica_os_time_us();
		if (timeout_ms != MICA_OS_FOREVER)
			left = now < end ? (uint32_t)((end - now + 999u) / 1000u) : 0;
	}
}

/* The host's buffers tell; while none is free, what was seen last. */
size_t mica_ept_max(const struct mica_ept *ept)
{
	static size_t seen = RPMSG_BUFFER_SIZE - sizeof(struct rpmsg_hdr);
	struct rpmsg_device *rdev = ept->rp.rdev; /* NULL while it is withdrawn */
	int size = sdk_session.state == SESSION_READY && rdev
			   ? rpmsg_virtio_get_tx_buffer_size(rdev)
			   : 0;

	if (size > 0)
		seen = (size_t)size;
	return seen;
}

bool mica_ept_bound(const struct mica_ept *ept)
{
	return ept->bound;
}
