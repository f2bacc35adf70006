/* SPDX-License-Identifier: BSD-3-Clause */
/* The variant that behaves like existing images of OpenAMP's demos. */
#ifndef OPENAMP_H
#define OPENAMP_H

#include "shell.h"

/* commands.c */
extern const struct shell_command openamp_commands[];

/* shmem.c */
void openamp_shmem(const char *args);

/* bench.c */
void openamp_atomic(const char *args);
void openamp_latency(const char *args);
void openamp_throughput(const char *args);
void openamp_irq(const char *args);
void openamp_irq_latency(const char *args);

/* boot.c: no session; a shell on the board's console, power-off when the table's status word says
 * so. */
void openamp_start(void);

#endif /* OPENAMP_H */
