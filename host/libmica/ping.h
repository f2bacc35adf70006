/* SPDX-License-Identifier: BSD-3-Clause */
/* What a link tells the pings of its client. */
#ifndef MICA_PING_PRIV_H
#define MICA_PING_PRIV_H

#include "link.h"
#include "mica/ping.h"

/* An answer on the control endpoint; data lies in shared memory. */
void mica_pings_pong(struct mica_link *link, const void *data, size_t len);
/* Once per turn: send what waits for a buffer. True: some still wait. */
bool mica_pings_run(struct mica_link *link);
/* The link ends; its services are gone already. */
void mica_pings_end(struct mica_client *client, const char *why);

#endif /* MICA_PING_PRIV_H */
