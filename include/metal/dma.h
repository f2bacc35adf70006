/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef METAL_DMA_H
#define METAL_DMA_H

#include <stdint.h>
#include <metal/sys.h>

#define METAL_DMA_DEV_R	 1U
#define METAL_DMA_DEV_W	 2U
#define METAL_DMA_DEV_WR 3U

struct metal_device;
struct metal_io_region;

struct metal_sg {
	void *virt;
	struct metal_io_region *io;
	int len;
};

#endif /* METAL_DMA_H */
