/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entry: any general register may hold anything, MMU off, EL1 or EL2, interrupts as they please.
 * Goes on at EL1 with interrupts masked. x20 = 1 when the image came in at EL2.
 */

/* SCTLR_EL1, all RES1 bits of Armv8.0, everything off. */
#define SCTLR_OFF 0x30D00800
/* SPSR: EL1h, DAIF masked. */
#define SPSR_EL1H 0x3C5

	.section .text.start, "ax"
	.global _start
_start:
	mov	x19, #0
	b	1f
	/* A core that this image itself brought up: arm64_secondary is what it needs. */
	.global arm64_secondary_start
arm64_secondary_start:
	mov	x19, #1
1:	msr	daifset, #15
	mov	x20, #0
	mrs	x1, CurrentEL
	cmp	x1, #(2 << 2)
	b.ne	at_el1
	mov	x20, #1

	/* EL2: give everything to EL1 and go there. */
	mov	x1, #(1 << 31)			/* HCR_EL2.RW: EL1 is AArch64 */
	msr	hcr_el2, x1
	isb
	mrs	x1, cnthctl_el2
	orr	x1, x1, #3			/* counter and physical timer */
	msr	cnthctl_el2, x1
	msr	cntvoff_el2, xzr
	mov	x1, #0x33FF			/* CPTR_EL2: RES1, no traps */
	msr	cptr_el2, x1
	msr	hstr_el2, xzr
	mrs	x1, midr_el1
	msr	vpidr_el2, x1
	mrs	x1, mpidr_el1
	msr	vmpidr_el2, x1
	mrs	x1, id_aa64pfr0_el1
	ubfx	x1, x1, #24, #4			/* GIC system registers? */
	cbz	x1, 1f
	mrs	x1, S3_4_C12_C9_5		/* ICC_SRE_EL2: SRE, Enable */
	mov	x2, #9
	orr	x1, x1, x2
	msr	S3_4_C12_C9_5, x1
	isb
1:	ldr	x1, =SCTLR_OFF
	msr	sctlr_el1, x1
	mov	x1, #SPSR_EL1H
	msr	spsr_el2, x1
	adr	x1, at_el1
	msr	elr_el2, x1
	eret

at_el1:
	ldr	x1, =SCTLR_OFF
	msr	sctlr_el1, x1
	msr	cpacr_el1, xzr			/* no floating point in this image: trap it */
	isb
	ic	iallu
	tlbi	vmalle1
	dsb	nsh
	isb
	adr	x1, vectors
	msr	vbar_el1, x1
	isb
	msr	spsel, #1
	cbnz	x19, secondary
	adrp	x1, boot_stack_end
	add	x1, x1, :lo12:boot_stack_end
	mov	sp, x1

	/* A loader of raw binaries does not know of .bss. */
	adrp	x1, image_bss
	add	x1, x1, :lo12:image_bss
	adrp	x2, image_bss_end
	add	x2, x2, :lo12:image_bss_end
2:	cmp	x1, x2
	b.hs	3f
	stp	xzr, xzr, [x1], #16
	b	2b
3:	mov	x0, x20
	bl	arm64_main
	b	.

/* The map of the first core, then at once its caches: nothing is written before that. */
secondary:
	adrp	x1, arm64_secondary
	add	x1, x1, :lo12:arm64_secondary
	ldp	x2, x3, [x1, #0]
	ldp	x4, x5, [x1, #16]
	ldp	x6, x7, [x1, #32]
	msr	mair_el1, x2
	msr	tcr_el1, x3
	msr	ttbr0_el1, x4
	isb
	tlbi	vmalle1
	dsb	nsh
	isb
	msr	sctlr_el1, x5
	isb
	mov	sp, x6
	blr	x7
	b	.

	.section .bss.boot_stack, "aw", @nobits
	.balign	16
	.space	4096
boot_stack_end:
