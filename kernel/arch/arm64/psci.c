// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cores by PSCI (Arm DEN0022). The kernel's own psci_ops is not exported to modules, so the calls
 * are made here, by the conduit that the device tree or the ACPI FADT names.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/acpi.h>
#include <linux/arm-smccc.h>
#include <linux/of.h>
#include <uapi/linux/psci.h>

#include "mcs_km.h"

static unsigned long psci(bool hvc, unsigned long fn, unsigned long a1, unsigned long a2,
			  unsigned long a3)
{
	struct arm_smccc_res res;

	if (hvc)
		arm_smccc_hvc(fn, a1, a2, a3, 0, 0, 0, 0, &res);
	else
		arm_smccc_smc(fn, a1, a2, a3, 0, 0, 0, 0, &res);
	return res.a0;
}

/* 5.4 CPU_ON. Error codes are 32-bit signed numbers in a 64-bit register (5.2.2). */
static int cpu_on(bool hvc, u64 hwid, u64 entry, u64 arg0, s32 *fw_error)
{
	*fw_error = psci(hvc, PSCI_0_2_FN64_CPU_ON, hwid, entry, arg0);
	switch (*fw_error) {
	case PSCI_RET_SUCCESS:
		return 0;
	case PSCI_RET_ALREADY_ON:
	case PSCI_RET_ON_PENDING:
		return -EALREADY;
	default:
		return -EIO;
	}
}

/* 5.7 AFFINITY_INFO of one core: lowest affinity level 0. */
static u32 affinity_info(bool hvc, u64 hwid, s32 *fw_error)
{
	s32 answer = psci(hvc, PSCI_0_2_FN64_AFFINITY_INFO, hwid, 0, 0);

	*fw_error = 0;
	switch (answer) {
	case PSCI_0_2_AFFINITY_LEVEL_ON:
		return MCS_CORE_ON;
	case PSCI_0_2_AFFINITY_LEVEL_OFF:
		return MCS_CORE_OFF;
	case PSCI_0_2_AFFINITY_LEVEL_ON_PENDING:
		return MCS_CORE_PENDING;
	default:
		*fw_error = answer;
		return MCS_CORE_UNKNOWN;
	}
}

static int hvc_start(unsigned int cpu, u64 hwid, u64 entry, u64 arg0, s32 *fw_error)
{
	return cpu_on(true, hwid, entry, arg0, fw_error);
}

static u32 hvc_state(u64 hwid, s32 *fw_error)
{
	return affinity_info(true, hwid, fw_error);
}

static int smc_start(unsigned int cpu, u64 hwid, u64 entry, u64 arg0, s32 *fw_error)
{
	return cpu_on(false, hwid, entry, arg0, fw_error);
}

static u32 smc_state(u64 hwid, s32 *fw_error)
{
	return affinity_info(false, hwid, fw_error);
}

static const struct mcs_firmware by_hvc = {
	.kind = MCS_FW_PSCI_HVC,
	.name = "PSCI (HVC)",
	.start = hvc_start,
	.state = hvc_state,
};

static const struct mcs_firmware by_smc = {
	.kind = MCS_FW_PSCI_SMC,
	.name = "PSCI (SMC)",
	.start = smc_start,
	.state = smc_state,
};

static const struct of_device_id psci_match[] = {
	{ .compatible = "arm,psci-1.0" },
	{ .compatible = "arm,psci-0.2" },
	{}
};

static const struct mcs_firmware *from_device_tree(void)
{
	struct device_node *np = of_find_matching_node(NULL, psci_match);
	const struct mcs_firmware *found = NULL;
	const char *method;

	if (!np) {
		pr_err("no PSCI 0.2 or later in the device tree: cores cannot be started; firmware that provides it is needed\n");
		return NULL;
	}
	if (of_property_read_string(np, "method", &method))
		method = "";
	if (!strcmp(method, "hvc"))
		found = &by_hvc;
	else if (!strcmp(method, "smc"))
		found = &by_smc;
	else
		pr_err("%pOF: method '%s' is neither hvc nor smc: correct the device tree\n", np,
		       method);
	of_node_put(np);
	return found;
}

static const struct mcs_firmware *from_acpi(void)
{
	if (!(acpi_gbl_FADT.arm_boot_flags & ACPI_FADT_PSCI_COMPLIANT)) {
		pr_err("ACPI says that firmware has no PSCI: cores cannot be started\n");
		return NULL;
	}
	return acpi_gbl_FADT.arm_boot_flags & ACPI_FADT_PSCI_USE_HVC ? &by_hvc : &by_smc;
}

const struct mcs_firmware *mcs_arch_firmware(void)
{
	return acpi_disabled ? from_device_tree() : from_acpi();
}

void mcs_arch_firmware_exit(void)
{
}
