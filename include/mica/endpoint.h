/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One endpoint of a client, used by a program: messages to it and from it, by the name under which
 * the client announces it. For endpoints that no service of libmica serves, and for those whose
 * service the program wants to stand in for. It is opened for a client and stays through its stops
 * and starts; it is bound while the client has announced it. Loop thread only, like all of libmica.
 */
#ifndef MICA_ENDPOINT_H
#define MICA_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>

#include "mica/client.h"

/* Most bytes of one message. */
#define MICA_ENDPOINT_MESSAGE 496u

struct mica_endpoint; /* owned by whoever opened it */

/* All optional. None of them may close the endpoint or remove the client. */
struct mica_endpoint_ops {
	/* data is a private copy that lives only during the call; len > 0. True: done with it.
	 * False: the caller has kept what it needs and calls mica_endpoint_drained() once there is
	 * room for more; a client with credit then waits, one without may go on. */
	bool (*message)(void *arg, const void *data, size_t len);
	/* mica_endpoint_can_send() may have become true. */
	void (*writable)(void *arg);
	/* Announced by the client (true), or withdrawn, or the client is off (false). */
	void (*bound)(void *arg, bool bound);
	/* No first message of no bytes: the client learns of this side from the first real one. For
	 * endpoints whose owner takes every message for a request. */
	bool silent;
};

/*
 * name: as announced, 1 to 31 characters. It takes precedence over a service of libmica when it is
 * opened before the client starts; such a service then only lends its way to ask for a stop.
 * MICA_E_BUSY: the name is open already, or a service serves it at the moment.
 */
int mica_endpoint_open(struct mica_client *client, const char *name,
		       const struct mica_endpoint_ops *ops, void *arg, struct mica_endpoint **ep,
		       struct mica_error *err);
/* The client may be gone already. NULL is fine. */
void mica_endpoint_close(struct mica_endpoint *ep);

bool mica_endpoint_bound(const struct mica_endpoint *ep);
/* Room for one message now? If it is bound and there is none, writable() is called later. */
bool mica_endpoint_can_send(struct mica_endpoint *ep);
/* 0, or -1: not bound, no room, or len is 0 or more than MICA_ENDPOINT_MESSAGE. */
int mica_endpoint_send(struct mica_endpoint *ep, const void *data, size_t len);
/* Everything received so far was dealt with. */
void mica_endpoint_drained(struct mica_endpoint *ep);

#endif /* MICA_ENDPOINT_H */
