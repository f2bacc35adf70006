/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MICAD_NOTIFY_H
#define MICAD_NOTIFY_H

#include <stdbool.h>

/* Tell the service manager (sd_notify(3) protocol); nothing happens where there is none. */
void notify(const char *state);
/* The same with a descriptor, -1: none. False: nobody was told. */
bool notify_fd(const char *state, int fd);

#endif /* MICAD_NOTIFY_H */
