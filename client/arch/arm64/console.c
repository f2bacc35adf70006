// SPDX-License-Identifier: BSD-3-Clause
/* The board's UART as a console (PL011, ARM DDI 0183): whoever runs this image leaves it to it. */
#include "arm64.h"
#include "board.h"
#include "platform.h"

#define UART_DR	   (BOARD_UART + 0x00)
#define UART_FR	   (BOARD_UART + 0x18)
#define UART_LCR_H (BOARD_UART + 0x2C)
#define UART_CR	   (BOARD_UART + 0x30)
#define UART_IMSC  (BOARD_UART + 0x38)

#define FR_RX_EMPTY   (1u << 4)
#define FR_TX_FULL    (1u << 5)
#define LCR_8_BITS    (3u << 5)
#define LCR_FIFOS     (1u << 4)
#define CR_ENABLE_ALL 0x301u /* UART, transmitter, receiver */
#define PATIENCE      1000000u

void platform_console_open(void)
{
	mmio_write32(UART_IMSC, 0);
	mmio_write32(UART_LCR_H, LCR_8_BITS | LCR_FIFOS);
	mmio_write32(UART_CR, CR_ENABLE_ALL);
}

void platform_console_write(const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		for (unsigned int n = 0; n < PATIENCE && mmio_read32(UART_FR) & FR_TX_FULL; n++)
			;
		mmio_write32(UART_DR, (unsigned char)data[i]);
	}
}

size_t platform_console_read(void *data, size_t len)
{
	unsigned char *to = data;
	size_t n = 0;

	while (n < len && !(mmio_read32(UART_FR) & FR_RX_EMPTY))
		to[n++] = (unsigned char)mmio_read32(UART_DR);
	return n;
}
