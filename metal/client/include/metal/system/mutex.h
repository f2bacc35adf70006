/* SPDX-License-Identifier: BSD-3-Clause */
/* A critical section: the same locks serve threads and interrupt handlers. */
#ifndef METAL_SYSTEM_MUTEX_H
#define METAL_SYSTEM_MUTEX_H

#include <metal/system/port.h>

typedef struct {
	unsigned long state;
} metal_mutex_t;

#define METAL_MUTEX_INIT(m) \
	{                   \
		0           \
	}
#define METAL_MUTEX_DEFINE(mutex) metal_mutex_t mutex = METAL_MUTEX_INIT(mutex)

static inline void __metal_mutex_init(metal_mutex_t *mutex)
{
	mutex->state = 0;
}

static inline void __metal_mutex_deinit(metal_mutex_t *mutex)
{
	mutex->state = 0;
}

static inline void __metal_mutex_acquire(metal_mutex_t *mutex)
{
	unsigned long state = metal_port_critical_enter();

	mutex->state = state;
}

static inline int __metal_mutex_try_acquire(metal_mutex_t *mutex)
{
	__metal_mutex_acquire(mutex);
	return 1;
}

static inline void __metal_mutex_release(metal_mutex_t *mutex)
{
	metal_port_critical_leave(mutex->state);
}

#endif /* METAL_SYSTEM_MUTEX_H */
