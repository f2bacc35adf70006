/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Condition variables, under libmetal's names: struct metal_condition, METAL_CONDITION_INIT. All
 * calls with the mutex held; it is the same one as long as the condition lives. Waiters look at
 * their condition again: they may be woken for nothing.
 */
#ifndef METAL_CONDITION_H
#define METAL_CONDITION_H

#include <metal/compiler.h>
#include <metal/config.h>
#include <metal/mutex.h>
#include <metal/utilities.h>
#include <metal/system/condition.h>

METAL_C_BEGIN

/*
 * static inline, by system:
 *   void metal_condition_init(struct metal_condition *cv);
 *   int metal_condition_signal(struct metal_condition *cv);	one waiter; 0 or -EINVAL
 *   int metal_condition_broadcast(struct metal_condition *cv);	all of them
 */

/* Releases m, waits, has m again. 0, or -EINVAL: m is not held, or not the one of the first wait.
 */
METAL_NOT_MINIMAL int metal_condition_wait(struct metal_condition *cv, metal_mutex_t *m);

METAL_C_END

#endif /* METAL_CONDITION_H */
