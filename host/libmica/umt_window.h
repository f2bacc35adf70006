/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which piece of communication memory is a client's umt window. Loop thread.
 *
 * Existing images know one place, region 0 + MICA_UMT_OFFSET: whoever announces its endpoint first
 * has it until it stops. Clients that agreed on MICA_F_UMT are told their place, so each gets one
 * of its own, and the old place last.
 */
#ifndef MICA_UMT_WINDOW_H
#define MICA_UMT_WINDOW_H

#include "client_priv.h"

/* Both parts together; the host's comes first. */
#define MICA_UMT_LEN (2 * MICA_UMT_WINDOW)

/* anywhere: the client can be told. Does nothing when it has a window. */
int mica_umt_place(struct mica_client *c, bool anywhere, struct mica_error *err);
/* Before a link is made: a window for a client that offers MICA_F_UMT; none is no error. */
void mica_umt_offer(struct mica_client *c);
void mica_umt_unplace(struct mica_client *c);
/* What a state file said: only a place that could have been given. */
void mica_umt_restore(struct mica_client *c, uint64_t da);
/* Memory [da, da + len) of c-to-be against the windows of others: MICA_E_BUSY names the owner. */
int mica_umt_check(const struct mica_client *c, uint64_t da, uint64_t len, const char *what,
		   struct mica_error *err);

#endif /* MICA_UMT_WINDOW_H */
