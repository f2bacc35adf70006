/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The room a client's calls run in. In this order, each step failing with a line on standard
 * error and -1: nothing runs in a half-built one.
 */
#ifndef MICARPC_SANDBOX_H
#define MICARPC_SANDBOX_H

#include <stdbool.h>
#include <sys/types.h>

struct sandbox {
	const char *root; /* made when it is missing */
	uid_t uid;	  /* as root: who to become; 0: remain (not as root) */
	bool commands, network;
};

/* Opens the root folder; a new one belongs to uid alone. The descriptor, or -1. */
int sandbox_open_root(const struct sandbox *s);
/* Another user, no capability, no way to new ones. With confine, the folder of `root` becomes the
 * whole file system where the policy allows. */
int sandbox_drop(const struct sandbox *s, int root, bool confine);
/* Limits of descriptors, memory, file size, processes. */
int sandbox_limits(void);
/* System calls. Last: the steps above need some that are gone then. */
int sandbox_filter(const struct sandbox *s);

#endif /* MICARPC_SANDBOX_H */
