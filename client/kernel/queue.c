// SPDX-License-Identifier: BSD-3-Clause
#include <string.h>

#include "kernel.h"

void k_queue_init(struct k_queue *q, void *room, size_t size, uint32_t depth)
{
	k_sem_init(&q->free, depth, depth);
	k_sem_init(&q->used, 0, depth);
	q->room = room;
	q->size = size;
	q->depth = depth;
	q->head = 0;
	q->tail = 0;
}

/* The semaphores count; interrupts off keep two producers (or consumers) from one slot. */
static unsigned char *slot(struct k_queue *q, uint32_t *index)
{
	unsigned char *p = q->room + *index * q->size;

	*index = (*index + 1) % q->depth;
	return p;
}

bool k_queue_put(struct k_queue *q, const void *msg, uint32_t timeout_ms)
{
	k_irqkey key;

	if (!k_sem_take(&q->free, timeout_ms))
		return false;
	key = k_arch_irq_off();
	memcpy(slot(q, &q->head), msg, q->size);
	k_arch_irq_restore(key);
	k_sem_give(&q->used);
	return true;
}

bool k_queue_get(struct k_queue *q, void *msg, uint32_t timeout_ms)
{
	k_irqkey key;

	if (!k_sem_take(&q->used, timeout_ms))
		return false;
	key = k_arch_irq_off();
	memcpy(msg, slot(q, &q->tail), q->size);
	k_arch_irq_restore(key);
	k_sem_give(&q->free);
	return true;
}
