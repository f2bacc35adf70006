/* SPDX-License-Identifier: BSD-3-Clause */
/* What this client may do beyond files below its root folder. Set once, before the first call. */
#ifndef MICARPC_POLICY_H
#define MICARPC_POLICY_H

#include <stdbool.h>

struct policy {
	bool commands; /* system, popen */
	bool network;  /* sockets, names */
};

extern struct policy policy;

#endif /* MICARPC_POLICY_H */
