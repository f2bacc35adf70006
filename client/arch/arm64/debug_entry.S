/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Synchronous exceptions of EL1 come here first. All registers go into one frame (struct
 * mica_gdb_frame of gdb_arch.c). What no debugger takes is a crash, and finds everything as it was.
 */

#include "frame.inc"

	.section .text.debug_entry, "ax"
	.global debug_entry
debug_entry:
	msr	tpidr_el1, x0
	save_frame debug_frame, debug_stack_end
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
