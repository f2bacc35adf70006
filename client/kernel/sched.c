// SPDX-License-Identifier: BSD-3-Clause
/*
 * Ready queues, sleepers, switching. All of it runs with interrupts off, which on one core is
 * the lock of every list here.
 */
#include "kernel.h"

static struct {
	uint32_t bitmap; /* bit p: ready[p] is not empty */
	struct k_list ready[K_PRIO_COUNT];
	struct k_list sleepers; /* earliest first */
	struct k_list threads;
	struct k_thread *current;
	struct k_thread *only; /* the others are suspended; NULL: nobody is */
	uint64_t since_us;     /* when current was switched in */
	unsigned int irq_depth;
	bool started;
} k;

#define IDLE_STACK 2048
K_STACK(idle_stack, IDLE_STACK);
static struct k_thread idle_thread;

static void idle(void *arg)
{
	(void)arg;
	for (;;)
		k_arch_idle();
}

void k_init(void)
{
	k_list_init(&k.sleepers);
	k_list_init(&k.threads);
	for (unsigned int p = 0; p < K_PRIO_COUNT; p++)
		k_list_init(&k.ready[p]);
	k.bitmap = 0;
	k.current = NULL;
	k.only = NULL;
	k.irq_depth = 0;
	k.started = false;
	k_thread_create(&idle_thread, "idle", K_PRIO_IDLE, idle, NULL, idle_stack, IDLE_STACK);
}

static void make_ready(struct k_thread *t)
{
	t->state = K_READY;
	k_list_insert(&k.ready[t->prio], &t->link);
	k.bitmap |= 1u << t->prio;
}

static void take_from_ready(struct k_thread *t)
{
	k_list_remove(&t->link);
	if (k_list_empty(&k.ready[t->prio]))
		k.bitmap &= ~(1u << t->prio);
}

/* The idle thread is always ready, so the bitmap is never 0. */
static struct k_thread *most_urgent(void)
{
	unsigned int prio = (unsigned int)__builtin_ctz(k.bitmap);

	if (k.only)
		return k.only->state == K_READY ? k.only : &idle_thread;
	return k_list_entry(k.ready[prio].next, struct k_thread, link);
}

static void switch_to_most_urgent(void)
{
	struct k_thread *from = k.current, *to = most_urgent();
	uint64_t now;

	if (from == to)
		return;
	now = k_arch_time_us();
	if (from)
		from->run_us += now - k.since_us;
	k.since_us = now;
	k.current = to;
	k_arch_switch(from, to);
}

void k_resched(void)
{
	if (k.started && k.irq_depth == 0)
		switch_to_most_urgent();
}

void k_irq_enter(void)
{
	k.irq_depth++;
}

void k_irq_exit(void)
{
	if (--k.irq_depth == 0)
		k_resched();
}

static void arm_timer(void)
{
	uint64_t when = UINT64_MAX;

	if (!k_list_empty(&k.sleepers) && !k.only)
		when = k_list_entry(k.sleepers.next, struct k_thread, timed)->wake_us;
	k_arch_timer_set(when);
}

static void sleep_until(struct k_thread *t, uint64_t wake_us)
{
	struct k_list *at = k.sleepers.next;

	t->wake_us = wake_us;
	while (at != &k.sleepers && k_list_entry(at, struct k_thread, timed)->wake_us <= wake_us)
		at = at->next;
	k_list_insert(at, &t->timed);
	if (k.sleepers.next == &t->timed)
		arm_timer();
}

void k_timer_fired(void)
{
	uint64_t now = k_arch_time_us();

	while (!k_list_empty(&k.sleepers) && !k.only) {
		struct k_thread *t = k_list_entry(k.sleepers.next, struct k_thread, timed);

		if (t->wake_us > now)
			break;
		t->timed_out = true;
		k_unblock(t);
	}
	arm_timer();
}

static void queue_by_priority(struct k_list *queue, struct k_thread *t)
{
	struct k_list *at = queue->next;

	while (at != queue && k_list_entry(at, struct k_thread, link)->prio <= t->prio)
		at = at->next;
	k_list_insert(at, &t->link);
}

bool k_block(struct k_list *queue, uint32_t timeout_ms)
{
	struct k_thread *t = k.current;

	take_from_ready(t);
	t->state = K_BLOCKED;
	t->timed_out = false;
	if (queue)
		queue_by_priority(queue, t);
	if (timeout_ms != K_FOREVER)
		sleep_until(t, k_arch_time_us() + (uint64_t)timeout_ms * 1000u);
	switch_to_most_urgent();
	return !t->timed_out;
}

void k_unblock(struct k_thread *t)
{
	k_list_remove(&t->link);
	k_list_remove(&t->timed);
	make_ready(t);
}

void k_thread_create(struct k_thread *t, const char *name, unsigned int prio, k_entry entry,
		     void *arg, void *stack, size_t stack_size)
{
	k_irqkey key = k_arch_irq_off();

	t->name = name;
	t->prio = (uint8_t)(prio < K_PRIO_COUNT ? prio : K_PRIO_IDLE);
	t->entry = entry;
	t->arg = arg;
	t->stack = stack;
	t->stack_size = stack_size;
	t->run_us = 0;
	t->error = 0;
	k_list_init(&t->timed);
	k_arch_thread_init(t);
	k_list_insert(&k.threads, &t->all);
	make_ready(t);
	k_resched();
	k_arch_irq_restore(key);
}

void k_thread_run(struct k_thread *t)
{
	k_arch_irq_restore(0);
	t->entry(t->arg);
	k_thread_exit();
}

void k_thread_exit(void)
{
	struct k_thread *t = k.current;

	k_arch_irq_off();
	take_from_ready(t);
	k_list_remove(&t->all);
	t->state = K_DEAD;
	for (;;) /* never switched to again */
		switch_to_most_urgent();
}

void k_start(void)
{
	k.started = true;
	for (;;)
		switch_to_most_urgent();
}

struct k_thread *k_thread_idle(void)
{
	return &idle_thread;
}

struct k_thread *k_thread_self(void)
{
	return k.current;
}

struct k_thread *k_thread_next(struct k_thread *t)
{
	struct k_list *n = t ? t->all.next : k.threads.next;

	return n == &k.threads ? NULL : k_list_entry(n, struct k_thread, all);
}

size_t k_thread_stack_used(const struct k_thread *t)
{
	return k_arch_stack_used(t);
}

void k_suspend_others(void)
{
	k_irqkey key = k_arch_irq_off();

	k.only = k.current;
	arm_timer();
	k_arch_irq_restore(key);
}

void k_resume_all(void)
{
	k_irqkey key = k_arch_irq_off();

	k.only = NULL;
	arm_timer();
	k_resched();
	k_arch_irq_restore(key);
}

void k_yield(void)
{
	k_irqkey key = k_arch_irq_off();

	take_from_ready(k.current);
	make_ready(k.current);
	k_resched();
	k_arch_irq_restore(key);
}

void k_sleep(uint32_t ms)
{
	k_irqkey key = k_arch_irq_off();

	k_block(NULL, ms);
	k_arch_irq_restore(key);
}

uint64_t k_time_us(void)
{
	return k_arch_time_us();
}
