// SPDX-License-Identifier: BSD-3-Clause
/*
 * One shot at the kernel's next deadline, silent otherwise: the hart's own comparator (extension
 * Sstc) where it has one and firmware lets it be used, else firmware's timer.
 */
#include "board.h"
#include "kernel.h"
#include "riscv64.h"

static bool own;

static void compare(uint64_t ticks)
{
	if (own)
		csr_write("0x14D", ticks);
	else
		riscv64_sbi_set_timer(ticks);
}

void riscv64_timer_off(void)
{
	csr_clear("sie", SIE_BIT(IRQ_TIMER));
	compare(UINT64_MAX);
}

void riscv64_timer_init(void)
{
	own = riscv64_try_stimecmp(UINT64_MAX);
	riscv64_timer_off();
}

/* Whole seconds apart, so that nothing overflows in this century. */
uint64_t k_arch_time_us(void)
{
	uint64_t ticks = csr_read("time");

	return ticks / BOARD_TIMEBASE * 1000000u +
	       ticks % BOARD_TIMEBASE * 1000000u / BOARD_TIMEBASE;
}

void k_arch_timer_set(uint64_t when_us)
{
	uint64_t rest;

	if (when_us == UINT64_MAX) {
		csr_clear("sie", SIE_BIT(IRQ_TIMER)); /* it may be due: that waits for the next */
		return;
	}
	rest = when_us % 1000000u * BOARD_TIMEBASE;
	compare(when_us / 1000000u * BOARD_TIMEBASE + (rest + 999999u) / 1000000u);
	csr_set("sie", SIE_BIT(IRQ_TIMER));
}
