/* SPDX-License-Identifier: BSD-3-Clause */
#include <metal/device.h>
#include <metal/errno.h>
#include <metal/utilities.h>

int metal_generic_dev_open(struct metal_bus *bus, const char *dev_name,
			   struct metal_device **device)
{
	struct metal_list *node;
	unsigned int i;

	metal_list_for_each (&_metal.common.generic_device_list, node) {
		struct metal_device *dev = metal_container_of(node, struct metal_device, node);

		if (strcmp(dev->name, dev_name) != 0)
			continue;
		dev->bus = bus;
		for (i = 0; i < dev->num_regions; i++)
			metal_sys_io_mem_map(&dev->regions[i]);
		*device = dev;
		return 0;
	}
	return -ENODEV;
}

struct metal_bus metal_generic_bus = {
	.name = "generic",
	.ops = { .dev_open = metal_generic_dev_open,
		 .dev_dma_map = metal_generic_dev_dma_map,
		 .dev_dma_unmap = metal_generic_dev_dma_unmap },
	.devices = METAL_INIT_LIST(metal_generic_bus.devices),
	.node = METAL_INIT_LIST(metal_generic_bus.node),
};

int metal_bus_register(struct metal_bus *bus)
{
	if (!bus || !bus->name || !strlen(bus->name))
		return -EINVAL;
	if (metal_bus_find(bus->name, NULL) == 0)
		return -EEXIST;
	metal_list_init(&bus->devices);
	metal_list_add_tail(&_metal.common.bus_list, &bus->node);
	return 0;
}

int metal_bus_unregister(struct metal_bus *bus)
{
	if (!bus)
		return -EINVAL;
	metal_list_del(&bus->node);
	if (bus->ops.bus_close)
		bus->ops.bus_close(bus);
	return 0;
}

int metal_bus_find(const char *name, struct metal_bus **bus)
{
	struct metal_list *node;

	if (!name)
		return -EINVAL;
	metal_list_for_each (&_metal.common.bus_list, node) {
		struct metal_bus *b = metal_container_of(node, struct metal_bus, node);

		if (strcmp(b->name, name) != 0)
			continue;
		if (bus)
			*bus = b;
		return 0;
	}
	return -ENOENT;
}

int metal_register_generic_device(struct metal_device *device)
{
	if (!device || !device->name || !strlen(device->name) ||
	    device->num_regions > METAL_MAX_DEVICE_REGIONS)
		return -EINVAL;
	device->bus = &metal_generic_bus;
	metal_list_add_tail(&_metal.common.generic_device_list, &device->node);
	return 0;
}

int metal_device_open(const char *bus_name, const char *dev_name, struct metal_device **device)
{
	struct metal_bus *bus;
	int ret;

	if (!bus_name || !dev_name || !device)
		return -EINVAL;
	ret = metal_bus_find(bus_name, &bus);
	if (ret)
		return ret;
	return bus->ops.dev_open ? bus->ops.dev_open(bus, dev_name, device) : -ENODEV;
}

void metal_device_close(struct metal_device *device)
{
	if (device && device->bus && device->bus->ops.dev_close)
		device->bus->ops.dev_close(device->bus, device);
}
