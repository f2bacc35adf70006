/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entry, as SBI's hart_start leaves it: a0 the hart's number, a1 what the starter gave, satp 0,
 * interrupts off, everything else as it happens to be. The hart's number stays in tp.
 */
#include "trap.h"

	.macro	hart_setup area
	csrci	sstatus, SSTATUS_SIE
	csrw	sie, zero
	csrw	satp, zero
	sfence.vma
	fence.i
	csrci	sip, 1 << IRQ_SOFTWARE
	li	t0, SSTATUS_FSVS		/* no floating point in this image: trap it */
	csrc	sstatus, t0
	la	t0, vectors
	addi	t0, t0, 1			/* one entry an interrupt */
	csrw	stvec, t0
	la	t0, \area
	csrw	sscratch, t0
	mv	tp, a0
	.endm

	.section .text.start, "ax"
	.global _start
_start:
	hart_setup riscv64_trap_first
	la	sp, boot_stack_end

	/* A loader of raw binaries does not know of .bss. */
	la	t0, image_bss
	la	t1, image_bss_end
1:	bgeu	t0, t1, 2f
	sd	zero, 0(t0)
	sd	zero, 8(t0)
	addi	t0, t0, 16
	j	1b
2:	call	riscv64_main
3:	wfi
	j	3b

/* A hart that this image itself brought up. a1: satp, sp, function (struct secondary of smp.c). */
	.global riscv64_secondary_start
riscv64_secondary_start:
	hart_setup riscv64_trap_second
	ld	t0, 0(a1)
	ld	sp, 8(a1)
	ld	t1, 16(a1)
	csrw	satp, t0
	sfence.vma
	jalr	t1
4:	wfi
	j	4b

	.section .bss.boot_stack, "aw", @nobits
	.balign	16
	.space	4096
boot_stack_end:
