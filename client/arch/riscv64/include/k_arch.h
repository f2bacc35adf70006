/* SPDX-License-Identifier: BSD-3-Clause */
/* Kernel port to riscv64 in S-mode. */
#ifndef K_ARCH_H
#define K_ARCH_H

struct k_arch_thread {
	void *sp; /* below it: ra, s0 ... s11 (switch.S) */
};

#endif /* K_ARCH_H */
