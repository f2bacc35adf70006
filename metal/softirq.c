/* SPDX-License-Identifier: BSD-3-Clause */
#include <metal/atomic.h>
#include <metal/errno.h>
#include <metal/irq_controller.h>
#include <metal/softirq.h>
#include <metal/utilities.h>

#define SOFTIRQS 64

static struct metal_irq irqs[SOFTIRQS];
/* Words: not every machine exchanges bytes. */
static atomic_int pending[SOFTIRQS], enabled[SOFTIRQS];
static int allocated;

static void enable_one(struct metal_irq_controller *cntr, int irq, unsigned int state)
{
	atomic_store(&enabled[irq - cntr->irq_base], state == METAL_IRQ_ENABLE);
}

static METAL_IRQ_CONTROLLER_DECLARE(softirqs, METAL_IRQ_ANY, SOFTIRQS, NULL, enable_one, NULL,
				    irqs);

int metal_softirq_init(void)
{
	return metal_irq_register_controller(&softirqs);
}

int metal_softirq_allocate(int num)
{
	int first = allocated;

	/* Numbers exist from the registration on. */
	if (num <= 0 || num > SOFTIRQS - allocated || softirqs.irq_base == METAL_IRQ_ANY)
		return -EINVAL;
	allocated += num;
	return softirqs.irq_base + first;
}

void metal_softirq_set(int irq)
{
	long i = (long)irq - softirqs.irq_base;

	if (softirqs.irq_base != METAL_IRQ_ANY && i >= 0 && i < allocated)
		atomic_store(&pending[i], 1);
}

void metal_softirq_dispatch(void)
{
	for (int i = 0; i < allocated; i++) {
		if (!atomic_load(&enabled[i]) || !atomic_exchange(&pending[i], 0))
			continue;
		(void)metal_irq_handle(&irqs[i], softirqs.irq_base + i);
	}
}
