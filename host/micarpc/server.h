/* SPDX-License-Identifier: BSD-3-Clause */
/* Requests in, replies out. */
#ifndef MICARPC_SERVER_H
#define MICARPC_SERVER_H

/* Serves the socket until the daemon closes it; then writes out what files have buffered. */
void server_run(int socket);

#endif /* MICARPC_SERVER_H */
