/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who may do what. The owner (root and the daemon's own user) everything; members of the group
 * "mica" may look at clients, start and stop them and use their terminals. Images come from the
 * owner alone: on bare metal a client can write anywhere.
 */
#ifndef MICAD_ACCESS_H
#define MICAD_ACCESS_H

#include <sys/types.h>

enum right { RIGHT_NONE, RIGHT_OPERATE, RIGHT_OWN };

/* What the peer of a connected Unix socket may do, by the kernel's word. */
enum right access_peer(int fd, gid_t group);

#endif /* MICAD_ACCESS_H */
