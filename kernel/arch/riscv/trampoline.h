/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The stop memory of RISC-V: the code of trampoline.S, then a slot for each CPU. Clients may write
 * to all of it.
 */
#ifndef MCS_RISCV_TRAMPOLINE_H
#define MCS_RISCV_TRAMPOLINE_H

/* Offsets in a slot, 64 bits each. */
#define SLOT_ENTRY	0	/* physical: the image's entry */
#define SLOT_ARG	8	/* arrives there in a1 */
#define SLOT_ARMED	16	/* trampoline: 1, or firmware's error; 0: has not come that far */
#define SLOT_SIZE	32

/* SBI 3.0, chapter 17 (SSE) and 9 (HSM). */
#define SSE_EXTENSION	0x535345
#define SSE_REGISTER	2
#define SSE_UNREGISTER	3
#define SSE_ENABLE	4
#define SSE_DISABLE	5
#define SSE_INJECT	7
#define SSE_UNMASK	8
#define SSE_MASK	9
#define SSE_EVENT	0xffff0000	/* 17.1: injected by software, local to a hart */
#define HSM_EXTENSION	0x48534d
#define HSM_STOP	1

#ifndef __ASSEMBLY__
extern const char mcs_trampoline_start[], mcs_trampoline_end[];
#endif

#endif /* MCS_RISCV_TRAMPOLINE_H */
