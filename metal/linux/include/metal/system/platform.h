/* SPDX-License-Identifier: BSD-3-Clause */
/* For the library's own parts on Linux: bus "platform". */
#ifndef METAL_SYSTEM_PLATFORM_H
#define METAL_SYSTEM_PLATFORM_H

int metal_linux_platform_init(void);
/* Closes what is still open. */
void metal_linux_platform_shutdown(void);

#endif /* METAL_SYSTEM_PLATFORM_H */
