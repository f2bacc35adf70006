// SPDX-License-Identifier: BSD-3-Clause
/*
 * A second core, brought up by the image itself through PSCI. It runs one function, without
 * interrupts and without threads; both share the map and their caches.
 */
#include "arm64.h"
#include "mica_chip.h"
#include "platform.h"

#define STACK 4096u

/* What start.S needs: read with the caches off. */
struct {
	uint64_t mair, tcr, ttbr0, sctlr, sp;
	void (*entry)(void);
} arm64_secondary __attribute__((aligned(64)));

static _Alignas(16) unsigned char stack[STACK];
static uint64_t first; /* MPIDR of the core that runs the threads */

static uint64_t mpidr(void)
{
	return read_sysreg("mpidr_el1") & MPIDR_AFFINITY;
}

/* Its neighbours in the cluster differ in the last field. */
static uint64_t target(unsigned int core)
{
	return (mpidr() & ~0xFFull) | (core & 0xFF);
}

unsigned int platform_core(void)
{
	return mpidr() & 0xFF;
}

int platform_core_on(unsigned int core, void (*entry)(void))
{
	first = mpidr();
	arm64_secondary.mair = read_sysreg("mair_el1");
	arm64_secondary.tcr = read_sysreg("tcr_el1");
	arm64_secondary.ttbr0 = read_sysreg("ttbr0_el1");
	arm64_secondary.sctlr = read_sysreg("sctlr_el1");
	arm64_secondary.sp = (uint64_t)(stack + STACK);
	arm64_secondary.entry = entry;
	mica_chip_cache_clean(&arm64_secondary, sizeof(arm64_secondary));
	return arm64_psci_cpu_on(target(core), (uint64_t)arm64_secondary_start);
}

int platform_core_state(unsigned int core)
{
	return arm64_psci_affinity_info(target(core));
}

_Noreturn void platform_core_off(void)
{
	arm64_psci_cpu_off();
}

void platform_core_wait(void)
{
	__asm__ volatile("wfe" ::: "memory");
}

void platform_core_wake(void)
{
	dsb("ish");
	__asm__ volatile("sev" ::: "memory");
}

bool arm64_is_secondary(void)
{
	return first && mpidr() != first;
}
