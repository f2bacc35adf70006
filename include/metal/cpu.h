/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef METAL_CPU_H
#define METAL_CPU_H

#include <metal/config.h>
#include <metal/sleep.h>
#include <metal/system/barrier.h>

/* In a loop that waits for another core or thread. */
#define metal_cpu_yield() metal_yield()

#endif /* METAL_CPU_H */
