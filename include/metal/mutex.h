/* SPDX-License-Identifier: BSD-3-Clause */
/* Mutual exclusion between the users of one object. Not recursive. */
#ifndef METAL_MUTEX_H
#define METAL_MUTEX_H

#include <metal/compiler.h>
#include <metal/system/mutex.h>

METAL_C_BEGIN

static inline void metal_mutex_init(metal_mutex_t *mutex)
{
	__metal_mutex_init(mutex);
}

static inline void metal_mutex_deinit(metal_mutex_t *mutex)
{
	__metal_mutex_deinit(mutex);
}

/* 1 when taken, 0 when somebody else has it. */
static inline int metal_mutex_try_acquire(metal_mutex_t *mutex)
{
	return __metal_mutex_try_acquire(mutex);
}

static inline void metal_mutex_acquire(metal_mutex_t *mutex)
{
	__metal_mutex_acquire(mutex);
}

static inline void metal_mutex_release(metal_mutex_t *mutex)
{
	__metal_mutex_release(mutex);
}

/* Has somebody got it right now? */
static inline int metal_mutex_is_acquired(metal_mutex_t *mutex)
{
	return __metal_mutex_is_acquired(mutex);
}

METAL_C_END

#endif /* METAL_MUTEX_H */
