/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MICAD_NOTIFY_H
#define MICAD_NOTIFY_H

/* Tell the service manager (sd_notify(3) protocol); nothing happens where there is none. */
void notify(const char *state);

#endif /* MICAD_NOTIFY_H */
