/* SPDX-License-Identifier: BSD-3-Clause */
/* Kernel port to a Linux process: a kernel thread is a pthread, the core is a baton. */
#ifndef K_ARCH_H
#define K_ARCH_H

#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdbool.h>

struct k_arch_thread {
	pthread_t pthread;
	sem_t baton;
	sigjmp_buf
		restart; /* where a dead thread's pthread goes when the thread is created again */
	bool created;
};

#endif /* K_ARCH_H */
