/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef METAL_IRQ_H
#define METAL_IRQ_H

/* Keep interrupt handlers of this core away; nests by giving the flags back in reverse order. */
unsigned int metal_irq_save_disable(void);
void metal_irq_restore_enable(unsigned int flags);

#endif /* METAL_IRQ_H */
