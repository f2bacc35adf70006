/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Synchronous exceptions of EL1 come here first. All registers go into one frame (struct
 * mica_gdb_frame of gdb_arch.c), x0 by way of tpidr_el1 and x1 by way of tpidrro_el0, on a stack of
 * their own: the one in use may be what went wrong. What no debugger takes is a crash, and finds
 * everything as it was.
 */

	.macro	registers op
	\op	x2, x3, [x1, #16]
	\op	x4, x5, [x1, #32]
	\op	x6, x7, [x1, #48]
	\op	x8, x9, [x1, #64]
	\op	x10, x11, [x1, #80]
	\op	x12, x13, [x1, #96]
	\op	x14, x15, [x1, #112]
	\op	x16, x17, [x1, #128]
	\op	x18, x19, [x1, #144]
	\op	x20, x21, [x1, #160]
	\op	x22, x23, [x1, #176]
	\op	x24, x25, [x1, #192]
	\op	x26, x27, [x1, #208]
	\op	x28, x29, [x1, #224]
	.endm

	.section .text.debug_entry, "ax"
	.global debug_entry
debug_entry:
	msr	tpidr_el1, x0
	msr	tpidrro_el0, x1
	adrp	x1, debug_frame
	add	x1, x1, :lo12:debug_frame
	registers stp
	mov	x2, sp
	stp	x30, x2, [x1, #240]
	mrs	x2, elr_el1
	mrs	x3, spsr_el1
	stp	x2, x3, [x1, #256]
	mrs	x2, tpidr_el1
	mrs	x3, tpidrro_el0
	stp	x2, x3, [x1]
	adrp	x2, debug_stack_end
	add	x2, x2, :lo12:debug_stack_end
	mov	sp, x2
	mov	x0, x1
	bl	arm64_debug
	msr	tpidr_el1, x0
	adrp	x1, debug_frame
	add	x1, x1, :lo12:debug_frame
	ldp	x2, x3, [x1, #256]
	msr	elr_el1, x2
	msr	spsr_el1, x3
	ldp	x30, x2, [x1, #240]
	mov	sp, x2
	registers ldp
	mrs	x0, tpidr_el1
	cbz	x0, 1f
	ldp	x0, x1, [x1]
	eret
1:	ldp	x0, x1, [x1]
	b	crash_entry

	.section .bss.debug_frame, "aw", @nobits
	.balign	16
debug_frame:
	.space	272
	.space	4096
debug_stack_end:
