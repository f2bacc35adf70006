// SPDX-License-Identifier: BSD-3-Clause
#include "kernel.h"

void k_sem_init(struct k_sem *s, uint32_t count, uint32_t max)
{
	k_list_init(&s->waiters);
	s->count = count;
	s->max = max;
}

bool k_sem_take(struct k_sem *s, uint32_t timeout_ms)
{
	k_irqkey key = k_arch_irq_off();
	bool got = s->count > 0;

	if (got)
		s->count--;
	else if (timeout_ms)
		got = k_block(&s->waiters, timeout_ms);
	k_arch_irq_restore(key);
	return got;
}

/* With a waiter the unit passes straight to it, so that nobody can overtake. */
void k_sem_give(struct k_sem *s)
{
	k_irqkey key = k_arch_irq_off();

	if (!k_list_empty(&s->waiters)) {
		k_unblock(k_list_entry(s->waiters.next, struct k_thread, link));
		k_resched();
	} else if (s->count < s->max) {
		s->count++;
	}
	k_arch_irq_restore(key);
}
