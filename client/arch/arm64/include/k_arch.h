/* SPDX-License-Identifier: BSD-3-Clause */
/* Kernel port to arm64 at EL1. */
#ifndef K_ARCH_H
#define K_ARCH_H

struct k_arch_thread {
	void *sp; /* below it: x19 ... x30 (switch.S) */
};

#endif /* K_ARCH_H */
