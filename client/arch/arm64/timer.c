// SPDX-License-Identifier: BSD-3-Clause
/* Generic timer, virtual: one shot at the kernel's next deadline, silent otherwise. */
#include "arm64.h"
#include "board.h"
#include "kernel.h"

static uint64_t frequency;

void arm64_timer_off(void)
{
	write_sysreg("cntv_ctl_el0", 0);
	isb();
}

void arm64_timer_init(void)
{
	frequency = read_sysreg("cntfrq_el0");
	/* On and off again: a timer that an earlier owner of this core left due may hold its line
	 * until the enable bit changes. */
	write_sysreg("cntv_cval_el0", UINT64_MAX);
	write_sysreg("cntv_ctl_el0", 1);
	isb();
	arm64_timer_off();
	arm64_gic_enable(BOARD_TIMER_INTID);
}

/* Whole seconds apart, so that nothing overflows in this century. */
uint64_t k_arch_time_us(void)
{
	uint64_t ticks;

	isb();
	ticks = read_sysreg("cntvct_el0");
	return ticks / frequency * 1000000u + ticks % frequency * 1000000u / frequency;
}

void k_arch_timer_set(uint64_t when_us)
{
	if (when_us == UINT64_MAX) {
		write_sysreg("cntv_ctl_el0", 0);
	} else {
		uint64_t rest = (when_us % 1000000u) * frequency;

		write_sysreg("cntv_cval_el0",
			     when_us / 1000000u * frequency + (rest + 999999u) / 1000000u);
		write_sysreg("cntv_ctl_el0", 1);
	}
	isb();
}
