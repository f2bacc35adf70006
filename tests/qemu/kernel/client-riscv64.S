/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The smallest client: position independent, no stack, supervisor mode, one hart or two. It counts
 * software interrupts and obeys the command word that stands in shared memory when one arrives.
 *
 * Made into a flat binary without linking: no symbol may be global, nothing relocated. a0: hart id,
 * a1: the page (client.h).
 */
#include "client.h"

#define SIP_SOFTWARE	2	/* the bit of sip and sie */
#define HSM		0x48534d
#define HSM_START	0
#define HSM_STOP	1
#define SATP_SV39	8	/* in the upper four bits */
#define LEAF		0xcf	/* valid, read, write, execute, accessed, dirty */
#define TABLE		0x10000	/* behind the entry: one page for the root table */

	.option	norelax
	.option	norvc
	.text
entry:
	csrci	sstatus, 2
	csrw	sie, zero
	mv	s0, a1			/* page */
	auipc	s1, 0
	addi	s1, s1, -12		/* our own entry, for a second hart */
	lw	s2, PAGE_HEARS(s0)
	sw	a0, PAGE_HWID(s0)
	beqz	s2, ready
	csrci	sip, SIP_SOFTWARE	/* what an earlier run left */
	csrsi	sie, SIP_SOFTWARE	/* wakes from wfi, is not taken */
ready:
	li	t0, CLIENT_ALIVE
	fence
	sw	t0, PAGE_ALIVE(s0)
	fence

wait:
	bnez	s2, 1f
	lw	t0, PAGE_COMMAND(s0)
	beqz	t0, wait
	j	obey
1:	wfi
	csrr	t0, sip
	andi	t0, t0, SIP_SOFTWARE
	beqz	t0, wait
	csrci	sip, SIP_SOFTWARE
	fence
	lw	t0, PAGE_RECEIVED(s0)
	addi	t0, t0, 1
	sw	t0, PAGE_RECEIVED(s0)
	lw	t0, PAGE_POSTED(s0)
	sw	t0, PAGE_SEEN(s0)
obey:
	lw	s3, PAGE_COMMAND(s0)
	beqz	s3, done		/* the host may be about to write one */
	fence
	lwu	s4, PAGE_ARGUMENT(s0)
	sw	zero, PAGE_COMMAND(s0)
	fence
	li	t0, COMMAND_RING
	beq	s3, t0, ring
	li	t0, COMMAND_OFF
	beq	s3, t0, power_off
	li	t0, COMMAND_RING_OFF
	beq	s3, t0, ring
	li	t0, COMMAND_SECOND
	beq	s3, t0, second
	li	t0, COMMAND_HANG
	beq	s3, t0, hang
	j	done

ring:
	beqz	s4, rung
	addi	s4, s4, -1
	lw	t0, PAGE_RANG(s0)
	addi	t0, t0, 1
	sw	t0, PAGE_RANG(s0)
	lw	t1, PAGE_RING(s0)
	li	t2, RING_STORE
	bne	t1, t2, ring
	ld	t1, PAGE_ADDRESS(s0)
	lw	t2, PAGE_VALUE(s0)
	fence	rw, o
	sw	t2, 0(t1)
	j	ring
rung:
	li	t0, COMMAND_RING_OFF
	beq	s3, t0, power_off

done:
	lw	t0, PAGE_DONE(s0)
	addi	t0, t0, 1
	fence
	sw	t0, PAGE_DONE(s0)
	j	wait

/* Start the hart of the argument with the next page: at our own entry, or through another. */
second:
	li	t0, PAGE_SIZE_BYTES
	add	a2, s0, t0
	mv	a1, s1
	ld	t0, PAGE_THROUGH(s0)
	beqz	t0, 1f
	sd	a1, PAGE_SLOT(s0)
	sd	a2, PAGE_SLOT + 8(s0)
	addi	a2, s0, PAGE_SLOT
	mv	a1, t0
	fence
1:	mv	a0, s4
	li	a6, HSM_START
	li	a7, HSM
	ecall
	sw	a0, PAGE_RESULT(s0)
	j	done

/* Nothing but firmware gets it out of there. Translated: a gigabyte a leaf, all as it is. */
hang:
	csrw	sie, zero
	csrci	sstatus, 2
	beqz	s4, 2f
	li	t0, TABLE
	add	t0, s1, t0
	srli	t1, t0, 12
	li	t2, SATP_SV39
	slli	t2, t2, 60
	or	t1, t1, t2
	li	t3, 0
	li	t4, LEAF
	li	t5, 4
1:	sd	t4, 0(t0)
	addi	t0, t0, 8
	addi	t3, t3, 1
	li	t6, 1 << 28		/* next gigabyte, shifted by 2 as addresses are there */
	add	t4, t4, t6
	blt	t3, t5, 1b
	sfence.vma
	csrw	satp, t1
	sfence.vma
2:	li	t0, HUNG
	sw	t0, PAGE_RESULT(s0)
	fence
3:	j	3b

power_off:
	li	a6, HSM_STOP
	li	a7, HSM
	ecall
	j	wait			/* firmware refused: go on, so that a test sees it */
