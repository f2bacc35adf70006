/* SPDX-License-Identifier: BSD-3-Clause */
/* The release of libmetal whose API this is, and what it was built for. */
#ifndef METAL_CONFIG_H
#define METAL_CONFIG_H

/* Release 2025.04 */
#define METAL_VER_MAJOR 1
#define METAL_VER_MINOR 8
#define METAL_VER_PATCH 0
#define METAL_VER	"1.8.0"

/* METAL_SYSTEM "linux" and METAL_SYSTEM_LINUX, or "generic" and METAL_SYSTEM_GENERIC; the same for
 * METAL_PROCESSOR and METAL_MACHINE. */
#include <metal/system/config.h>

#define HAVE_STDATOMIC_H

#endif /* METAL_CONFIG_H */
