/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two processes a client: the executor, and its parent, which lets nothing outlive it. The parent
 * adopts whatever the executor's commands leave behind and ends it.
 */
#ifndef MICARPC_KEEPER_H
#define MICARPC_KEEPER_H

#include <sys/types.h>

/* Splits: returns 0 in the executor, its pid in the keeper, -1. */
pid_t keeper_fork(void);
/* Until the executor has ended, or the daemon has hung up `socket` and the executor does not
 * react; then ends all that it started. */
void keeper_run(pid_t executor, int socket);

#endif /* MICARPC_KEEPER_H */
