/* SPDX-License-Identifier: BSD-3-Clause */
/* Exception vectors of EL1. All threads run at EL1 with SP_EL1. */

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

/*
 * All registers go into a frame (struct fatal_frame of main.c); x0 waits in tpidr_el1, x1 in
 * tpidrro_el0. A stack that overflowed may be the reason: go on with one that is known to be good.
 */
fatal_entry:
	msr	tpidrro_el0, x1
	adrp	x1, fatal_frame
	add	x1, x1, :lo12:fatal_frame
	stp	x2, x3, [x1, #16]
	stp	x4, x5, [x1, #32]
	stp	x6, x7, [x1, #48]
	stp	x8, x9, [x1, #64]
	stp	x10, x11, [x1, #80]
	stp	x12, x13, [x1, #96]
	stp	x14, x15, [x1, #112]
	stp	x16, x17, [x1, #128]
	stp	x18, x19, [x1, #144]
	stp	x20, x21, [x1, #160]
	stp	x22, x23, [x1, #176]
	stp	x24, x25, [x1, #192]
	stp	x26, x27, [x1, #208]
	stp	x28, x29, [x1, #224]
	mov	x2, sp
	stp	x30, x2, [x1, #240]
	mrs	x2, elr_el1
	mrs	x3, spsr_el1
	stp	x2, x3, [x1, #256]
	mrs	x2, tpidr_el1
	mrs	x3, tpidrro_el0
	stp	x2, x3, [x1]
	adrp	x2, fatal_stack_end
	add	x2, x2, :lo12:fatal_stack_end
	mov	sp, x2
	bl	arm64_fatal
	b	.

	.section .bss.fatal_stack, "aw", @nobits
	.balign	16
fatal_frame:
	.space	272
	.space	4096
fatal_stack_end:
