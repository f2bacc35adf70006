/* SPDX-License-Identifier: BSD-3-Clause */
/* Spinlock in private, cacheable memory. Never place one in memory shared with another OS. */
#ifndef METAL_SPINLOCK_H
#define METAL_SPINLOCK_H

#include <metal/atomic.h>
#include <metal/compiler.h>
#include <metal/cpu.h>
#include <metal/sleep.h>

METAL_C_BEGIN

struct metal_spinlock {
	atomic_flag v;
};

#define METAL_SPINLOCK_INIT      \
	{                        \
		ATOMIC_FLAG_INIT \
	}

static inline void metal_spinlock_init(struct metal_spinlock *slock)
{
	atomic_flag_clear(&slock->v);
}

static inline void metal_spinlock_acquire(struct metal_spinlock *slock)
{
	while (atomic_flag_test_and_set_explicit(&slock->v, memory_order_acquire))
		metal_yield();
}

static inline void metal_spinlock_release(struct metal_spinlock *slock)
{
	atomic_flag_clear_explicit(&slock->v, memory_order_release);
}

METAL_C_END

#endif /* METAL_SPINLOCK_H */
