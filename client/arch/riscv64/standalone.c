// SPDX-License-Identifier: BSD-3-Clause
/* Running without Linux: a UART (NS16550A), which firmware has set up. */
#include "bare.h"
#include "board.h"
#include "platform.h"
#include "riscv64.h"

#define UART_THR      (BOARD_UART + 0)
#define UART_LSR      (BOARD_UART + 5)
#define LSR_THR_EMPTY (1u << 5)
#define PATIENCE      1000000u

void platform_standalone(void)
{
	riscv64_mmu_device(BOARD_UART, BARE_PAGE);
}

void platform_print(const char *data, size_t len)
{
	volatile uint8_t *thr = (volatile uint8_t *)UART_THR, *lsr = (volatile uint8_t *)UART_LSR;

	for (size_t i = 0; i < len; i++) {
		for (unsigned int n = 0; n < PATIENCE && !(*lsr & LSR_THR_EMPTY); n++)
			;
		*thr = (uint8_t)data[i];
	}
}

void platform_standalone_end(int status)
{
	(void)status; /* the printed line tells */
	riscv64_sbi_system_off();
}
