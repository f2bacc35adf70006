/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * QEMU virt, riscv64: what an image must know. Also read by the linker script: numbers only.
 * The matching memory map of Linux is boards/qemu-riscv64. All harts of this board see one coherent
 * memory, devices included: nothing is ever cleaned or invalidated.
 */
#ifndef BOARD_H
#define BOARD_H

/* Where an image is linked unless the link says otherwise; multiples of 2 MiB. */
#define BOARD_IMAGE_BASE 0xaa000000
#define BOARD_IMAGE_SIZE 0x200000 /* what this image uses of the region, at most */

/* Not lower: QEMU loads Linux's initramfs to 0xa0200000. */
#define BOARD_COMM_BASE 0xa8000000
#define BOARD_COMM_SIZE 0x1000000

/* Where a register may lie by which Linux lets itself be signalled. */
#define BOARD_INTC_BASE	 0x0c000000 /* PLIC or APLIC */
#define BOARD_INTC_SIZE	 0x4000000
#define BOARD_IMSIC_BASE 0x28000000 /* interrupt files of S-mode */
#define BOARD_IMSIC_SIZE 0x1000000

#define BOARD_UART 0x10000000 /* NS16550A; touched by the stand-alone variant only */

#define BOARD_TIMEBASE 10000000 /* ticks of the time CSR in a second */

#endif /* BOARD_H */
