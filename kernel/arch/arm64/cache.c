// SPDX-License-Identifier: GPL-2.0-only
/*
 * Data cache maintenance by address (Arm ARM D7.5, DC CIVAC). The kernel's own loops are not
 * exported.
 */
#include <asm/barrier.h>
#include <asm/cpufeature.h>
#include <asm/sysreg.h>

#include "mcs_km.h"

void mcs_arch_cache_clean_inv(void *addr, size_t length)
{
	/* CTR_EL0.DminLine: log2 of the words in the smallest line of all cores. */
	u64 ctr = read_sanitised_ftr_reg(SYS_CTR_EL0);
	unsigned long line = 4UL << (ctr >> 16 & 0xf);
	unsigned long at = (unsigned long)addr & ~(line - 1);
	unsigned long end = (unsigned long)addr + length;

	dsb(sy);
	for (; at < end; at += line)
		asm volatile("dc civac, %0" : : "r"(at) : "memory");
	dsb(sy);
}
