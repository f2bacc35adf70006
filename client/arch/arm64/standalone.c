// SPDX-License-Identifier: BSD-3-Clause
/* Running without Linux: what it would have done, and a UART (PL011, ARM DDI 0183). */
#include "arm64.h"
#include "board.h"
#include "platform.h"

#define UART_DR	   (BOARD_UART + 0x00)
#define UART_FR	   (BOARD_UART + 0x18)
#define FR_TX_FULL (1u << 5)
#define PATIENCE   1000000u

void platform_standalone(void)
{
	arm64_gic_distributor_on();
}

void platform_print(const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		for (unsigned int n = 0; n < PATIENCE && mmio_read32(UART_FR) & FR_TX_FULL; n++)
			;
		mmio_write32(UART_DR, (unsigned char)data[i]);
	}
}

void platform_standalone_end(int status)
{
	(void)status; /* firmware takes none: the printed line tells */
	arm64_psci_system_off();
}
