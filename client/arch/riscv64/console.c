// SPDX-License-Identifier: BSD-3-Clause
/* The board's UART as a console (NS16550A): whoever runs this image leaves it to it. */
#include "bare.h"
#include "board.h"
#include "platform.h"
#include "riscv64.h"

/* Registers, a byte each. */
#define UART_DATA 0
#define UART_IER  1
#define UART_FCR  2
#define UART_LCR  3
#define UART_LSR  5

#define FCR_FIFOS     0x01u
#define LCR_8_BITS    0x03u
#define LSR_DATA      0x01u
#define LSR_THR_EMPTY 0x20u
#define PATIENCE      1000000u

static volatile uint8_t *const uart = (volatile uint8_t *)BOARD_UART;

void platform_console_open(void)
{
	riscv64_mmu_device(BOARD_UART, BARE_PAGE);
	uart[UART_IER] = 0;
	uart[UART_LCR] = LCR_8_BITS;
	uart[UART_FCR] = FCR_FIFOS;
}

void platform_console_write(const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		for (unsigned int n = 0; n < PATIENCE && !(uart[UART_LSR] & LSR_THR_EMPTY); n++)
			;
		uart[UART_DATA] = (uint8_t)data[i];
	}
}

size_t platform_console_read(void *data, size_t len)
{
	uint8_t *to = data;
	size_t n = 0;

	while (n < len && uart[UART_LSR] & LSR_DATA)
		to[n++] = uart[UART_DATA];
	return n;
}
