/* SPDX-License-Identifier: BSD-3-Clause */
/* The client's console: what it prints comes line by line into the log, through this program's
 * standard output. */
#ifndef MICARPC_CONSOLE_H
#define MICARPC_CONSOLE_H

#include <stddef.h>

/* All of it, or -1 with errno. Pieces of two threads do not mix. */
int console_write(const void *data, size_t len);
/* The descriptor to use from now on; before that it is standard output. */
void console_init(int fd);

#endif /* MICARPC_CONSOLE_H */
