// SPDX-License-Identifier: GPL-2.0-only
/*
 * MPIDR affinity of a Linux CPU. The kernel's own table (cpu_logical_map) is not exported, so it
 * is read where the kernel read it: the CPU's node in the device tree, its processor object in
 * ACPI.
 */
#include <linux/acpi.h>
#include <linux/cpu.h>
#include <linux/of.h>
#include <linux/percpu.h>
#include <asm/cputype.h>

#if IS_ENABLED(CONFIG_ACPI_PROCESSOR)
#include <acpi/processor.h>
#endif

#include "mcs_km.h"

static int from_device_tree(unsigned int cpu, u64 *hwid)
{
	struct device_node *np = of_get_cpu_node(cpu, NULL);
	const __be32 *reg;
	int bytes, ret = -ENODEV;

	if (!np)
		return ret;
	reg = of_get_property(np, "reg", &bytes);
	if (reg && bytes >= of_n_addr_cells(np) * (int)sizeof(*reg)) {
		*hwid = of_read_number(reg, of_n_addr_cells(np)) & MPIDR_HWID_BITMASK;
		ret = 0;
	}
	of_node_put(np);
	return ret;
}

static int from_acpi(unsigned int cpu, u64 *hwid)
{
#if IS_ENABLED(CONFIG_ACPI_PROCESSOR)
	const struct acpi_processor *pr = per_cpu(processors, cpu);

	if (!pr || invalid_phys_cpuid(pr->phys_id))
		return -ENODEV;
	*hwid = pr->phys_id & MPIDR_HWID_BITMASK;
	return 0;
#else
	return -ENODEV;
#endif
}

int mcs_arch_hwid(unsigned int cpu, u64 *hwid)
{
	return acpi_disabled ? from_device_tree(cpu, hwid) : from_acpi(cpu, hwid);
}
