/* SPDX-License-Identifier: BSD-3-Clause */
/* One daemon per run root: its lock and its listening control socket. */
#ifndef MICAD_INSTANCE_H
#define MICAD_INSTANCE_H

#include <sys/types.h>

#include "mica/error.h"

struct instance {
	int lock;
	int listener; /* bound and listening; whoever closes it sets -1 */
	gid_t group;  /* of the socket; MICA_NO_GROUP: only the owner connects */
	char socket[108];
};

/* Creates run_root where it is missing; a socket left by a killed daemon is replaced. */
int instance_open(struct instance *inst, const char *run_root, struct mica_error *err);
void instance_close(struct instance *inst);

#endif /* MICAD_INSTANCE_H */
