/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef METAL_SLEEP_H
#define METAL_SLEEP_H

#include <metal/compiler.h>

METAL_C_BEGIN

/* Sleep at least that many microseconds. 0 or -errno. */
int metal_sleep_usec(unsigned int usec);
/* Let others run. */
void metal_yield(void);

METAL_C_END

#endif /* METAL_SLEEP_H */
