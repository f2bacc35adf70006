/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the native port. */
#ifndef NATIVE_H
#define NATIVE_H

#include <stdbool.h>
#include <stdint.h>
#include <ucontext.h>

struct mica_crash;

/* Interrupt lines. */
#define NATIVE_IRQ_TIMER    (1u << 0)
#define NATIVE_IRQ_DOORBELL (1u << 1)

/* Makes a core that is not idle look for interrupts. */
#define NATIVE_IRQ_SIGNAL SIGALRM

/* context.c */
void native_context_init(void);

/* irq.c: lines that were raised since the last look, now, or until there is one: that is for the
 * idle core, which a signal leaves as it is, and returns 0 for other signals. Interrupts are off.
 */
uint32_t native_irq_look(void);
uint32_t native_irq_wait(void);
void native_irq_start(void);
/* From now on something runs: it is interrupted after a while. */
void native_irq_busy(void);
/* In the signal's handler. False: the core is idle and looks by itself. */
bool native_irq_tick(void);
void native_timer_isr(void); /* interrupt context */
/* In a handler that blocks the signal: until a doorbell, or a tenth of a second. It stays raised;
 * native_interrupt_again() before the handler returns. */
void native_wait_for_interrupt(void);
void native_interrupt_again(void);

/* gdb_arch.c, where an image has it: context of what was interrupted, MICA_GDB_SIG*. False: no
 * debugger wants it. NULL: not linked. */
extern bool (*native_debugger)(ucontext_t *uc, int signal);

/* crash.c: handlers of fatal signals, and a stack for them. */
void native_crash_init(void);
/* regs.c: machine, pc, sp and registers of the record. */
void native_registers(const ucontext_t *uc, struct mica_crash *record);

/* chip.c */
void native_chip_init(void);
void native_doorbell_isr(void); /* interrupt context */

/* One line on the standard error, then exit status 2. */
_Noreturn void native_fatal(const char *what);

#endif /* NATIVE_H */
