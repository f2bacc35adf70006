/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * QEMU virt, arm64: what an image must know. Also read by the linker script: numbers only.
 * The matching memory map of Linux is boards/qemu-arm64.
 */
#ifndef BOARD_H
#define BOARD_H

/* Where an image is linked unless the link says otherwise; multiples of 2 MiB. */
#define BOARD_IMAGE_BASE 0x7a000000
#define BOARD_IMAGE_SIZE 0x200000 /* what this image uses of the region, at most */

#define BOARD_COMM_BASE 0x70000000
#define BOARD_COMM_SIZE 0x1000000

/* Interrupt controller and UART: Device memory. */
#define BOARD_DEVICE_BASE 0x08000000
#define BOARD_DEVICE_SIZE 0x1200000
#define BOARD_GICD	  0x08000000
#define BOARD_GICC	  0x08010000 /* GICv2 */
#define BOARD_GICR	  0x080A0000 /* GICv3: first redistributor */
#define BOARD_GICR_MAX	  123	     /* frames to look through */
#define BOARD_UART	  0x09000000 /* PL011; touched by the stand-alone variant only */

#define BOARD_TIMER_INTID 27 /* virtual timer */

#define BOARD_SGI_LEGACY 7

#define BOARD_PSCI_SMC 0 /* the conduit at EL1: 0 HVC, 1 SMC. An image entered at EL2 uses SMC. */

#endif /* BOARD_H */
