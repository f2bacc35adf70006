/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Porting layer, OS axis: what the SDK needs from the RTOS. Nothing here knows the chip.
 * A port supplies one header, mica_os_types.h (struct mica_os_thread, struct mica_os_sem, complete
 * types, so that everything is allocated statically), and these functions. docs/porting.md.
 */
#ifndef MICA_OS_H
#define MICA_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mica_os_types.h"

#define MICA_OS_FOREVER UINT32_MAX

/* Counting semaphore. give: any context, interrupts included. take: threads only; false after
 * timeout_ms (0: does not wait). */
void mica_os_sem_init(struct mica_os_sem *sem, uint32_t count);
bool mica_os_sem_take(struct mica_os_sem *sem, uint32_t timeout_ms);
void mica_os_sem_give(struct mica_os_sem *sem);

enum mica_os_prio { MICA_OS_PRIO_SERVICE, MICA_OS_PRIO_APP };

/*
 * Start a thread that never returns from entry, or whose return ends it. SERVICE threads (the
 * session's) are more urgent than APP threads. stack: aligned to 16, of stack_size bytes; a port
 * may use another. 0, or -1 when the OS refuses.
 */
int mica_os_thread_start(struct mica_os_thread *thread, const char *name, enum mica_os_prio prio,
			 void (*entry)(void *arg), void *arg, void *stack, size_t stack_size);

/* Critical section of this core: no preemption, no interrupt. Nests; short. */
unsigned long mica_os_critical_enter(void);
void mica_os_critical_exit(unsigned long key);

/*
 * Feature SUSPEND, called by the session thread. suspend: no other thread runs and no timer ticks
 * until resume, which the same thread calls; meanwhile it waits for a semaphore without a time, and
 * the core sleeps. Interrupts are handled.
 */
void mica_os_suspend(void);
void mica_os_resume(void);

void mica_os_sleep_ms(uint32_t ms);
/* Monotonic, from any context. */
uint64_t mica_os_time_us(void);

/* Where the calling thread keeps its errno. Only retargeted POSIX code asks: docs/rpc.md. */
int *mica_os_errno(void);

#endif /* MICA_OS_H */
