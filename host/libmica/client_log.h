/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A client's log, put together: its own log ring and trace buffers, what its rpc process prints,
 * what happened to it. Nothing is looked at without a reason: a doorbell, the client's end,
 * somebody who asks; once a second while somebody follows. Loop thread only.
 */
#ifndef MICA_CLIENT_LOG_H
#define MICA_CLIENT_LOG_H

#include "link.h"

/* Every trace buffer inside the windows. */
int mica_traces_check(const struct mica_table *t, const struct mica_window *w, unsigned int n,
		      const char *image, struct mica_error *err);

/* fresh: the client is about to start; otherwise it runs and goes on where its log ends. */
int mica_logs_open(struct mica_link *link, bool fresh, struct mica_error *err);
void mica_logs_doorbell(struct mica_link *link);
/* calm: the client goes on; otherwise this is its end and its last words are taken. */
void mica_logs_close(struct mica_link *link, bool calm);

/* A line that the client did not write: source "micad" or "rpc". */
void mica_client_says(struct mica_client *client, const char *source, int level, const char *text);

#endif /* MICA_CLIENT_LOG_H */
