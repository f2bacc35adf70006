/* SPDX-License-Identifier: BSD-3-Clause */
/* fscanf with a format that a client wrote. */
#ifndef MICARPC_SCAN_H
#define MICARPC_SCAN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* At most one conversion that stores, and that stores at most 8 bytes. */
bool scan_format_is_safe(const char *format);
/* As fscanf(3); format has been found safe. */
int scan_stream(FILE *f, const char *format, uint64_t *value);

#endif /* MICARPC_SCAN_H */
