// SPDX-License-Identifier: BSD-3-Clause
/* tty service, client side: messages are pieces of a byte stream. */
#include <string.h>

#include "session.h"

_Static_assert((MICA_TTY_RING & (MICA_TTY_RING - 1)) == 0, "power of two");

static size_t ring_free(const struct mica_tty *tty)
{
	return MICA_TTY_RING - (tty->head - tty->tail);
}

static void ring_put(struct mica_tty *tty, const uint8_t *data, size_t len)
{
	size_t at = tty->head % MICA_TTY_RING, first = MICA_TTY_RING - at;

	if (first > len)
		first = len;
	memcpy(tty->ring + at, data, first);
	memcpy(tty->ring, data + first, len - first);
	tty->head += (uint32_t)len;
}

/* Session thread. A message is taken whole or, while the reader is behind, kept by the SDK. */
static bool on_message(struct mica_ept *ept, const void *data, size_t len, void *arg)
{
	struct mica_tty *tty = arg;
	unsigned long key;
	bool fits;

	(void)ept;
	if (tty->on_input) {
		if (len)
			tty->on_input(tty, data, len);
		return true;
	}
	key = mica_os_critical_enter();
	fits = len <= ring_free(tty);
	if (fits)
		ring_put(tty, data, len);
	mica_os_critical_exit(key);
	if (fits && len)
		mica_os_sem_give(&tty->input);
	return fits;
}

int mica_tty_open(struct mica_tty *tty, const char *name,
		  void (*on_input)(struct mica_tty *tty, const void *data, size_t len))
{
	tty->on_input = on_input;
	tty->head = 0;
	tty->tail = 0;
	mica_os_sem_init(&tty->input, 0);
	return sdk_ept_open(&tty->ept, name, on_message, tty, false,
			    MICA_TTY_RING / RPMSG_BUFFER_SIZE - MICA_CREDIT_INITIAL);
}

static size_t ring_get(struct mica_tty *tty, uint8_t *data, size_t len)
{
	unsigned long key = mica_os_critical_enter();
	size_t n = tty->head - tty->tail, at = tty->tail % MICA_TTY_RING,
	       first = MICA_TTY_RING - at;

	if (n > len)
		n = len;
	if (first > n)
		first = n;
	memcpy(data, tty->ring + at, first);
	memcpy(data + first, tty->ring, n - first);
	tty->tail += (uint32_t)n;
	mica_os_critical_exit(key);
	return n;
}

size_t mica_tty_read(struct mica_tty *tty, void *data, size_t len, uint32_t timeout_ms)
{
	size_t n;

	while ((n = ring_get(tty, data, len)) == 0) {
		/* The semaphore counts messages, not bytes: it may be ahead of the ring. */
		if (!mica_os_sem_take(&tty->input, timeout_ms))
			return ring_get(tty, data, len);
	}
	/* Not for each message: they come by some at a time. */
	if (tty->ept.n_held && ring_free(tty) >= MICA_TTY_RING / 2)
		mica_session_poke();
	return n;
}

size_t mica_tty_write(struct mica_tty *tty, const void *data, size_t len, uint32_t timeout_ms)
{
	size_t done = 0;

	while (done < len) {
		size_t piece = len - done, max = mica_ept_max(&tty->ept);

		if (piece > max)
			piece = max;
		if (mica_ept_send(&tty->ept, (const uint8_t *)data + done, piece, timeout_ms) !=
		    MICA_OK)
			break;
		done += piece;
	}
	return done;
}
