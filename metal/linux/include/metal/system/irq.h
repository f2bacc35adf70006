/* SPDX-License-Identifier: BSD-3-Clause */
/* For the library's own parts on Linux. */
#ifndef METAL_SYSTEM_IRQ_H
#define METAL_SYSTEM_IRQ_H

#include <metal/compiler.h>

struct metal_device;

METAL_C_BEGIN

/* Handled interrupts of this descriptor are acknowledged at the device's bus. dev NULL: no more. */
void metal_linux_irq_register_dev(struct metal_device *dev, int irq);

int metal_linux_irq_init(void);
/* Not from a handler. */
void metal_linux_irq_shutdown(void);

METAL_C_END

#endif /* METAL_SYSTEM_IRQ_H */
