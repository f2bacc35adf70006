/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef METAL_TIME_H
#define METAL_TIME_H

/* Nanoseconds since some fixed moment; never goes back. */
unsigned long long metal_get_timestamp(void);

#endif /* METAL_TIME_H */
