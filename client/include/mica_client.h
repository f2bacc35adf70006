/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Client SDK: this image's session with its host, endpoints, ttys. An image has one session.
 *
 *	static struct mica_ept echo;
 *
 *	static bool on_message(struct mica_ept *ept, const void *data, size_t len, void *arg)
 *	{
 *		return mica_ept_send(ept, data, len, 0) == MICA_OK;
 *	}
 *
 *	static void app(void *arg)
 *	{
 *		mica_ept_open(&echo, "my-echo", on_message, NULL);
 *	}
 *
 *	mica_session_start(&(struct mica_session_config){ .ready = app });
 *
 * Everything is static: the caller owns each object, which must stay while the session lives.
 */
#ifndef MICA_CLIENT_H
#define MICA_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mica/abi.h>
#include <openamp/rpmsg.h>

#include "mica_os.h"

enum mica_result {
	MICA_OK = 0,
	MICA_TIMEOUT = -1, /* not sent: no buffer, no credit or no peer in that time */
	MICA_TOO_BIG = -2, /* longer than one message can be */
	MICA_ENDED = -3,   /* the session is stopping */
	MICA_REFUSED = -4, /* bad name, too many endpoints */
	MICA_LOST = -5,	   /* umt: the host began afresh in the middle of a message */
};

/* ---- session ---- */

/* Manners of older images that a build may reproduce; all false for a new one. */
struct mica_quirks {
	bool ignore_while_zero; /* doorbells mean nothing while the status word is 0 */
	bool no_stop;		/* does not know the stop request */
	bool no_reattach;	/* does not know the re-attach request */
	bool keep_word;		/* re-attaches, but leaves the word as it is */
	bool legacy_doorbell;	/* the default doorbell, whatever the host offers */
	bool stop_on_withdraw;	/* powers off when the host withdraws an endpoint */
	bool full_used_len;	/* reports whole buffers as used, whatever the message is */
};

struct mica_session_config {
	/* Session thread, once the rings work: open endpoints here. Then the client is READY. */
	void (*ready)(void *arg);
	/* Session thread, before power-off. */
	void (*stopping)(void *arg);
	void *arg;
	uint32_t wait_ms; /* how long to wait for the host's driver before powering off; 0: 60 s */
	const struct mica_quirks *quirks; /* NULL: none */
};

/* Start the session's thread. config is copied. Once. 0, or -1 when the OS refuses a thread. */
int mica_session_start(const struct mica_session_config *config);

/* The features of the vendor entry that the host acknowledged. */
uint32_t mica_session_features(void);
/* Power this client off, as if the host had asked for it. Any thread; returns at once. */
void mica_session_stop(void);
/*
 * From a fatal exception, interrupts off: write the crash record and tell the host, if that was
 * agreed; then power the core off, memory as it is. record: all but version filled in; a panic's
 * cause and text are. True: the host knows, and will look at this client's memory.
 */
bool mica_session_crashed(struct mica_crash *record);
/* After that, for clients whose memory goes when they do: the host has looked at it. */
bool mica_session_crash_taken(void);
/* This client cannot go on: an assertion, a stack overflow. message must stay; any context. */
_Noreturn void mica_panic(const char *message);
/* Let the session thread look at the rings and at kept messages again. Any context. */
void mica_session_poke(void);

struct mica_session_stats {
	uint64_t doorbells_in, doorbells_out;
	uint64_t reattached;
	uint64_t dropped; /* messages for which there was no room */
};

void mica_session_stats(struct mica_session_stats *stats);

/* ---- log: what `mica logs` and Linux' journal show ---- */

enum mica_log_level {
	MICA_LOG_EMERG,
	MICA_LOG_ALERT,
	MICA_LOG_CRIT,
	MICA_LOG_ERR,
	MICA_LOG_WARNING,
	MICA_LOG_NOTICE,
	MICA_LOG_INFO,
	MICA_LOG_DEBUG,
};

/*
 * One line, up to about 250 bytes; %s %c %d %u %x with width and l, ll, z. Any context, interrupts
 * and exceptions included; never waits: when nobody reads, the oldest lines are overwritten.
 * Nothing before the session has started, or when the host keeps no log.
 */
void mica_log(enum mica_log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* ---- endpoints ---- */

struct mica_ept;

/*
 * Session thread. data lives only during the call. True: done with it. False: keep it and show it
 * again later (after mica_session_poke(), at the latest after some milliseconds); messages that
 * follow wait behind it. A zero-length message says who the peer is.
 */
typedef bool (*mica_ept_cb)(struct mica_ept *ept, const void *data, size_t len, void *arg);

/*
 * Messages kept per endpoint. A sender with credit never has more than MICA_CREDIT_INITIAL on the
 * way, to a terminal twice that; one without may fill the ring: as large as the ring, nothing is
 * ever dropped.
 */
#ifndef MICA_EPT_HELD
#define MICA_EPT_HELD 32
#endif

struct mica_ept_held {
	void *data;
	size_t len;
	uint32_t src;
};

struct mica_ept {
	/* private */
	struct rpmsg_endpoint rp;
	struct mica_ept *next;
	mica_ept_cb cb;
	void *arg;
	struct mica_os_sem room;
	uint32_t waiting; /* senders blocked on room */
	uint32_t credit;  /* messages it may send */
	uint32_t owed;	  /* messages done with, credit not given back yet */
	uint32_t window;  /* with lanes: credit the peer has beyond that it begins with */
	struct mica_ept_held held[MICA_EPT_HELD];
	unsigned int n_held;
	bool urgent;
	bool bound;
	bool rebind; /* take the next sender for the peer */
};

/* Announce an endpoint. Session thread or any other, once the session is ready. */
int mica_ept_open(struct mica_ept *ept, const char *name, mica_ept_cb cb, void *arg);
/* The same for one whose messages, both ways, overtake those of others where the host has a lane
 * for them; otherwise it is an endpoint like any. */
int mica_ept_open_urgent(struct mica_ept *ept, const char *name, mica_ept_cb cb, void *arg);
/* Withdraw it. Session thread only: nobody may be sending. */
void mica_ept_close(struct mica_ept *ept);
/*
 * Session thread. Withdraw it for a while: readers and senders wait until it is announced again.
 * False: somebody is inside a send, try again later.
 */
bool mica_ept_withdraw(struct mica_ept *ept);
/* Session thread. Announce what was withdrawn, under its name. MICA_OK or MICA_REFUSED. */
int mica_ept_announce(struct mica_ept *ept);
/*
 * Send one message. Waits up to timeout_ms for the peer to be known, for credit and for a buffer;
 * in the session thread (callbacks) timeout_ms must be 0. MICA_OK or why not.
 */
int mica_ept_send(struct mica_ept *ept, const void *data, size_t len, uint32_t timeout_ms);
/* Most bytes of one message. */
size_t mica_ept_max(const struct mica_ept *ept);
/* Somebody over there has spoken to it. */
bool mica_ept_bound(const struct mica_ept *ept);

/* ---- tty: raw bytes both ways ---- */

#define MICA_TTY_RING 4096 /* power of two */

struct mica_tty {
	/* private */
	struct mica_ept ept;
	void (*on_input)(struct mica_tty *tty, const void *data, size_t len);
	struct mica_os_sem input;
	uint8_t ring[MICA_TTY_RING];
	uint32_t head, tail; /* head - tail bytes are in the ring */
};

/*
 * on_input NULL: bytes are kept for mica_tty_read(), and the host is held back, not cut off, while
 * nobody reads. Otherwise it gets every message in the session thread.
 */
int mica_tty_open(struct mica_tty *tty, const char *name,
		  void (*on_input)(struct mica_tty *tty, const void *data, size_t len));
/* At least one byte, at most len; 0 after timeout_ms. One reader. */
size_t mica_tty_read(struct mica_tty *tty, void *data, size_t len, uint32_t timeout_ms);
/* Bytes written; fewer than len when timeout_ms passed without progress or the session ended. */
size_t mica_tty_write(struct mica_tty *tty, const void *data, size_t len, uint32_t timeout_ms);

#endif /* MICA_CLIENT_H */
