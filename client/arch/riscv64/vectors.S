/* SPDX-License-Identifier: BSD-3-Clause */
/* Traps of S-mode, by the vectored form of stvec: exceptions at 0, interrupt n at 4 * n. */
#include "trap.h"

	.section .text.vectors, "ax"
	.balign	256
	.global vectors
	.option	push
	.option	norvc
vectors:
	j	exception_entry
	.rept	15
	j	irq_entry
	.endr
	.option	pop

/*
 * The interrupted thread's caller-saved registers go to its own stack; the others are saved by
 * whatever C function uses them, or by the switch.
 */
	.macro	caller_saved op
	\op	ra, 0(sp)
	\op	t0, 8(sp)
	\op	t1, 16(sp)
	\op	t2, 24(sp)
	\op	a0, 32(sp)
	\op	a1, 40(sp)
	\op	a2, 48(sp)
	\op	a3, 56(sp)
	\op	a4, 64(sp)
	\op	a5, 72(sp)
	\op	a6, 80(sp)
	\op	a7, 88(sp)
	\op	t3, 96(sp)
	\op	t4, 104(sp)
	\op	t5, 112(sp)
	\op	t6, 120(sp)
	.endm

irq_entry:
	addi	sp, sp, -IRQ_FRAME
	caller_saved sd
	csrr	t0, sepc
	csrr	t1, sstatus
	sd	t0, 128(sp)
	sd	t1, 136(sp)
	csrr	a0, scause
	call	riscv64_irq
	ld	t0, 128(sp)
	ld	t1, 136(sp)
	csrw	sepc, t0
	csrw	sstatus, t1
	bnez	a0, 1f
	caller_saved ld
	addi	sp, sp, IRQ_FRAME
	sret

/* A debugger wants what was interrupted: as if that instruction had trapped, for this reason. */
1:	li	t0, -1 << 63 | IRQ_SOFTWARE
	csrw	scause, t0
	caller_saved ld
	addi	sp, sp, IRQ_FRAME
	j	exception_entry

/*
 * All registers go into the frame that sscratch points to; behind it is a stack: the one in use may
 * be what went wrong. Who handles the exception returns when the interrupted code is to go on with
 * the frame as it is then.
 */
	.macro	registers op
	\op	x1, FRAME_X(1)(sp)
	\op	x3, FRAME_X(3)(sp)
	\op	x4, FRAME_X(4)(sp)
	\op	x5, FRAME_X(5)(sp)
	\op	x6, FRAME_X(6)(sp)
	\op	x7, FRAME_X(7)(sp)
	\op	x8, FRAME_X(8)(sp)
	\op	x9, FRAME_X(9)(sp)
	\op	x10, FRAME_X(10)(sp)
	\op	x11, FRAME_X(11)(sp)
	\op	x12, FRAME_X(12)(sp)
	\op	x13, FRAME_X(13)(sp)
	\op	x14, FRAME_X(14)(sp)
	\op	x15, FRAME_X(15)(sp)
	\op	x16, FRAME_X(16)(sp)
	\op	x17, FRAME_X(17)(sp)
	\op	x18, FRAME_X(18)(sp)
	\op	x19, FRAME_X(19)(sp)
	\op	x20, FRAME_X(20)(sp)
	\op	x21, FRAME_X(21)(sp)
	\op	x22, FRAME_X(22)(sp)
	\op	x23, FRAME_X(23)(sp)
	\op	x24, FRAME_X(24)(sp)
	\op	x25, FRAME_X(25)(sp)
	\op	x26, FRAME_X(26)(sp)
	\op	x27, FRAME_X(27)(sp)
	\op	x28, FRAME_X(28)(sp)
	\op	x29, FRAME_X(29)(sp)
	\op	x30, FRAME_X(30)(sp)
	\op	x31, FRAME_X(31)(sp)
	.endm

exception_entry:
	csrrw	sp, sscratch, sp
	registers sd
	csrrw	t0, sscratch, sp
	csrr	t1, sepc
	csrr	t2, sstatus
	sd	t0, FRAME_X(2)(sp)
	sd	t1, FRAME_PC(sp)
	sd	t2, FRAME_SSTATUS(sp)
	sd	zero, FRAME_ZERO(sp)
	mv	a0, sp
	li	t0, TRAP_SIZE
	add	sp, sp, t0
	call	riscv64_exception
	csrr	sp, sscratch
	ld	t1, FRAME_PC(sp)
	ld	t2, FRAME_SSTATUS(sp)
	csrw	sepc, t1
	csrw	sstatus, t2
	registers ld
	ld	sp, FRAME_X(2)(sp)
	sret

	.section .bss.traps, "aw", @nobits
	.balign	16
	.global riscv64_trap_first
riscv64_trap_first:
	.space	TRAP_SIZE
	.global riscv64_trap_second
riscv64_trap_second:
	.space	TRAP_SIZE
