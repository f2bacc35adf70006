/* SPDX-License-Identifier: BSD-3-Clause */
/* void riscv64_switch(void **save_sp, void *next_sp): callee-saved registers and the stack. */

	.macro	registers op
	\op	ra, 0(sp)
	\op	s0, 8(sp)
	\op	s1, 16(sp)
	\op	s2, 24(sp)
	\op	s3, 32(sp)
	\op	s4, 40(sp)
	\op	s5, 48(sp)
	\op	s6, 56(sp)
	\op	s7, 64(sp)
	\op	s8, 72(sp)
	\op	s9, 80(sp)
	\op	s10, 88(sp)
	\op	s11, 96(sp)
	.endm

	.section .text.riscv64_switch, "ax"
	.global riscv64_switch
riscv64_switch:
	beqz	a0, 1f
	addi	sp, sp, -112
	registers sd
	sd	sp, 0(a0)
1:	mv	sp, a1
	registers ld
	addi	sp, sp, 112
	ret

/* First return of a new thread: s1 is the thread. */
	.section .text.riscv64_thread_entry, "ax"
	.global riscv64_thread_entry
riscv64_thread_entry:
	mv	a0, s1
	li	ra, 0
	j	k_thread_run
