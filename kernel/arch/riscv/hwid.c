// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hart id of a Linux CPU. The kernel's own table is not exported, so it is read where the kernel
 * read it: the CPU's node in the device tree.
 */
#include <linux/of.h>

#include "mcs_km.h"

int mcs_arch_hwid(unsigned int cpu, u64 *hwid)
{
	struct device_node *np = of_get_cpu_node(cpu, NULL);
	const __be32 *reg;
	int bytes, ret = -ENODEV;

	if (!np)
		return ret;
	reg = of_get_property(np, "reg", &bytes);
	if (reg && bytes >= of_n_addr_cells(np) * (int)sizeof(*reg)) {
		*hwid = of_read_number(reg, of_n_addr_cells(np));
		ret = 0;
	}
	of_node_put(np);
	return ret;
}
