/* SPDX-License-Identifier: BSD-3-Clause */
#include <metal/io.h>

#include "include/metal/system/port.h"

static metal_phys_addr_t offset_to_phys(struct metal_io_region *io, unsigned long offset)
{
	if (offset >= io->size)
		return METAL_BAD_PHYS;
	return (metal_phys_addr_t)metal_port_virt_to_phys((uintptr_t)io->virt + offset);
}

static unsigned long phys_to_offset(struct metal_io_region *io, metal_phys_addr_t phys)
{
	unsigned long offset = metal_port_phys_to_virt(phys) - (uintptr_t)io->virt;

	return offset < io->size ? offset : METAL_BAD_OFFSET;
}

void metal_sys_io_mem_map(struct metal_io_region *io)
{
	if (!metal_io_is_mapped(io) && io->physmap)
		io->virt = (void *)metal_port_phys_to_virt(io->physmap[0]);
	if (!io->physmap && !io->ops.offset_to_phys) {
		io->ops.offset_to_phys = offset_to_phys;
		io->ops.phys_to_offset = phys_to_offset;
	}
}
