/* SPDX-License-Identifier: BSD-3-Clause */
/* What sanitizers have to be told of stacks that are switched. */
#ifndef SANITIZE_H
#define SANITIZE_H

#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#elif defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define NATIVE_STACK (1u << 20)
#else
#define NATIVE_STACK (256u << 10)
#endif

/* For a new thread; later given to sanitize_leave(). */
static inline void *sanitize_fiber(void)
{
#if defined(__SANITIZE_THREAD__)
	return __tsan_create_fiber(0);
#else
	return NULL;
#endif
}

/* Right before the switch to that stack. saved: for sanitize_arrived(); NULL: never to return. */
static inline void sanitize_leave(void **saved, void *fiber, const void *stack, size_t size)
{
#if defined(__SANITIZE_ADDRESS__)
	__sanitizer_start_switch_fiber(saved, stack, size);
#elif defined(__SANITIZE_THREAD__)
	__tsan_switch_to_fiber(fiber, 0);
#endif
	(void)saved;
	(void)fiber;
	(void)stack;
	(void)size;
}

/* First thing on a stack, or back on it. */
static inline void sanitize_arrived(void *saved)
{
#if defined(__SANITIZE_ADDRESS__)
	__sanitizer_finish_switch_fiber(saved, NULL, NULL);
#endif
	(void)saved;
}

#endif /* SANITIZE_H */
