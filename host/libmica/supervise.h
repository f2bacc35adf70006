/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Supervision of a client: whatever ends it unexpectedly comes to mica_client_crashed(); a client
 * whose core still runs is put down; then its policy (Restart= and the like) has its way. Loop
 * thread.
 */
#ifndef MICA_SUPERVISE_H
#define MICA_SUPERVISE_H

#include <uv.h>

#include "mica/client.h"
#include "restart_policy.h"

struct json_object;
struct sv_waiter;

struct mica_supervision {
	bool wanted;		      /* it was started and nobody asked for its end */
	bool own_op;		      /* the operation under way is ours: calls wait for its end */
	bool clear;		      /* it hangs: it is to be put down, whatever the policy says */
	enum restart_verdict verdict; /* what follows; LATER: a restart is pending */
	struct restart_counts counts;
	uint32_t delay_ms;
	uint64_t due_us;	    /* CLOCK_MONOTONIC, of the restart; 0: not set yet */
	char last[MICA_ERROR_TEXT]; /* why it ended unexpectedly the last time */
	uv_timer_t *timer;	    /* of the restart */
	struct sv_waiter *waiters;

	uv_timer_t *watchdog; /* NULL: none needed so far */
	bool watching;
	uint32_t heartbeat; /* as seen last */
	uint64_t looked_us; /* CLOCK_MONOTONIC, when */
	uint64_t silent_ms;
};

/* ---- supervise.c ---- */

/*
 * The one way of every unexpected end: a crash record, the watchdog, a core that went off, rings
 * whose rules were broken. reason: one line. The core may be on or off. During an operation the
 * reason is kept in c->fault and the operation's step is called: it fails by it. Nothing happens
 * to a client that does not run.
 */
void mica_client_crashed(struct mica_client *c, const char *reason);
/* It went off by itself, in order. */
void mica_supervise_ended(struct mica_client *c, const char *reason);
/* One that could not be stopped went off after all; its state is Stopped. */
void mica_supervise_off_after_all(struct mica_client *c);
/* A start by hand was asked for: no restart is pending any more, counters begin anew. */
void mica_supervise_taken_over(struct mica_client *c);
/* Its end was asked for. True: a restart was pending, which is all there was to stop. */
bool mica_supervise_stop_asked(struct mica_client *c);
/* A start succeeded. */
void mica_supervise_started(struct mica_client *c);
/* Our own operation is under way: `call` is made again once it has ended. False: it is not. */
bool mica_supervise_defer(struct mica_client *c,
			  void (*call)(struct mica_client *c, mica_done done, void *arg),
			  mica_done done, void *arg);
/* Adopted, and nothing else is under way. running: a core is on. */
void mica_supervise_carry_on(struct mica_client *c, bool running);
/* The configuration changed while the client exists. */
void mica_supervise_configured(struct mica_client *c);
/* The state changed. */
void mica_supervise_state(struct mica_client *c);
void mica_supervise_free(struct mica_client *c);
void mica_supervise_info(const struct mica_client *c, struct mica_client_info *info);
/* Part of state.json. */
struct json_object *mica_supervise_save(const struct mica_client *c);
void mica_supervise_load(struct mica_client *c, struct json_object *saved);

/* ---- plan_clear.c: ask, force, Error where neither helps; the state stays as it is else ---- */
void mica_client_clear(struct mica_client *c, mica_done done, void *arg);

/* ---- watchdog.c ---- */

/* Begins or ends, as the configuration, the client's state and its features want it. */
void mica_watchdog_update(struct mica_client *c);

#endif /* MICA_SUPERVISE_H */
