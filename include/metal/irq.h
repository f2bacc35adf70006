/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts, under libmetal's names. A number belongs to the controller that has it in its range
 * (metal/irq_controller.h). On Linux the number of an interrupt is the file descriptor that becomes
 * readable; handlers run in one thread of the library, never two at a time.
 */
#ifndef METAL_IRQ_H
#define METAL_IRQ_H

#include <metal/compiler.h>
#include <metal/list.h>
#include <metal/system/string.h>

METAL_C_BEGIN

#define METAL_IRQ_NOT_HANDLED 0
#define METAL_IRQ_HANDLED     1

/* Returns one of the two. Handled: the device's bus is told (dev_irq_ack). */
typedef int (*metal_irq_handler)(int irq, void *arg);

/* One handler a number, a second call replaces it, NULL takes it away; it does not run any more
 * when that call returns. 0, or -EINVAL: no controller has this number. */
int metal_irq_register(int irq, metal_irq_handler irq_handler, void *arg);

static inline void metal_irq_unregister(int irq)
{
	(void)metal_irq_register(irq, NULL, NULL);
}

/* Keep interrupt handlers of this core away; nests by giving the flags back in reverse order. */
unsigned int metal_irq_save_disable(void);
void metal_irq_restore_enable(unsigned int flags);

/* Nothing happens for a number that no controller has. */
void metal_irq_enable(unsigned int vector);
void metal_irq_disable(unsigned int vector);

METAL_C_END

#endif /* METAL_IRQ_H */
