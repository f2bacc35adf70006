// SPDX-License-Identifier: BSD-3-Clause
/* PSCI (ARM DEN 0022): power on and off, by the conduit of this board and exception level. */
#include "arm64.h"
#include "board.h"

#define PSCI_CPU_OFF	0x84000002ull
#define PSCI_SYSTEM_OFF 0x84000008ull
#define PSCI_CPU_ON	0xC4000003ull
#define PSCI_AFFINITY	0xC4000004ull

static bool use_smc = BOARD_PSCI_SMC;

/* Who came in at EL2 has no hypervisor that could answer HVC: firmware is at EL3. */
void arm64_psci_init(bool entered_at_el2)
{
	use_smc = BOARD_PSCI_SMC || entered_at_el2;
}

static int64_t call(uint64_t function, uint64_t a, uint64_t b)
{
	register uint64_t x0 __asm__("x0") = function;
	register uint64_t x1 __asm__("x1") = a;
	register uint64_t x2 __asm__("x2") = b;
	register uint64_t x3 __asm__("x3") = 0;

	dsb("sy");
	if (use_smc)
		__asm__ volatile("smc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)::"memory");
	else
		__asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)::"memory");
	return (int64_t)x0;
}

int arm64_psci_cpu_on(uint64_t mpidr, uint64_t entry)
{
	return (int)call(PSCI_CPU_ON, mpidr, entry);
}

int arm64_psci_affinity_info(uint64_t mpidr)
{
	return (int)call(PSCI_AFFINITY, mpidr, 0);
}

static _Noreturn void halt(void)
{
	for (;;)
		__asm__ volatile("wfi");
}

void arm64_psci_cpu_off(void)
{
	call(PSCI_CPU_OFF, 0, 0);
	halt(); /* refused: the host sees that the core stays on */
}

void arm64_psci_system_off(void)
{
	call(PSCI_SYSTEM_OFF, 0, 0);
	halt();
}
