// SPDX-License-Identifier: BSD-3-Clause
/* PSCI (ARM DEN 0022): power off, by the conduit of this board and exception level. */
#include "arm64.h"
#include "board.h"

#define PSCI_CPU_OFF	0x84000002ull
#define PSCI_SYSTEM_OFF 0x84000008ull

static bool use_smc = BOARD_PSCI_SMC;

/* Who came in at EL2 has no hypervisor that could answer HVC: firmware is at EL3. */
void arm64_psci_init(bool entered_at_el2)
{
	use_smc = BOARD_PSCI_SMC || entered_at_el2;
}

static void call(uint64_t function)
{
	register uint64_t x0 __asm__("x0") = function;

	dsb("sy");
	if (use_smc)
		__asm__ volatile("smc #0" : "+r"(x0)::"x1", "x2", "x3", "memory");
	else
		__asm__ volatile("hvc #0" : "+r"(x0)::"x1", "x2", "x3", "memory");
}

static _Noreturn void halt(void)
{
	for (;;)
		__asm__ volatile("wfi");
}

void arm64_psci_cpu_off(void)
{
	call(PSCI_CPU_OFF);
	halt(); /* refused: the host sees that the core stays on */
}

void arm64_psci_system_off(void)
{
	call(PSCI_SYSTEM_OFF);
	halt();
}
