/* SPDX-License-Identifier: BSD-3-Clause */
/* Named shared memory. */
#ifndef METAL_SHMEM_H
#define METAL_SHMEM_H

#include <metal/compiler.h>
#include <metal/io.h>

METAL_C_BEGIN

struct metal_generic_shmem {
	const char *name;
	struct metal_io_region io;
	struct metal_list node;
};

/* Looks at registered segments, on Linux then at POSIX shared memory. 0 or -errno. */
int metal_shmem_open(const char *name, size_t size, struct metal_io_region **io);
/* The structure stays the caller's and must outlive its users. */
int metal_shmem_register_generic(struct metal_generic_shmem *shmem);
int metal_shmem_open_generic(const char *name, size_t size, struct metal_io_region **result);

METAL_C_END

#endif /* METAL_SHMEM_H */
