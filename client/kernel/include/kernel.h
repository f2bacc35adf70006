/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Small preemptive kernel for one core: fixed priorities, no allocation, no tick. Every object is
 * the caller's memory and must stay until nobody uses it any more.
 *
 * Priorities: 0 is the most urgent, K_PRIO_IDLE belongs to the idle thread. Threads of one
 * priority run until they block or yield. Times are milliseconds, K_FOREVER never ends.
 */
#ifndef K_KERNEL_H
#define K_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "k_arch.h"
#include "list.h"

#define K_PRIO_COUNT 32
#define K_PRIO_IDLE  (K_PRIO_COUNT - 1)
#define K_FOREVER    UINT32_MAX

enum k_state { K_DEAD, K_READY, K_BLOCKED };

typedef void (*k_entry)(void *arg);

struct k_thread {
	struct k_arch_thread arch;
	struct k_list link;  /* ready queue or a wait queue */
	struct k_list timed; /* sleepers, by wake_us */
	struct k_list all;
	uint64_t wake_us;
	uint64_t run_us;
	const char *name;
	k_entry entry;
	void *arg;
	void *stack;
	size_t stack_size;
	int error; /* errno of POSIX code in this thread */
	uint8_t prio;
	uint8_t state;
	bool timed_out;
};

/* Bytes of a thread's stack; must be a multiple of 16 and aligned to it. */
#define K_STACK(name, size) _Alignas(16) static unsigned char name[size]

/* First call; interrupts are still off. Returns with the caller's context being nobody's. */
void k_init(void);
/* Start the first thread; never returns. The idle thread is the kernel's own. */
_Noreturn void k_start(void);

/*
 * Thread context or before k_start(). t must be zeroed or dead. stack: see K_STACK; a port may
 * use one of its own instead. The thread is ready at once and preempts a less urgent caller.
 */
void k_thread_create(struct k_thread *t, const char *name, unsigned int prio, k_entry entry,
		     void *arg, void *stack, size_t stack_size);
_Noreturn void k_thread_exit(void);
struct k_thread *k_thread_self(void);
/* Next thread after t in order of creation, NULL at the end; start with NULL. */
struct k_thread *k_thread_next(struct k_thread *t);
/* Most bytes of its stack that t ever used, 0 where the port cannot tell. */
size_t k_thread_stack_used(const struct k_thread *t);

/*
 * From now on no thread runs but the caller and, while that one waits, the idle thread; no timer
 * ticks. Interrupts are handled; threads that they make ready run after k_resume_all(). The caller
 * must not wait with a time.
 */
void k_suspend_others(void);
void k_resume_all(void);

void k_yield(void);
void k_sleep(uint32_t ms);
uint64_t k_time_us(void);

/* Counting semaphore. Give: any context. Take: thread context; false after timeout_ms. */
struct k_sem {
	struct k_list waiters;
	uint32_t count;
	uint32_t max;
};

void k_sem_init(struct k_sem *s, uint32_t count, uint32_t max);
bool k_sem_take(struct k_sem *s, uint32_t timeout_ms);
void k_sem_give(struct k_sem *s);

/* Queue of `depth` messages of `size` bytes each, kept in `room` (depth * size bytes). */
struct k_queue {
	struct k_sem free;
	struct k_sem used;
	unsigned char *room;
	size_t size;
	uint32_t depth;
	uint32_t head, tail;
};

void k_queue_init(struct k_queue *q, void *room, size_t size, uint32_t depth);
/* timeout_ms 0 is allowed in any context. False when full, or empty, for that long. */
bool k_queue_put(struct k_queue *q, const void *msg, uint32_t timeout_ms);
bool k_queue_get(struct k_queue *q, void *msg, uint32_t timeout_ms);

/* ---- for ports ---- */

/* Around an interrupt handler, interrupts off. Leaving the outermost one may switch threads. */
void k_irq_enter(void);
void k_irq_exit(void);
/* The timer that k_arch_timer_set() asked for has fired. Between enter and exit. */
void k_timer_fired(void);
/* First thing on a new thread's stack, interrupts off. */
_Noreturn void k_thread_run(struct k_thread *t);
/* For ports that wait for interrupts elsewhere than in k_arch_idle(). */
struct k_thread *k_thread_idle(void);

/* ---- for the kernel's own files; interrupts off ---- */

/* Block the caller on `queue` (NULL: only on time). False when the time ran out. */
bool k_block(struct k_list *queue, uint32_t timeout_ms);
void k_unblock(struct k_thread *t);
/* Let a more urgent thread run now, or at the end of the interrupt. */
void k_resched(void);

/* ---- what a port provides (k_arch.h defines struct k_arch_thread) ---- */

typedef unsigned long k_irqkey;

k_irqkey k_arch_irq_off(void);
void k_arch_irq_restore(k_irqkey key);
/* Prepare t so that the first switch to it calls k_thread_run(t). */
void k_arch_thread_init(struct k_thread *t);
/* Interrupts off. from is NULL for the first switch; a dead `from` is never switched to again. */
void k_arch_switch(struct k_thread *from, struct k_thread *to);
/* Wait for an interrupt. Called with interrupts on, by the idle thread. */
void k_arch_idle(void);
uint64_t k_arch_time_us(void);
/* One shot at that time, replacing the previous one; UINT64_MAX: none. The past fires at once. */
void k_arch_timer_set(uint64_t when_us);
size_t k_arch_stack_used(const struct k_thread *t);

#endif /* K_KERNEL_H */
