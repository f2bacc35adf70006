/* SPDX-License-Identifier: BSD-3-Clause */
/* void arm64_switch(void **save_sp, void *next_sp): callee-saved registers and the stack. */

	.section .text.arm64_switch, "ax"
	.global arm64_switch
arm64_switch:
	cbz	x0, 1f
	stp	x29, x30, [sp, #-96]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	mov	x9, sp
	str	x9, [x0]
1:	mov	sp, x1
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #96
	ret

/* First return of a new thread: x19 is the thread. */
	.section .text.arm64_thread_entry, "ax"
	.global arm64_thread_entry
arm64_thread_entry:
	mov	x0, x19
	mov	x29, #0
	mov	x30, #0
	b	k_thread_run
