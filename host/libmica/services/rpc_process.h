/* SPDX-License-Identifier: BSD-3-Clause */
/* The process that executes a client's calls (micarpc). Loop thread only; nothing here blocks. */
#ifndef MICA_RPC_PROCESS_H
#define MICA_RPC_PROCESS_H

#include "../client_priv.h"

/*
 * Start one for that client, under its configuration. Returns the daemon's end of its socket,
 * non-blocking, which the caller closes: that ends the process and all that it has started. What
 * the client prints goes to its log, also after that.
 */
int mica_rpc_process_start(struct mica_client *client, int *socket, struct mica_error *err);

/* Where a client's files are, and as whom its calls run when the daemon is root. */
int mica_rpc_root(const struct mica_client *client, char path[PATH_MAX]);
uint32_t mica_rpc_user(const struct mica_config *cfg);

#endif /* MICA_RPC_PROCESS_H */
