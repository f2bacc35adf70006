// SPDX-License-Identifier: BSD-3-Clause
/*
 * Bulk messages, client side. What the host says is checked against the window before it is used.
 * Communication memory is not cacheable on arm64; where it is, a piece is cleaned before it is
 * announced and invalidated before it is shown.
 */
#include <string.h>

#include "mica/umt_abi.h"
#include "mica_umt.h"
#include "session.h"

#define PIECE_MAX (256u * 1024u) /* of a message that is cut: the receiver starts early */
#define SHORT_MS  50u

struct piece {
	uint64_t da;
	uint32_t len;
	bool used;
};

static struct {
	struct mica_ept ept;
	mica_umt_cb cb;
	void *arg;
	bool open;

	/* All below: critical section, or session thread only where said. */
	uint16_t session;   /* 0: the host has not spoken, or knows one message at a time */
	uint32_t age;	    /* counts beginnings: who waited over one has lost */
	uint64_t to_client; /* parts of the window */
	uint64_t to_host;
	uint32_t to_client_len, to_host_len;
	struct piece sent[MICA_UMT_PIECES]; /* ours, until the host returns them */
	struct piece got[MICA_UMT_PIECES];  /* the host's, until they are read */
	struct piece back[MICA_UMT_PIECES]; /* read, and not said so yet */
	struct mica_os_sem room;
	uint32_t waiting; /* for it */
} umt;

static struct piece *find(struct piece *list, uint64_t da)
{
	for (unsigned int i = 0; i < MICA_UMT_PIECES; i++) {
		if (list[i].used && list[i].da == da)
			return &list[i];
	}
	return NULL;
}

static bool put(struct piece *list, uint64_t da, uint32_t len)
{
	for (unsigned int i = 0; i < MICA_UMT_PIECES; i++) {
		if (list[i].used)
			continue;
		list[i] = (struct piece){ .da = da, .len = len, .used = true };
		return true;
	}
	return false;
}

static void wake(void)
{
	unsigned long key = mica_os_critical_enter();
	uint32_t n = umt.waiting;

	umt.waiting = 0;
	mica_os_critical_exit(key);
	while (n--)
		mica_os_sem_give(&umt.room);
}

/* ---- from the host, session thread ---- */

static void begin(uint16_t session, const struct mica_umt_first *f)
{
	unsigned long key = mica_os_critical_enter();

	umt.session = session;
	umt.age++;
	umt.to_client = f->to_client;
	umt.to_client_len = f->to_client_len;
	umt.to_host = f->to_host;
	umt.to_host_len = f->to_host_len;
	memset(umt.sent, 0, sizeof(umt.sent));
	memset(umt.got, 0, sizeof(umt.got));
	memset(umt.back, 0, sizeof(umt.back));
	mica_os_critical_exit(key);
	umt.cb(NULL, 0, false, umt.arg);
	wake();
}

static bool first_message(const void *data, size_t len)
{
	struct mica_umt_first f;

	if (len < sizeof(f))
		return false;
	memcpy(&f, data, sizeof(f));
	if (f.head.flags != MICA_UMT_FIRST || !f.head.session)
		return false;
	if (mica_chip_to_va(f.to_client, f.to_client_len) &&
	    mica_chip_to_va(f.to_host, f.to_host_len))
		begin(f.head.session, &f);
	return true;
}

static void show(uint64_t da, uint32_t len, bool more)
{
	void *va = mica_chip_to_va(da, len);
	unsigned long key;
	bool kept;

	if (!va)
		return;
	key = mica_os_critical_enter();
	kept = !find(umt.got, da) && put(umt.got, da, len);
	mica_os_critical_exit(key);
	if (!kept)
		return;
	mica_chip_rmb();
	mica_chip_cache_invalidate(va, len);
	if (umt.cb(va, len, more, umt.arg))
		mica_umt_release(va);
}

static void entry(const struct mica_umt_message *m)
{
	uint64_t offset = m->phy_addr - umt.to_client;
	struct piece *p;
	unsigned long key;

	if (m->session != umt.session)
		return;
	if (m->flags & MICA_UMT_ABORT) {
		umt.cb(NULL, 0, false, umt.arg);
		return;
	}
	if (m->flags & MICA_UMT_RETURN) {
		key = mica_os_critical_enter();
		p = find(umt.sent, m->phy_addr);
		if (p)
			p->used = false;
		mica_os_critical_exit(key);
		return;
	}
	if (m->data_len > 0 && offset < umt.to_client_len &&
	    (uint32_t)m->data_len <= umt.to_client_len - offset)
		show(m->phy_addr, (uint32_t)m->data_len, m->flags & MICA_UMT_MORE);
}

/* Hosts without the feature: 1 MiB each way, what came before is done with. */
static void one_message(const struct mica_umt_message *m)
{
	struct mica_umt_first f = { .to_client_len = MICA_UMT_WINDOW,
				    .to_host_len = MICA_UMT_WINDOW };

	if (!m->phy_addr || m->data_len <= 0 || m->data_len > (int32_t)MICA_UMT_WINDOW)
		return;
	f.to_client = m->phy_addr;
	f.to_host = m->phy_addr + MICA_UMT_WINDOW;
	begin(0, &f);
	show(m->phy_addr, (uint32_t)m->data_len, false);
}

static bool on_message(struct mica_ept *ept, const void *data, size_t len, void *arg)
{
	struct mica_umt_message m;

	(void)ept;
	(void)arg;
	if (first_message(data, len))
		return true;
	if (!(sdk_session.acked & MICA_F_UMT)) {
		if (len >= sizeof(m)) {
			memcpy(&m, data, sizeof(m));
			one_message(&m);
		}
		return true;
	}
	for (size_t i = 0; i < len / sizeof(m); i++) {
		memcpy(&m, (const uint8_t *)data + i * sizeof(m), sizeof(m));
		entry(&m);
	}
	wake();
	return true;
}

/* ---- returns ---- */

/* As many as there are, in one message. False: there was no buffer for it. */
bool sdk_umt_flush(void)
{
	struct mica_umt_message batch[MICA_UMT_ENTRIES];
	unsigned int n = 0;
	unsigned long key;
	uint32_t age;
	int ret;

	if (!umt.open || !umt.session)
		return true;
	key = mica_os_critical_enter();
	age = umt.age;
	for (unsigned int i = 0; i < MICA_UMT_PIECES && n < MICA_UMT_ENTRIES; i++) {
		struct piece *p = &umt.back[i];

		if (!p->used)
			continue;
		batch[n++] = (struct mica_umt_message){ .phy_addr = p->da,
							.data_len = (int32_t)p->len,
							.flags = MICA_UMT_RETURN,
							.session = umt.session };
		p->used = false;
	}
	mica_os_critical_exit(key);
	if (!n)
		return true;
	ret = mica_ept_send(&umt.ept, batch, n * sizeof(batch[0]), 0);
	if (ret == MICA_OK)
		return true;
	key = mica_os_critical_enter();
	for (unsigned int i = 0; i < n && age == umt.age; i++)
		put(umt.back, batch[i].phy_addr, (uint32_t)batch[i].data_len);
	mica_os_critical_exit(key);
	return false;
}

void mica_umt_release(const void *data)
{
	uint64_t da = mica_chip_to_da(data);
	unsigned long key = mica_os_critical_enter();
	struct piece *p = find(umt.got, da);

	if (p) {
		p->used = false;
		if (umt.session)
			put(umt.back, da, p->len);
	}
	mica_os_critical_exit(key);
	mica_session_poke();
}

/* ---- to the host ---- */

/* First fit. Critical section. 0: no room now. */
static uint64_t place(uint32_t len)
{
	uint64_t at = umt.to_host;
	bool moved = true;

	if (!umt.session && umt.sent[0].used)
		return 0;
	while (moved) {
		moved = false;
		for (unsigned int i = 0; i < MICA_UMT_PIECES; i++) {
			const struct piece *p = &umt.sent[i];

			if (p->used && at < p->da + p->len && p->da < at + len) {
				at = p->da + p->len + MICA_UMT_ALIGN - 1;
				at -= at % MICA_UMT_ALIGN;
				moved = true;
			}
		}
	}
	if (at - umt.to_host > umt.to_host_len || len > umt.to_host_len - (at - umt.to_host))
		return 0;
	return put(umt.sent, at, len) ? at : 0;
}

static void *try_alloc(uint32_t len, bool wait)
{
	unsigned long key = mica_os_critical_enter();
	uint64_t da = umt.to_host ? place(len) : 0;

	umt.waiting += !da && wait;
	mica_os_critical_exit(key);
	return da ? mica_chip_to_va(da, len) : NULL;
}

static void not_waiting(void)
{
	unsigned long key = mica_os_critical_enter();

	umt.waiting -= umt.waiting != 0;
	mica_os_critical_exit(key);
}

void *mica_umt_alloc(size_t len, uint32_t timeout_ms)
{
	uint64_t end = mica_os_time_us() + (uint64_t)timeout_ms * 1000u;

	if (!len || len > MICA_UMT_WINDOW)
		return NULL;
	for (;;) {
		void *va = try_alloc((uint32_t)len, timeout_ms != 0);
		uint64_t now = mica_os_time_us();

		if (va || (timeout_ms != MICA_OS_FOREVER && now >= end) ||
		    sdk_session.state == SESSION_STOPPING)
			return va;
		/* Woken by every return; by time, should the session end. */
		if (!mica_os_sem_take(&umt.room, SHORT_MS))
			not_waiting();
	}
}

static void forget(uint64_t da)
{
	unsigned long key = mica_os_critical_enter();
	struct piece *p = find(umt.sent, da);

	if (p)
		p->used = false;
	mica_os_critical_exit(key);
}

int mica_umt_send_piece(void *piece, size_t len, bool more, uint32_t timeout_ms)
{
	uint64_t da = mica_chip_to_da(piece);
	struct mica_umt_message m = { .phy_addr = da,
				      .data_len = (int32_t)len,
				      .flags = more ? MICA_UMT_MORE : 0 };
	unsigned long key = mica_os_critical_enter();
	struct piece *p = find(umt.sent, da);
	int ret;

	if (p && len && len <= p->len)
		p->len = (uint32_t)len;
	else
		p = NULL;
	m.session = umt.session;
	mica_os_critical_exit(key);
	if (!p)
		return MICA_LOST;
	if (more && !m.session) {
		forget(da);
		return MICA_TOO_BIG;
	}
	mica_chip_cache_clean(piece, len);
	mica_chip_wmb();
	ret = mica_ept_send(&umt.ept, &m, sizeof(m), timeout_ms);
	if (ret != MICA_OK)
		forget(da);
	return ret;
}

void mica_umt_abort(void)
{
	struct mica_umt_message m = { .flags = MICA_UMT_ABORT, .session = umt.session };

	mica_ept_send(&umt.ept, &m, sizeof(m), SHORT_MS);
}

int mica_umt_send(const void *data, size_t len, uint32_t timeout_ms)
{
	size_t piece = len <= umt.to_host_len ? len : PIECE_MAX, done = 0;
	uint32_t age = umt.age;

	if (!len || (!umt.session && len > MICA_UMT_WINDOW))
		return MICA_TOO_BIG;
	while (done < len) {
		size_t n = len - done < piece ? len - done : piece;
		void *va = mica_umt_alloc(n, timeout_ms);
		int ret = va ? MICA_OK : MICA_TIMEOUT;

		if (va) {
			memcpy(va, (const uint8_t *)data + done, n);
			ret = age == umt.age
				      ? mica_umt_send_piece(va, n, done + n < len, timeout_ms)
				      : MICA_LOST;
			if (ret == MICA_LOST)
				forget(mica_chip_to_da(va));
		}
		if (ret != MICA_OK) {
			if (done && age == umt.age)
				mica_umt_abort();
			return ret;
		}
		done += n;
	}
	return MICA_OK;
}

/* ---- state, start ---- */

bool mica_umt_several(void)
{
	return umt.session != 0;
}

uint32_t mica_umt_age(void)
{
	return umt.age;
}

int mica_umt_open(mica_umt_cb cb, void *arg)
{
	int ret;

	umt.cb = cb;
	umt.arg = arg;
	mica_os_sem_init(&umt.room, 0);
	ret = mica_ept_open(&umt.ept, MICA_UMT_ENDPOINT, on_message, NULL);
	umt.open = ret == MICA_OK;
	return ret;
}
