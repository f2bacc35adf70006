/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MICARPC_STAT_REPLY_H
#define MICARPC_STAT_REPLY_H

#include <sys/stat.h>

#include "call.h"

/* Reply of stat, lstat and fstat: the wire's own layout. st is read only if rc is 0. */
void stat_reply(struct call *c, int rc, const struct stat *st);

#endif /* MICARPC_STAT_REPLY_H */
