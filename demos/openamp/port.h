/* SPDX-License-Identifier: BSD-3-Clause */
/* What the two ends do differently: linux/ and client/. */
#ifndef DEMO_PORT_H
#define DEMO_PORT_H

#include <stdbool.h>
#include <metal/io.h>

/* The DEMO_SIZE bytes from the base; *base: their device address. 0, or an exit code after a
 * line that says why. */
int port_open(int argc, char *argv[], struct metal_io_region **io, metal_phys_addr_t *base);
void port_close(void);

void port_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* What went wrong. */
void port_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Asked now and then while nothing comes. idle_ms: for how long; bound: the other side has spoken.
 * 0, or negative, as platform_poll() returns it, after a line that says why.
 */
int port_trouble(unsigned long long idle_ms, bool bound);

#endif /* DEMO_PORT_H */
