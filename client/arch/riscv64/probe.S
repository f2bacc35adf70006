/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Things a hart may or may not have: tried, with a trap vector that stands right behind. A trap
 * leaves all general registers as they are. Interrupts are off: sstatus is as it should be, too.
 */

	.macro	attempt name
	.section .text.\name, "ax"
	.global \name
	.balign	4
\name:
	la	t0, 1f
	csrrw	t0, stvec, t0
	mv	t1, a0
	li	a0, 0
	.endm

	.macro	attempted
	li	a0, 1
	.balign	4
1:	csrw	stvec, t0
	ret
	.endm

	attempt	riscv64_try_load
	ld	t1, 0(t1)
	attempted

	attempt	riscv64_try_stimecmp
	csrw	0x14D, t1
	attempted
