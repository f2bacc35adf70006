/* SPDX-License-Identifier: BSD-3-Clause */
#include <metal/errno.h>
#include <metal/shmem.h>
#include <metal/utilities.h>

int metal_shmem_register_generic(struct metal_generic_shmem *shmem)
{
	if (!shmem || !shmem->name || !strlen(shmem->name))
		return -EINVAL;
	metal_list_add_tail(&_metal.common.generic_shmem_list, &shmem->node);
	return 0;
}

int metal_shmem_open_generic(const char *name, size_t size, struct metal_io_region **result)
{
	struct metal_list *node;

	metal_list_for_each (&_metal.common.generic_shmem_list, node) {
		struct metal_generic_shmem *shmem =
			metal_container_of(node, struct metal_generic_shmem, node);

		if (strcmp(shmem->name, name) != 0)
			continue;
		if (size > metal_io_region_size(&shmem->io))
			return -EINVAL;
		*result = &shmem->io;
		return 0;
	}
	return -ENOENT;
}
