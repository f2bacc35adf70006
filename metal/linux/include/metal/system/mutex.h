/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef METAL_SYSTEM_MUTEX_H
#define METAL_SYSTEM_MUTEX_H

/* Programs that were written for libmetal find these through it. */
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <metal/atomic.h>

typedef struct {
	pthread_mutex_t m;
} metal_mutex_t;

#define METAL_MUTEX_INIT(m)               \
	{                                 \
		PTHREAD_MUTEX_INITIALIZER \
	}
#define METAL_MUTEX_DEFINE(mutex) metal_mutex_t mutex = METAL_MUTEX_INIT(mutex)

static inline void __metal_mutex_init(metal_mutex_t *mutex)
{
	pthread_mutex_init(&mutex->m, NULL);
}

static inline void __metal_mutex_deinit(metal_mutex_t *mutex)
{
	pthread_mutex_destroy(&mutex->m);
}

static inline int __metal_mutex_try_acquire(metal_mutex_t *mutex)
{
	return pthread_mutex_trylock(&mutex->m) == 0;
}

static inline void __metal_mutex_acquire(metal_mutex_t *mutex)
{
	pthread_mutex_lock(&mutex->m);
}

static inline void __metal_mutex_release(metal_mutex_t *mutex)
{
	pthread_mutex_unlock(&mutex->m);
}

static inline int __metal_mutex_is_acquired(metal_mutex_t *mutex)
{
	if (pthread_mutex_trylock(&mutex->m) != 0)
		return 1;
	pthread_mutex_unlock(&mutex->m);
	return 0;
}

#endif /* METAL_SYSTEM_MUTEX_H */
