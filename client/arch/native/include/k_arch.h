/* SPDX-License-Identifier: BSD-3-Clause */
/* Kernel port to a Linux process: it has one thread, a kernel thread is a stack and a context. */
#ifndef K_ARCH_H
#define K_ARCH_H

#include <ucontext.h>

struct k_arch_thread {
	ucontext_t context;
	void *stack; /* NULL until it is first created; kept for its next life */
	void *fiber; /* what a sanitizer knows of it */
};

#endif /* K_ARCH_H */
