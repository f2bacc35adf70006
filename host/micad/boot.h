/* SPDX-License-Identifier: BSD-3-Clause */
/* AutoBoot: clients that the daemon creates and starts by itself. */
#ifndef MICAD_BOOT_H
#define MICAD_BOOT_H

struct daemon;

/* In the background; what fails is logged and keeps nobody else from starting. A client that is
 * there already (taken over from an earlier daemon) is left as it is. */
void boot_start(struct daemon *d);

#endif /* MICAD_BOOT_H */
