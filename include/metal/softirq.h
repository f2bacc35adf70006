/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts that software raises and software dispatches, under libmetal's names; 64 of them.
 * Handlers: metal_irq_register(), then metal_irq_enable().
 */
#ifndef METAL_SOFTIRQ_H
#define METAL_SOFTIRQ_H

#include <metal/compiler.h>
#include <metal/irq.h>

METAL_C_BEGIN

/* Register the controller; once, after metal_init(). 0 or -errno. */
int metal_softirq_init(void);
/* Run the handlers of what is pending and enabled. Pending ones that are not enabled stay. */
void metal_softirq_dispatch(void);
/* First of num numbers, -EINVAL when there are not so many left. Not locked. */
int metal_softirq_allocate(int num);
/* From any context. Ignored unless allocated. */
void metal_softirq_set(int irq);

METAL_C_END

#endif /* METAL_SOFTIRQ_H */
