/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef METAL_TIME_H
#define METAL_TIME_H

#include <metal/compiler.h>

METAL_C_BEGIN

/* Nanoseconds since some fixed moment; never goes back. */
unsigned long long metal_get_timestamp(void);

METAL_C_END

#endif /* METAL_TIME_H */
