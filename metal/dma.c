/* SPDX-License-Identifier: BSD-3-Clause */
#include <metal/cache.h>
#include <metal/device.h>
#include <metal/errno.h>

int metal_dma_map(struct metal_device *dev, uint32_t dir, struct metal_sg *sg_in, int nents_in,
		  struct metal_sg *sg_out)
{
	if (!dev || !dev->bus || !sg_in || !sg_out || nents_in <= 0 || !dir ||
	    (dir & ~METAL_DMA_DEV_WR))
		return -EINVAL;
	if (!dev->bus->ops.dev_dma_map)
		return -ENODEV;
	/* All stores of the CPU before the device looks. */
	metal_full_barrier();
	return dev->bus->ops.dev_dma_map(dev->bus, dev, dir, sg_in, nents_in, sg_out);
}

void metal_dma_unmap(struct metal_device *dev, uint32_t dir, struct metal_sg *sg, int nents)
{
	if (!dev || !dev->bus || !sg || nents <= 0 || !dir || (dir & ~METAL_DMA_DEV_WR))
		return;
	metal_full_barrier();
	if (dev->bus->ops.dev_dma_unmap)
		dev->bus->ops.dev_dma_unmap(dev->bus, dev, dir, sg, nents);
}

/* The generic bus: memory that the device sees as it is, with caches between them. */

int metal_generic_dev_dma_map(struct metal_bus *bus, struct metal_device *device, uint32_t dir,
			      struct metal_sg *sg_in, int nents_in, struct metal_sg *sg_out)
{
	(void)bus;
	(void)device;
	for (int i = 0; i < nents_in; i++) {
		if (sg_in[i].len < 0)
			return -EINVAL;
		/* What the device writes must not meet a dirty line later on. */
		if (dir == METAL_DMA_DEV_W)
			metal_cache_invalidate(sg_in[i].virt, (unsigned int)sg_in[i].len);
		else
			metal_cache_flush(sg_in[i].virt, (unsigned int)sg_in[i].len);
		sg_out[i] = sg_in[i];
	}
	return nents_in;
}

void metal_generic_dev_dma_unmap(struct metal_bus *bus, struct metal_device *device, uint32_t dir,
				 struct metal_sg *sg, int nents)
{
	(void)bus;
	(void)device;
	for (int i = 0; i < nents; i++) {
		if ((dir & METAL_DMA_DEV_W) && sg[i].len > 0)
			metal_cache_invalidate(sg[i].virt, (unsigned int)sg[i].len);
	}
}
