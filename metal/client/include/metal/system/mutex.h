/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Threads and interrupt handlers share these locks: whoever has one is in a critical section. A
 * thread may nevertheless sleep with one held; others that want it wait then.
 */
#ifndef METAL_SYSTEM_MUTEX_H
#define METAL_SYSTEM_MUTEX_H

#include <metal/system/port.h>

typedef struct {
	unsigned int state; /* of the critical section */
	unsigned short held;
	unsigned short waiting; /* in acquire, with the holder asleep */
} metal_mutex_t;

#define METAL_MUTEX_INIT(m) \
	{                   \
		0, 0, 0,    \
	}
#define METAL_MUTEX_DEFINE(mutex) metal_mutex_t mutex = METAL_MUTEX_INIT(mutex)

METAL_C_BEGIN

static inline void __metal_mutex_init(metal_mutex_t *mutex)
{
	mutex->state = 0;
	mutex->held = 0;
	mutex->waiting = 0;
}

static inline void __metal_mutex_deinit(metal_mutex_t *mutex)
{
	mutex->state = 0;
}

#ifdef METAL_MINIMAL
/* One thread alone. */
static inline void __metal_mutex_acquire(metal_mutex_t *mutex)
{
	(void)mutex;
}

static inline void __metal_mutex_release(metal_mutex_t *mutex)
{
	(void)mutex;
}

static inline int __metal_mutex_try_acquire(metal_mutex_t *mutex)
{
	(void)mutex;
	return 1;
}
#else

/* In a critical section, whose enter gave state: once nobody has the mutex it is the caller's. */
void __metal_mutex_wait(metal_mutex_t *mutex, unsigned long state);

/* Where these are not inlined the program has each once, in mutex.c. */
inline void __metal_mutex_acquire(metal_mutex_t *mutex)
{
	unsigned long state = metal_port_critical_enter();

	if (mutex->held) {
		__metal_mutex_wait(mutex, state);
		return;
	}
	mutex->held = 1;
	mutex->state = (unsigned int)state;
}

inline void __metal_mutex_release(metal_mutex_t *mutex)
{
	unsigned long state = mutex->state;

	mutex->held = 0;
	if (mutex->waiting)
		metal_port_unpark(mutex, 0);
	metal_port_critical_leave(state);
}

static inline int __metal_mutex_try_acquire(metal_mutex_t *mutex)
{
	unsigned long state = metal_port_critical_enter();

	if (mutex->held) {
		metal_port_critical_leave(state);
		return 0;
	}
	mutex->held = 1;
	mutex->state = (unsigned int)state;
	return 1;
}

#endif /* METAL_MINIMAL */

static inline int __metal_mutex_is_acquired(metal_mutex_t *mutex)
{
	return mutex->held;
}

METAL_C_END

#endif /* METAL_SYSTEM_MUTEX_H */
