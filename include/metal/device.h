/* SPDX-License-Identifier: BSD-3-Clause */
/* Devices on buses. The "generic" bus holds devices that a program registers itself. */
#ifndef METAL_DEVICE_H
#define METAL_DEVICE_H

#include <metal/compiler.h>
#include <metal/dma.h>
#include <metal/io.h>
#include <metal/list.h>
#include <metal/sys.h>

METAL_C_BEGIN

#ifndef METAL_MAX_DEVICE_REGIONS
#define METAL_MAX_DEVICE_REGIONS 32
#endif

struct metal_bus;
struct metal_device;

struct metal_bus_ops {
	void (*bus_close)(struct metal_bus *bus);
	int (*dev_open)(struct metal_bus *bus, const char *dev_name, struct metal_device **device);
	void (*dev_close)(struct metal_bus *bus, struct metal_device *device);
	void (*dev_irq_ack)(struct metal_bus *bus, struct metal_device *device, int irq);
	int (*dev_dma_map)(struct metal_bus *bus, struct metal_device *device, uint32_t dir,
			   struct metal_sg *sg_in, int nents_in, struct metal_sg *sg_out);
	void (*dev_dma_unmap)(struct metal_bus *bus, struct metal_device *device, uint32_t dir,
			      struct metal_sg *sg, int nents);
};

struct metal_bus {
	const char *name;
	struct metal_bus_ops ops;
	struct metal_list devices;
	struct metal_list node;
};

extern struct metal_bus metal_generic_bus;

struct metal_device {
	const char *name;
	struct metal_bus *bus;
	unsigned int num_regions;
	struct metal_io_region regions[METAL_MAX_DEVICE_REGIONS];
	struct metal_list node;
	int irq_num;
	void *irq_info;
};

/* All return 0 or -errno. Objects stay the caller's. */
int metal_bus_register(struct metal_bus *bus);
int metal_bus_unregister(struct metal_bus *bus);
int metal_bus_find(const char *name, struct metal_bus **bus);
/* On the generic bus. */
int metal_register_generic_device(struct metal_device *device);
int metal_device_open(const char *bus_name, const char *dev_name, struct metal_device **device);
void metal_device_close(struct metal_device *device);

/* Operations of the generic bus, for buses that are like it. */
int metal_generic_dev_open(struct metal_bus *bus, const char *dev_name,
			   struct metal_device **device);
int metal_generic_dev_dma_map(struct metal_bus *bus, struct metal_device *device, uint32_t dir,
			      struct metal_sg *sg_in, int nents_in, struct metal_sg *sg_out);
void metal_generic_dev_dma_unmap(struct metal_bus *bus, struct metal_device *device, uint32_t dir,
				 struct metal_sg *sg, int nents);

/* NULL when there is no such region. */
static inline struct metal_io_region *metal_device_io_region(struct metal_device *device,
							     unsigned int index)
{
	return index < device->num_regions ? &device->regions[index] : NULL;
}

METAL_C_END

#endif /* METAL_DEVICE_H */
