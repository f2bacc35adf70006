// SPDX-License-Identifier: BSD-3-Clause
/*
 * A second hart, brought up by the image itself through SBI. It runs one function, without threads;
 * both share the map. An interrupt of the other hart only ends its wait: it is never taken.
 */
#include "mica_chip.h"
#include "platform.h"
#include "riscv64.h"

#define STACK 4096u

/* What start.S needs. */
static struct secondary {
	uint64_t satp, sp;
	void (*entry)(void);
} secondary;

/* What the code in the host's stop memory goes by (docs/abi.md, forced stop). */
static struct stop_slot {
	uint64_t entry, arg, answer;
} slot;

uint64_t riscv64_stop_code;

static _Alignas(16) unsigned char stack[STACK];
static uint64_t second; /* valid while there is an entry */

unsigned int platform_core(void)
{
	uint64_t hart;

	__asm__ volatile("mv %0, tp" : "=r"(hart));
	return (unsigned int)hart;
}

int platform_core_on(unsigned int core, void (*entry)(void))
{
	uint64_t start = (uint64_t)riscv64_secondary_start, arg = (uint64_t)&secondary;

	second = core;
	secondary = (struct secondary){ csr_read("satp"), (uint64_t)(stack + STACK), entry };
	if (riscv64_stop_code) {
		slot = (struct stop_slot){ .entry = start, .arg = arg };
		start = riscv64_stop_code;
		arg = (uint64_t)&slot;
	}
	mica_chip_mb();
	return riscv64_sbi_hart_start(core, start, arg);
}

/* SBI's states 0, 1 and 2 are those of platform.h; 3 is on its way, too. */
int platform_core_state(unsigned int core)
{
	int state = riscv64_sbi_hart_state(core);

	return state == 3 ? 2 : state;
}

_Noreturn void platform_core_off(void)
{
	csr_write("sie", 0);
	riscv64_sbi_hart_stop();
}

void platform_core_wait(void)
{
	csr_set("sie", SIE_BIT(IRQ_SOFTWARE));
	__asm__ volatile("wfi" ::: "memory");
	csr_clear("sip", SIE_BIT(IRQ_SOFTWARE));
}

void platform_core_wake(void)
{
	mica_chip_mb();
	riscv64_sbi_send_ipi(second);
}

bool riscv64_is_secondary(const struct mica_gdb_frame *frame)
{
	return (const unsigned char *)frame == riscv64_trap_second;
}
