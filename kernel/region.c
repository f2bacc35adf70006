// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reserved memory: taken from the device tree's memory-region list or from module parameters,
 * shown in /proc/iomem as mcs_mem. The table is filled at probe and does not change afterwards,
 * so readers need no lock.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/device.h>
#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_reserved_mem.h>
#include <linux/overflow.h>

#include "mcs_km.h"

static struct mcs_range {
	u64 base;
	u64 length;
	char name[sizeof_field(struct mcs_region, name)];
} ranges[MCS_MAX_REGIONS];
static unsigned int range_count;

int mcs_region_add(u64 base, u64 length, const char *name)
{
	struct mcs_range *range;
	u64 end;

	if (range_count == MCS_MAX_REGIONS) {
		pr_err("more than %d regions: remove '%s' from memory-region\n", MCS_MAX_REGIONS,
		       name);
		return -E2BIG;
	}
	if (!length || !PAGE_ALIGNED(base) || !PAGE_ALIGNED(length) ||
	    check_add_overflow(base, length, &end)) {
		pr_err("region '%s' [0x%llx + 0x%llx] is empty or not page-aligned: correct its address and size\n",
		       name, base, length);
		return -EINVAL;
	}
	if (region_intersects(base, length, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) !=
	    REGION_DISJOINT) {
		pr_err("region '%s' [0x%llx + 0x%llx] overlaps System RAM: reserve it with no-map in the device tree, or keep it from Linux with mem=\n",
		       name, base, length);
		return -EBUSY;
	}
	/* A no-map region stands there as "reserved", not busy: ours goes below it. */
	if (!request_mem_region(base, length, "mcs_mem")) {
		pr_err("region '%s' [0x%llx + 0x%llx] is in use: see /proc/iomem for its owner\n",
		       name, base, length);
		return -EBUSY;
	}
	range = &ranges[range_count++];
	range->base = base;
	range->length = length;
	strscpy(range->name, name, sizeof(range->name));
	return 0;
}

static int add_phandle(struct device *dev, int index)
{
	struct device_node *np = of_parse_phandle(dev->of_node, "memory-region", index);
	struct reserved_mem *rmem;
	int ret = -EINVAL;

	if (!np) {
		pr_err("memory-region[%d] of %pOF points nowhere: correct the device tree\n", index,
		       dev->of_node);
		return ret;
	}
	rmem = of_reserved_mem_lookup(np);
	if (!rmem || !rmem->size)
		pr_err("%pOF was not reserved at boot: it must be an enabled child of /reserved-memory, inside memory and free\n",
		       np);
	else if (!of_property_read_bool(np, "no-map"))
		pr_err("%pOF lacks no-map: add it, or Linux keeps a cached mapping of it\n", np);
	else
		ret = mcs_region_add(rmem->base, rmem->size, kbasename(np->full_name));
	of_node_put(np);
	return ret;
}

/* All regions of the device's memory-region list, or none and the reason in the log. */
int mcs_regions_add_of(struct device *dev)
{
	int count = of_count_phandle_with_args(dev->of_node, "memory-region", NULL);
	int i, ret;

	if (count <= 0) {
		pr_err("%pOF has no memory-region: list the reserved-memory nodes for clients there\n",
		       dev->of_node);
		return -EINVAL;
	}
	for (i = 0; i < count; i++) {
		ret = add_phandle(dev, i);
		if (ret) {
			mcs_regions_remove();
			return ret;
		}
	}
	return 0;
}

void mcs_regions_remove(void)
{
	while (range_count) {
		range_count--;
		release_mem_region(ranges[range_count].base, ranges[range_count].length);
	}
}

unsigned int mcs_regions_count(void)
{
	return range_count;
}

int mcs_region_get(unsigned int index, u64 *base, u64 *length, const char **name)
{
	if (index >= range_count)
		return -EINVAL;
	*base = ranges[index].base;
	*length = ranges[index].length;
	*name = ranges[index].name;
	return 0;
}

bool mcs_region_contains(u64 addr, u64 length)
{
	unsigned int i;

	for (i = 0; i < range_count; i++) {
		const struct mcs_range *range = &ranges[i];

		if (addr >= range->base && length <= range->length &&
		    addr - range->base <= range->length - length)
			return true;
	}
	return false;
}
