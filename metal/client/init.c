/* SPDX-License-Identifier: BSD-3-Clause */
/* Start and end of libmetal, and shared memory by its name. */
#include <metal/shmem.h>
#include <metal/sys.h>

int metal_sys_init(const struct metal_init_params *params)
{
	(void)params;
	return 0;
}

void metal_sys_finish(void)
{
}

int metal_shmem_open(const char *name, size_t size, struct metal_io_region **io)
{
	return metal_shmem_open_generic(name, size, io);
}
