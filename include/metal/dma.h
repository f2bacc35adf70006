/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef METAL_DMA_H
#define METAL_DMA_H

#include <stdint.h>
#include <metal/compiler.h>
#include <metal/sys.h>

METAL_C_BEGIN

#define METAL_DMA_DEV_R	 1U
#define METAL_DMA_DEV_W	 2U
#define METAL_DMA_DEV_WR 3U

struct metal_device;
struct metal_io_region;

/* One piece of memory; io may be NULL. */

struct metal_sg {
	void *virt;
	struct metal_io_region *io;
	int len;
};

/*
 * Give memory to the device, in the direction the device will use it (METAL_DMA_DEV_*), and back to
 * the CPU. sg_out: room for nents_in. Entries mapped, -EINVAL, or -ENODEV: the device's bus cannot.
 */
int metal_dma_map(struct metal_device *dev, uint32_t dir, struct metal_sg *sg_in, int nents_in,
		  struct metal_sg *sg_out);
void metal_dma_unmap(struct metal_device *dev, uint32_t dir, struct metal_sg *sg, int nents);

METAL_C_END

#endif /* METAL_DMA_H */
