// SPDX-License-Identifier: GPL-2.0-only
/*
 * Data cache maintenance by address: cbo.flush of the Zicbom extension, where the harts have it.
 * Machines without it have coherent caches, or a way of their own that modules cannot use; there a
 * fence is all there is to do. The kernel's own loops are not exported.
 */
#include <asm/barrier.h>
#include <asm/cacheflush.h>
#include <asm/cpufeature.h>

#include "mcs_km.h"

static bool has_zicbom(void)
{
#ifdef CONFIG_RISCV_ISA_ZICBOM
	return riscv_isa_extension_available(NULL, ZICBOM) && riscv_cbom_block_size;
#else
	return false;
#endif
}

void mcs_arch_cache_clean_inv(void *addr, size_t length)
{
	unsigned long line, at, end = (unsigned long)addr + length;

	/* Earlier stores go before whatever the caller does next. */
	mb();
	if (!has_zicbom())
		return;
	line = riscv_cbom_block_size;
	for (at = (unsigned long)addr & ~(line - 1); at < end; at += line)
		/* cbo.flush (at): opcode MISC-MEM, funct3 2, immediate 2. */
		asm volatile(".insn i 0x0f, 2, x0, %0, 2" : : "r"(at) : "memory");
	/* Done before anybody is told of it. */
	mb();
}
