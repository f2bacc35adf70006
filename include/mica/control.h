/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the daemon and whoever talks to it must agree on: where the control socket is and which
 * protocol it speaks. The messages are described in docs/control.md and, for machines, in
 * host/micad/io.mica.Manager.varlink.
 */
#ifndef MICA_CONTROL_H
#define MICA_CONTROL_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Counts up with every change that a caller of the previous version would misunderstand. */
#define MICA_PROTOCOL 1

#define MICA_CONTROL_SOCKET  "micad.sock"  /* below the run root */
#define MICA_CONTROL_MESSAGE (64u * 1024u) /* largest call, with its NUL */
#define MICA_CONTROL_IFACE   "io.mica.Manager"
#define MICA_RUN_ROOT_ENV    "MICA_RUN_ROOT"
#define MICA_STATE_ROOT_ENV  "MICA_STATE_ROOT"
#define MICA_GROUP	     "mica" /* its members may start, stop and use configured clients */

/*
 * The run root without an option: $MICA_RUN_ROOT, else /run/mica for root, else
 * $XDG_RUNTIME_DIR/mica. -1: none of these is there, or the path is too long for `out`.
 */
static inline int mica_run_root(char *out, size_t size)
{
	const char *dir = getenv(MICA_RUN_ROOT_ENV);
	int n = -1;

	if (dir && *dir)
		n = snprintf(out, size, "%s", dir);
	else if (geteuid() == 0)
		n = snprintf(out, size, "/run/mica");
	else if ((dir = getenv("XDG_RUNTIME_DIR")) && *dir)
		n = snprintf(out, size, "%s/mica", dir);
	return n < 0 || (size_t)n >= size ? -1 : 0;
}

/*
 * Where things lie that outlive a boot (images, core files) without an option: $MICA_STATE_ROOT;
 * else below a run root that somebody chose (NULL: the usual one); else /var/lib/micad for root;
 * else $XDG_STATE_HOME/micad or ~/.local/state/micad. -1 as above.
 */
static inline int mica_state_root(const char *run_root, char *out, size_t size)
{
	const char *dir = getenv(MICA_STATE_ROOT_ENV);
	int n = -1;

	if (dir && *dir == '/')
		n = snprintf(out, size, "%s", dir);
	else if (run_root)
		n = snprintf(out, size, "%s/state", run_root);
	else if (geteuid() == 0)
		n = snprintf(out, size, "/var/lib/micad");
	else if ((dir = getenv("XDG_STATE_HOME")) && *dir == '/')
		n = snprintf(out, size, "%s/micad", dir);
	else if ((dir = getenv("HOME")) && *dir == '/')
		n = snprintf(out, size, "%s/.local/state/micad", dir);
	return n < 0 || (size_t)n >= size ? -1 : 0;
}

#endif /* MICA_CONTROL_H */
