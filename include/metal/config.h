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

/*
 * -DMETAL_MINIMAL with -DVIRTIO_DEVICE_ONLY, for libmetal, OpenAMP and their users alike: the
 * smallest client. Every check of what the peer writes is in it. What is left out: threads (one
 * uses the library, handlers only wake it), memory that is given back, regions of pages or with
 * operations, transports beside the resource table, event indices, lanes, corks, buffers that are
 * kept or lent, statistics, what only makes floods faster, and checks of the program's own
 * arguments for NULL.
 */
#ifdef METAL_MINIMAL
#define METAL_IS_MINIMAL 1
/* A call does not compile. */
#define METAL_NOT_MINIMAL __attribute__((error("not in a library of -DMETAL_MINIMAL")))
#else
#define METAL_IS_MINIMAL 0
#define METAL_NOT_MINIMAL
#endif

/* A mistake of the program's own, never of a peer. */
#define METAL_MISTAKE(condition) (!METAL_IS_MINIMAL && (condition))

#endif /* METAL_CONFIG_H */
