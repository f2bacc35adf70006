/* SPDX-License-Identifier: BSD-3-Clause */
/* What programs of Linux alone ask of their port. */
#ifndef PORT_LINUX_H
#define PORT_LINUX_H

#include <stdbool.h>

#include "client_file.h"

/* A decimal or, with 0x, hexadecimal number up to max, and nothing behind it. */
bool port_number(const char *text, unsigned long max, unsigned long *value);

/* Set before port_open(): the program takes one argument, this is the default. NULL: none. */
extern const char *port_argument;

/* After port_open(). */
const struct client_file *port_client(void);

#endif /* PORT_LINUX_H */
