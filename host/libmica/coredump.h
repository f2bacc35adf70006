/* SPDX-License-Identifier: BSD-3-Clause */
/* Core files at a client's unexpected end, before anything touches its memory. */
#ifndef MICA_COREDUMP_H
#define MICA_COREDUMP_H

#include "mica/client.h"

struct mica_op;

/*
 * The client ended unexpectedly, for c->end_reason, and no operation is under way. True: one has
 * begun that writes its core file and lets the client go; it succeeds in any case, and `done`
 * follows. False: there is nothing to do any more.
 */
bool mica_core_begin(struct mica_client *c, mica_done done, void *arg);

/* Step of other plans, worker, cannot fail: a core file, if the client crashed or went off. */
int mica_step_core(struct mica_op *op);
/* After that, loop: say where it is. */
int mica_step_core_said(struct mica_op *op);

#endif /* MICA_COREDUMP_H */
