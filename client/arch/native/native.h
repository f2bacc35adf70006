/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the native port. */
#ifndef NATIVE_H
#define NATIVE_H

#include <stdbool.h>
#include <stdint.h>
#include <ucontext.h>

struct mica_crash;

/* Interrupt lines; bits of native_raise(). */
#define NATIVE_IRQ_TIMER    (1u << 0)
#define NATIVE_IRQ_DOORBELL (1u << 1)

/* context.c: set lines pending and interrupt whoever holds the baton. From the interrupt thread. */
void native_raise(uint32_t lines);
void native_context_init(void);
/* In a handler that blocks the interrupts' signal: until one comes, or a tenth of a second. It
 * stays pending; native_interrupt_again() before the handler returns. */
void native_wait_for_interrupt(void);
void native_interrupt_again(void);

/* gdb_arch.c, where an image has it: context of what was interrupted, MICA_GDB_SIG*. False: no
 * debugger wants it. NULL: not linked. */
extern bool (*native_debugger)(ucontext_t *uc, int signal);

/* irq.c: the interrupt controller. wait: until a line is raised, which it returns, or wake() was
 * called or a signal came (0); for the idle core, of which there is one. */
void native_irq_start(void);
uint32_t native_irq_wait(void);
void native_irq_wake(void);
void native_timer_isr(void); /* interrupt context */

/* crash.c: handlers of fatal signals, and a stack for them of the calling pthread's own. */
void native_crash_init(void);
void native_crash_stack(void);
/* regs.c: machine, pc, sp and registers of the record. */
void native_registers(const ucontext_t *uc, struct mica_crash *record);

/* chip.c */
void native_chip_init(void);
void native_doorbell_isr(void); /* interrupt context */

/* One line on the standard error, then exit status 2. */
_Noreturn void native_fatal(const char *what);

#endif /* NATIVE_H */
