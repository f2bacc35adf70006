/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef METAL_CPU_H
#define METAL_CPU_H

#include <metal/system/barrier.h>

#endif /* METAL_CPU_H */
