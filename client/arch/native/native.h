/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the native port. */
#ifndef NATIVE_H
#define NATIVE_H

#include <stdint.h>

/* Interrupt lines; bits of native_raise(). */
#define NATIVE_IRQ_TIMER    (1u << 0)
#define NATIVE_IRQ_DOORBELL (1u << 1)

/* context.c: set lines pending and interrupt whoever holds the baton. From the interrupt thread. */
void native_raise(uint32_t lines);
void native_context_init(void);

/* irq.c: the thread that stands for the interrupt controller. */
void native_irq_start(void);

/* chip.c */
void native_chip_init(void);
void native_doorbell_isr(void); /* interrupt context */

/* One line on the standard error, then exit status 2. */
_Noreturn void native_fatal(const char *what);

#endif /* NATIVE_H */
