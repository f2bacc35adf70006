/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * QEMU virt, riscv64: what an image must know. Also read by the linker script: numbers only.
 * The matching memory map of Linux is boards/qemu-riscv64.
 */
#ifndef BOARD_H
#define BOARD_H

/* Where an image is linked unless the link says otherwise; multiples of 2 MiB. */
#define BOARD_IMAGE_BASE 0xaa000000
#define BOARD_IMAGE_SIZE 0x200000 /* what this image uses of the region, at most */

/* Not lower: QEMU loads Linux's initramfs to 0xa0200000. */
#define BOARD_COMM_BASE 0xa8000000
#define BOARD_COMM_SIZE 0x1000000

#endif /* BOARD_H */
