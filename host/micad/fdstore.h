/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Descriptors in the hands of the service manager (systemd's file descriptor store): they outlive
 * this process and come back to the next one, so that sessions on them stay open. Where there is
 * no such manager, nothing is kept and nothing comes back.
 */
#ifndef MICAD_FDSTORE_H
#define MICAD_FDSTORE_H

#include "mica/client.h"

struct fdstore {
	unsigned int n;
	struct fdstore_entry {
		int fd; /* -1: taken */
		char name[64];
	} * entry;
};

/* What an earlier process kept (sd_listen_fds(3) protocol). */
void fdstore_open(struct fdstore *store);
/* The store as libmica uses it; arg is the struct fdstore. */
extern const struct mica_keeper fdstore_keeper;
/* Nobody has asked for the rest: it goes. */
void fdstore_settle(struct fdstore *store);

#endif /* MICAD_FDSTORE_H */
