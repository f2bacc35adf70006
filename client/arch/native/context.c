// SPDX-License-Identifier: BSD-3-Clause
/*
 * Threads and interrupts of the native port.
 *
 * The process has one pthread, which is the core; kernel threads are contexts on stacks of their
 * own. irq_off stands for the core's mask bit. While a thread runs, a signal makes the core look
 * for interrupts; one that finds irq_off set leaves `pending` behind, and whoever clears irq_off
 * next looks.
 *
 * The idle thread has no context. Whoever has nothing left to run waits for an interrupt in its
 * place, so that a thread which is woken next finds itself running: no switch, one system call.
 * Meanwhile irq_off stays set.
 */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>

#include "kernel.h"
#include "mica_gdb.h"
#include "native.h"
#include "sanitize.h"

#define GUARD	 4096u
#define STACKS	 64u
#define STACK_AT (NATIVE_STACK + GUARD) /* a guard, then the stack */

static volatile sig_atomic_t irq_off = 1;
static volatile sig_atomic_t pending;
static volatile sig_atomic_t stop; /* the next signal is a debugger's that wants the idle thread */
static struct k_thread *running;
static struct k_thread *woken; /* whom the idle thread is to be left for */

bool (*native_debugger)(ucontext_t *uc, int signal);

/* Asks once: what it says yes to has to be done. */
static bool debugger_wants(uint32_t lines)
{
	return native_debugger && lines & NATIVE_IRQ_DOORBELL && mica_gdb_hooks &&
	       mica_gdb_hooks->wanted();
}

static void handle(uint32_t lines)
{
	k_irq_enter();
	if (lines & NATIVE_IRQ_TIMER)
		native_timer_isr();
	if (lines & NATIVE_IRQ_DOORBELL)
		native_doorbell_isr();
	k_irq_exit();
}

/* Interrupts are on. uc: of what was interrupted by a signal, NULL: nothing was. */
static void take_interrupts(ucontext_t *uc)
{
	uint32_t lines;

	do {
		irq_off = 1;
		pending = 0;
		lines = native_irq_look();
		if (uc && debugger_wants(lines))
			native_debugger(uc, MICA_GDB_SIGINT);
		uc = NULL;
		if (lines)
			handle(lines);
		irq_off = 0;
		atomic_signal_fence(memory_order_seq_cst);
	} while (pending);
}

static void on_signal(int signo, siginfo_t *info, void *uc)
{
	int saved = errno;

	(void)signo;
	(void)info;
	if (stop) {
		stop = 0;
		native_debugger(uc, MICA_GDB_SIGINT);
	} else if (native_irq_tick()) {
		if (irq_off)
			pending = 1;
		else
			take_interrupts(uc);
	}
	errno = saved;
}

void native_context_init(void)
{
	struct sigaction sa = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART };

	sigemptyset(&sa.sa_mask);
	if (sigaction(NATIVE_IRQ_SIGNAL, &sa, NULL) != 0)
		native_fatal("cannot install the interrupt handler");
}

k_irqkey k_arch_irq_off(void)
{
	k_irqkey key = (k_irqkey)irq_off;

	irq_off = 1;
	atomic_signal_fence(memory_order_seq_cst);
	return key;
}

void k_arch_irq_restore(k_irqkey key)
{
	atomic_signal_fence(memory_order_seq_cst);
	if (key)
		return;
	irq_off = 0;
	atomic_signal_fence(memory_order_seq_cst);
	if (pending)
		take_interrupts(NULL);
}

/* One reservation, of which a stack takes its part: what lies between two is a guard. */
static void *new_stack(void)
{
	static char *reserved;
	static unsigned int used;
	char *at;

	if (!reserved)
		reserved = mmap(NULL, (size_t)STACKS * STACK_AT, PROT_NONE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (reserved == MAP_FAILED || used == STACKS)
		native_fatal("no stack for a thread");
	at = reserved + (size_t)used++ * STACK_AT + GUARD;
	if (mmap(at, NATIVE_STACK, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_STACK, -1, 0) == MAP_FAILED)
		native_fatal("no stack for a thread");
	return at;
}

static void thread_main(void)
{
	sanitize_arrived(NULL);
	k_thread_run(running);
}

void k_arch_thread_init(struct k_thread *t)
{
	struct k_arch_thread *a = &t->arch;

	if (t == k_thread_idle())
		return;
	if (!a->stack) {
		a->stack = new_stack();
		a->fiber = sanitize_fiber();
	}
	if (getcontext(&a->context) != 0)
		native_fatal("cannot create a thread");
	a->context.uc_stack.ss_sp = a->stack;
	a->context.uc_stack.ss_size = NATIVE_STACK;
	a->context.uc_link = NULL;
	makecontext(&a->context, thread_main, 0);
}

/* The debugger sees the idle thread where it waits: in this frame. */
static void let_debugger_look(uint32_t lines)
{
	if (!debugger_wants(lines))
		return;
	stop = 1;
	raise(NATIVE_IRQ_SIGNAL);
}

/* The idle thread, on the stack of whoever ran last. Returns who is to run. */
static struct k_thread *idle_here(void)
{
	woken = NULL;
	while (!woken) {
		uint32_t lines = native_irq_wait();

		let_debugger_look(lines);
		if (lines)
			handle(lines);
	}
	pending = 0; /* it has looked */
	native_irq_busy();
	return woken;
}

/* Contexts also hold the signal mask: one that was left in the handler goes on in it. */
void k_arch_switch(struct k_thread *from, struct k_thread *to)
{
	void *stack = NULL;

	if (from == k_thread_idle()) {
		woken = to;
		return;
	}
	if (to == k_thread_idle())
		to = idle_here();
	if (from == to)
		return;
	running = to;
	sanitize_leave(from && from->state == K_DEAD ? NULL : &stack, to->arch.fiber,
		       to->arch.stack, NATIVE_STACK);
	if (!from) {
		native_irq_busy();
		setcontext(&to->arch.context);
	} else {
		swapcontext(&from->arch.context, &to->arch.context);
		sanitize_arrived(stack);
	}
}

/* k_arch_switch() never goes to the idle thread. */
void k_arch_idle(void)
{
	native_fatal("the idle thread runs");
}

size_t k_arch_stack_used(const struct k_thread *t)
{
	(void)t;
	return 0; /* it is larger than the one that the caller meant */
}
