/* SPDX-License-Identifier: BSD-3-Clause */
/* Exception vectors of EL1. All threads run at EL1 with SP_EL1. */

#include "frame.inc"

	.macro	fatal kind
	.balign	0x80
	msr	tpidr_el1, x0
	mov	x0, #\kind
	b	fatal_entry
	.endm

	.section .text.vectors, "ax"
	.balign	0x800
	.global vectors
vectors:
	fatal	0		/* current EL with SP_EL0 */
	fatal	1
	fatal	2
	fatal	3
	.balign	0x80
	b	debug_entry	/* current EL with SP_ELx: synchronous */
	.balign	0x80
	b	irq_entry
	fatal	6
	fatal	7
	fatal	8		/* lower ELs: there are none */
	fatal	9
	fatal	10
	fatal	11
	fatal	12
	fatal	13
	fatal	14
	fatal	15
	.balign	0x80

	.global crash_entry
crash_entry:
	fatal	4

/*
 * The interrupted thread's caller-saved registers go to its own stack; the others are saved by
 * whatever C function uses them, or by the switch.
 */
irq_entry:
	sub	sp, sp, #176
	stp	x0, x1, [sp, #0]
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x30, [sp, #144]
	mrs	x0, elr_el1
	mrs	x1, spsr_el1
	stp	x0, x1, [sp, #160]
	mov	x0, sp
	bl	arm64_irq
	ldp	x0, x1, [sp, #160]
	msr	elr_el1, x0
	msr	spsr_el1, x1
	ldp	x18, x30, [sp, #144]
	ldp	x16, x17, [sp, #128]
	ldp	x14, x15, [sp, #112]
	ldp	x12, x13, [sp, #96]
	ldp	x10, x11, [sp, #80]
	ldp	x8, x9, [sp, #64]
	ldp	x6, x7, [sp, #48]
	ldp	x4, x5, [sp, #32]
	ldp	x2, x3, [sp, #16]
	ldp	x0, x1, [sp, #0]
	add	sp, sp, #176
	eret

/* All registers go into a frame (struct fatal_frame of crash.c); x0 is what happened. */
fatal_entry:
	save_frame fatal_frame, fatal_stack_end
	bl	arm64_fatal
	b	.

	.section .bss.fatal_stack, "aw", @nobits
	.balign	16
fatal_frame:
	.space	272
	.space	4096
fatal_stack_end:
