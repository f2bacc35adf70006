/* SPDX-License-Identifier: BSD-3-Clause */
/* Where an image comes from (store) and what it looks like (loader), under OpenAMP's names. */
#ifndef OPENAMP_REMOTEPROC_LOADER_H
#define OPENAMP_REMOTEPROC_LOADER_H

#include <metal/compiler.h>
#include <metal/io.h>
#include <metal/list.h>
#include <metal/sys.h>
#include <openamp/remoteproc.h>

METAL_C_BEGIN

#define SUPPORT_SEEK 1UL

#define RPROC_LOAD_ANYADDR ((metal_phys_addr_t)-1)

#define RPROC_LOADER_NOT_READY	    0x0UL
#define RPROC_LOADER_READY_TO_LOAD  0x10000UL
#define RPROC_LOADER_POST_DATA_LOAD 0x20000UL
#define RPROC_LOADER_LOAD_COMPLETE  0x40000UL
#define RPROC_LOADER_MASK	    0x0FFF0000UL
#define RPROC_LOADER_PRIVATE_MASK   0x0000FFFFUL

/*
 * open: returns how many bytes *img_data has (the start of the image), negative error.
 * load: bring size bytes from offset; pa RPROC_LOAD_ANYADDR: into local memory, *data; otherwise
 * into the remote's memory at pa through io. Returns the bytes brought, negative error.
 */
struct image_store_ops {
	int (*open)(void *store, const char *path, const void **img_data);
	void (*close)(void *store);
	int (*load)(void *store, size_t offset, size_t size, const void **data,
		    metal_phys_addr_t pa, struct metal_io_region *io, char is_blocking);
	unsigned int features;
};

struct loader_ops {
	int (*load_header)(const void *img_data, size_t offset, size_t len, void **img_info,
			   int last_state, size_t *noffset, size_t *nlen);
	int (*load_data)(struct remoteproc *rproc, const void *img_data, size_t offset, size_t len,
			 void **img_info, int last_load_state, metal_phys_addr_t *da,
			 size_t *noffset, size_t *nlen, unsigned char *padding, size_t *nmemsize);
	int (*locate_rsc_table)(void *img_info, metal_phys_addr_t *da, size_t *offset,
				size_t *size);
	void (*release)(void *img_info);
	metal_phys_addr_t (*get_entry)(void *img_info);
};

METAL_C_END

#endif /* OPENAMP_REMOTEPROC_LOADER_H */
