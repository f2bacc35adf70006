/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The smallest client: position independent, no stack, MMU off, EL1 or EL2, one core or two. It
 * initialises its own redistributor (GICv3) or CPU interface (GICv2) and nothing else, counts
 * doorbells and obeys the command word that stands in shared memory when one arrives.
 *
 * Made into a flat binary without linking: no symbol may be global. x0: the page (client.h).
 * Addresses of the GIC are those of QEMU's virt machine.
 */
#include "client.h"

#define GICD		0x08000000
#define GICC		0x08010000
#define GICR		0x080a0000
#define SGIS_7_TO_15	0xff80

#define ICC_SRE_EL1	s3_0_c12_c12_5
#define ICC_SRE_EL2	s3_4_c12_c9_5
#define ICC_PMR_EL1	s3_0_c4_c6_0
#define ICC_IGRPEN1_EL1	s3_0_c12_c12_7
#define ICC_IAR1_EL1	s3_0_c12_c12_0
#define ICC_EOIR1_EL1	s3_0_c12_c12_1
#define ICC_SGI1R_EL1	s3_0_c12_c11_5

	.text
entry:
	msr	daifset, #0xf
	mov	x19, x0			/* page */
	adr	x29, entry		/* our own entry, for a second core */
	ldr	w20, [x19, #PAGE_HEARS]
	ldr	w21, [x19, #PAGE_DOORBELL]
	mrs	x22, mpidr_el1
	ubfx	x23, x22, #0, #24	/* Aff2.1.0; QEMU's virt has no Aff3 here */
	str	w23, [x19, #PAGE_HWID]
	cbz	w20, ready		/* a second core that is not signalled but looks */
	cmp	w20, #2
	b.eq	init_v2

init_v3:
	mov	x1, #GICR & 0xffff0000
	movk	x1, #GICR & 0xffff
1:	ldr	x2, [x1, #8]		/* GICR_TYPER: affinity above, Last in bit 4 */
	lsr	x3, x2, #32
	cmp	x3, x23
	b.eq	2f
	add	x1, x1, #0x20000
	tbz	x2, #4, 1b
	b	power_off		/* no redistributor of ours: not this board */
2:	ldr	w2, [x1, #0x14]		/* GICR_WAKER */
	bic	w2, w2, #2
	str	w2, [x1, #0x14]
3:	ldr	w2, [x1, #0x14]
	tbnz	w2, #2, 3b
	add	x1, x1, #0x10000	/* SGI frame */
	mov	w2, #-1
	str	w2, [x1, #0x80]		/* GICR_IGROUPR0 */
	mov	w2, #SGIS_7_TO_15
	str	w2, [x1, #0x280]	/* GICR_ICPENDR0: what an earlier run left */
	str	w2, [x1, #0x100]	/* GICR_ISENABLER0 */
	mrs	x2, CurrentEL
	cmp	x2, #8
	b.ne	4f
	mov	x2, #0xf
	msr	ICC_SRE_EL2, x2
	isb
4:	mov	x2, #7
	msr	ICC_SRE_EL1, x2
	isb
	mov	x2, #0xff
	msr	ICC_PMR_EL1, x2
	mov	x2, #1
	msr	ICC_IGRPEN1_EL1, x2
	isb
	b	ready

init_v2:
	mov	x1, #GICD
	mov	w2, #SGIS_7_TO_15
	str	w2, [x1, #0x100]	/* GICD_ISENABLER0, banked */
	mov	x1, #GICC & 0xffff0000
	movk	x1, #GICC & 0xffff
	mov	w2, #0xff
	str	w2, [x1, #4]		/* GICC_PMR */
	mov	w2, #1
	str	w2, [x1]		/* GICC_CTLR */

ready:
	dsb	sy
	mov	w2, #CLIENT_ALIVE & 0xffff
	movk	w2, #CLIENT_ALIVE >> 16, lsl #16
	str	w2, [x19, #PAGE_ALIVE]
	dsb	sy

wait:
	cbnz	w20, 3f
	ldr	w2, [x19, #PAGE_COMMAND]
	cbz	w2, wait
	b	obey
3:	wfi
	cmp	w20, #2
	b.eq	1f
	mrs	x24, ICC_IAR1_EL1
	dsb	sy
	and	w25, w24, #0xffffff
	cmp	w25, #1020
	b.hs	wait
	msr	ICC_EOIR1_EL1, x24
	b	2f
1:	mov	x1, #GICC & 0xffff0000
	movk	x1, #GICC & 0xffff
	ldr	w24, [x1, #0xc]		/* GICC_IAR */
	dsb	sy
	and	w25, w24, #0x3ff
	cmp	w25, #1020
	b.hs	wait
	str	w24, [x1, #0x10]	/* GICC_EOIR: with the source core, as it was read */
2:	isb
	cmp	w25, w21		/* only the number that was agreed */
	b.ne	wait
	ldr	w2, [x19, #PAGE_RECEIVED]
	add	w2, w2, #1
	str	w2, [x19, #PAGE_RECEIVED]
	dsb	sy
	ldr	w2, [x19, #PAGE_POSTED]
	str	w2, [x19, #PAGE_SEEN]
obey:
	ldr	w26, [x19, #PAGE_COMMAND]
	cbz	w26, done		/* the host may be about to write one */
	ldr	w27, [x19, #PAGE_ARGUMENT]
	str	wzr, [x19, #PAGE_COMMAND]
	dsb	sy
	cmp	w26, #COMMAND_RING
	b.eq	ring
	cmp	w26, #COMMAND_OFF
	b.eq	power_off
	cmp	w26, #COMMAND_RING_OFF
	b.eq	ring
	cmp	w26, #COMMAND_SECOND
	b.eq	second
	cmp	w26, #COMMAND_HANG
	b.eq	hang
	b	done

ring:
	cbz	w27, rung
	sub	w27, w27, #1
	ldr	w2, [x19, #PAGE_RANG]
	add	w2, w2, #1
	str	w2, [x19, #PAGE_RANG]
	ldr	w3, [x19, #PAGE_RING]
	cmp	w3, #RING_SGI
	b.ne	ring
	cmp	w20, #2
	b.eq	1f
	lsl	x2, x21, #24		/* INTID; Aff3.2.1 all 0 */
	orr	x2, x2, #1		/* target list: core 0 */
	dsb	sy
	msr	ICC_SGI1R_EL1, x2
	isb
	b	ring
1:	mov	x1, #GICD
	mov	w2, #0x10000		/* CPU interface 0 */
	orr	w2, w2, w21
	dsb	sy
	str	w2, [x1, #0xf00]	/* GICD_SGIR */
	b	ring
rung:
	cmp	w26, #COMMAND_RING_OFF
	b.eq	power_off

done:
	ldr	w2, [x19, #PAGE_DONE]
	add	w2, w2, #1
	str	w2, [x19, #PAGE_DONE]
	dsb	sy
	b	wait

hang:
	mov	w2, #HUNG
	str	w2, [x19, #PAGE_RESULT]
	dsb	sy
1:	b	1b

/* Start the core whose MPIDR is the argument, at our own entry, with the next page. */
second:
	movz	x0, #0x0003
	movk	x0, #0xc400, lsl #16	/* PSCI CPU_ON */
	mov	w1, w27
	mov	x2, x29
	add	x3, x19, #PAGE_SIZE_BYTES
	bl	firmware
	str	w0, [x19, #PAGE_RESULT]
	b	done

power_off:
	movz	x0, #0x0002
	movk	x0, #0x8400, lsl #16	/* PSCI CPU_OFF */
	bl	firmware
	b	wait			/* firmware refused: go on, so that a test sees it */

firmware:
	ldr	w4, [x19, #PAGE_CONDUIT]
	cmp	w4, #2
	b.eq	1f
	hvc	#0
	ret
1:	smc	#0
	ret
