/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Round trips to a client: through the control endpoint of clients with MICA_F_PING, or through an
 * endpoint that sends back what it gets. Several may go on at once. Loop thread only.
 */
#ifndef MICA_PING_H
#define MICA_PING_H

#include <stdbool.h>
#include <stdint.h>

#include "mica/client.h"

#define MICA_PING_SIZE_MIN 16u	/* struct mica_ctrl_ping */
#define MICA_PING_SIZE_MAX 496u /* what fits a buffer */
#define MICA_PING_WINDOW   8u	/* on their way at the same time, of one ping */

struct mica_ping_config {
	char endpoint[32];    /* empty: the control endpoint */
	uint64_t count;	      /* 0: until it is stopped */
	uint32_t size;	      /* bytes of one message, MICA_PING_SIZE_MIN to MICA_PING_SIZE_MAX */
	uint32_t interval_ms; /* between two messages, not 0 unless flood */
	uint32_t timeout_ms;  /* no answer within that time: lost */
	bool flood;	      /* the next one as soon as the answer to the last one is there */
};

enum mica_ping_outcome { MICA_PING_ANSWERED, MICA_PING_LOST, MICA_PING_CHANGED };

struct mica_ping_reply {
	uint64_t seq; /* from 1 */
	enum mica_ping_outcome outcome;
	uint64_t rtt_ns; /* unless lost */
};

struct mica_ping_totals {
	uint64_t sent, received, lost;
	uint64_t changed;    /* of those received: came back with other contents */
	uint64_t unexpected; /* answers that nobody waits for: late, doubled, invented */
};

struct mica_ping_ops {
	void (*reply)(void *arg, const struct mica_ping_reply *reply);
	/* The last call; the ping is gone. why NULL: `count` is reached. */
	void (*end)(void *arg, const struct mica_ping_totals *totals, const char *why);
};

struct mica_ping;

/* MICA_E_STATE: the client does not run, or does not answer that way; MICA_E_BUSY: the endpoint is
 * in use; MICA_E_USAGE: a number out of bounds. Callbacks come from the loop, never from here. */
int mica_ping_start(struct mica_client *client, const struct mica_ping_config *cfg,
		    const struct mica_ping_ops *ops, void *arg, struct mica_ping **ping,
		    struct mica_error *err);
/* While paused nothing is sent. May be called from the callbacks. */
void mica_ping_pause(struct mica_ping *ping, bool pause);
/* No callback comes any more; ping is not to be used again. May be called from reply(). */
void mica_ping_stop(struct mica_ping *ping);

#endif /* MICA_PING_H */
