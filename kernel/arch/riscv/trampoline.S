/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a client's hart runs first, so that it can be stopped whatever it does later: it has
 * firmware call the handler below when the software event comes, then goes on as firmware would
 * have started it (SBI 3.0, 9.1: a0 hart id, a1 argument, satp 0, interrupts off, all else
 * undefined). Copied to the stop memory, which the module and clients know; position independent.
 *
 * In: a0 hart id, a1 physical address of a slot. A client may start a further hart of its own here,
 * with a slot in its own memory.
 *
 * Firmware preserves all registers but a0 and a1 (SBI 3.0, chapter 3).
 */
#include "trampoline.h"

	.section .rodata
	.option push
	.option norelax
	.option norvc
	.balign	8
	.globl	mcs_trampoline_start
mcs_trampoline_start:
	/* The image, and this, were written by another hart. */
	fence.i
	mv	s0, a0
	mv	s1, a1
	li	s2, SSE_EVENT
	li	a7, SSE_EXTENSION

	/* What an earlier client left: which of them fails does not matter. */
	li	a6, SSE_DISABLE
	mv	a0, s2
	ecall
	li	a6, SSE_UNREGISTER
	mv	a0, s2
	ecall

	li	a6, SSE_REGISTER
	mv	a0, s2
	lla	a1, handler
	li	a2, 0
	ecall
	bnez	a0, report
	li	a6, SSE_ENABLE
	mv	a0, s2
	ecall
	bnez	a0, report
	/* Firmware that has no mask, or none set, answers with an error. */
	li	a6, SSE_UNMASK
	ecall
	li	a0, 1
report:
	sd	a0, SLOT_ARMED(s1)
	fence	rw, rw
	ld	t0, SLOT_ENTRY(s1)
	mv	a0, s0
	ld	a1, SLOT_ARG(s1)
	li	a2, 0
	li	a6, 0
	li	a7, 0
	li	s0, 0
	li	s1, 0
	li	s2, 0
	jr	t0

	/* In supervisor mode with interrupts off (SBI 3.0, 17.6), in the client's address space. */
handler:
	/* As a hart is found that runs no client. */
	li	a7, SSE_EXTENSION
	li	a6, SSE_MASK
	ecall
	li	a7, HSM_EXTENSION
	li	a6, HSM_STOP
	ecall
	/* Firmware refused: at least it is quiet. */
1:	wfi
	j	1b
	.globl	mcs_trampoline_end
mcs_trampoline_end:
	.option pop
	.section .note.GNU-stack, "", @progbits
