// SPDX-License-Identifier: BSD-3-Clause
/*
 * Threads and interrupts of the native port.
 *
 * Exactly one kernel thread runs at a time: the one that holds the baton. Interrupts are a signal
 * to its pthread. irq_off stands for the core's mask bit and belongs to the holder (and the
 * handler on top of it). An interrupt that finds irq_off set, or hits a pthread that has just
 * handed the baton on, stays in `pending`; whoever clears irq_off next looks there. No interrupt
 * is lost: pending is set before holder is read, and holder is set before the next holder looks
 * at pending, all in one total order.
 *
 * The idle thread has no pthread. Whoever has nothing left to run waits for an interrupt in its
 * place, so that a thread which is woken next finds itself running: no hand-over, one system call.
 * Meanwhile holder is NULL and irq_off stays set.
 */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kernel.h"
#include "mica_gdb.h"
#include "native.h"

#define IRQ_SIGNAL SIGUSR1

static volatile sig_atomic_t irq_off = 1;
static _Atomic uint32_t pending;
static _Atomic(struct k_thread *) holder;
static _Thread_local struct k_thread *self;
static struct k_thread *woken;	   /* whom the idle thread is to be left for */
static volatile sig_atomic_t stop; /* the next signal is a debugger's that wants the idle thread */

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

static void take_interrupts(void)
{
	uint32_t lines;

	while ((lines = atomic_exchange(&pending, 0)) != 0) {
		irq_off = 1;
		handle(lines);
		irq_off = 0;
	}
}

static void on_signal(int signo, siginfo_t *info, void *uc)
{
	int saved = errno;

	(void)signo;
	(void)info;
	if (stop) {
		stop = 0;
		native_debugger(uc, MICA_GDB_SIGINT);
	} else if (self && atomic_load(&holder) == self && !irq_off) {
		if (debugger_wants(atomic_load(&pending)))
			native_debugger(uc, MICA_GDB_SIGINT);
		take_interrupts();
	}
	errno = saved;
}

void native_raise(uint32_t lines)
{
	struct k_thread *t;

	atomic_fetch_or(&pending, lines);
	t = atomic_load(&holder);
	if (t)
		pthread_kill(t->arch.pthread, IRQ_SIGNAL);
	else
		native_irq_wake();
}

void native_wait_for_interrupt(void)
{
	const struct timespec limit = { .tv_nsec = 100000000 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, IRQ_SIGNAL);
	sigtimedwait(&set, NULL, &limit);
}

void native_interrupt_again(void)
{
	if (atomic_load(&pending))
		pthread_kill(pthread_self(), IRQ_SIGNAL);
}

/* Threads that are no kernel threads keep the signal blocked and inherit that. */
static void block_signal(int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, IRQ_SIGNAL);
	pthread_sigmask(how, &set, NULL);
}

void native_context_init(void)
{
	struct sigaction sa = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };

	sigemptyset(&sa.sa_mask);
	if (sigaction(IRQ_SIGNAL, &sa, NULL) != 0)
		native_fatal("cannot install the interrupt handler");
	block_signal(SIG_BLOCK);
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
	if (atomic_load(&pending))
		take_interrupts();
}

static void wait_for_baton(struct k_thread *t)
{
	while (sem_wait(&t->arch.baton) != 0 && errno == EINTR)
		;
}

static void *thread_main(void *arg)
{
	struct k_thread *t = arg;

	self = t;
	native_crash_stack();
	block_signal(SIG_UNBLOCK);
	sigsetjmp(t->arch.restart, 0);
	wait_for_baton(t);
	k_thread_run(t);
}

void k_arch_thread_init(struct k_thread *t)
{
	if (t->arch.created || t == k_thread_idle())
		return; /* its pthread waits in thread_main, or is on its way there */
	if (sem_init(&t->arch.baton, 0, 0) != 0 ||
	    pthread_create(&t->arch.pthread, NULL, thread_main, t) != 0)
		native_fatal("cannot create a thread");
	t->arch.created = true;
}

/* The debugger sees the idle thread where it waits: in this frame, which it may be left on. */
static void let_debugger_look(uint32_t lines)
{
	if (!self || !debugger_wants(lines))
		return;
	atomic_store(&holder, self);
	stop = 1;
	pthread_kill(self->arch.pthread, IRQ_SIGNAL);
	atomic_store(&holder, NULL);
}

/* The idle thread, on the stack of whoever ran last. Returns who is to run. */
static struct k_thread *idle_here(void)
{
	woken = NULL;
	atomic_store(&holder, NULL);
	while (!woken) {
		uint32_t lines = atomic_exchange(&pending, 0);

		if (!lines)
			lines = native_irq_wait();
		let_debugger_look(lines);
		if (lines)
			handle(lines);
	}
	return woken;
}

void k_arch_switch(struct k_thread *from, struct k_thread *to)
{
	bool dies = from && from->state == K_DEAD; /* afterwards others may use it again */

	if (from == k_thread_idle()) {
		woken = to;
		return;
	}
	if (to == k_thread_idle())
		to = idle_here();
	atomic_store(&holder, to);
	if (from == to)
		return;
	sem_post(&to->arch.baton);
	if (!from) {
		for (;;)
			pause(); /* the main thread has nothing left to do */
	}
	if (dies)
		siglongjmp(from->arch.restart, 1);
	wait_for_baton(from);
}

/* k_arch_switch() never goes to the idle thread. */
void k_arch_idle(void)
{
	native_fatal("the idle thread runs");
}

size_t k_arch_stack_used(const struct k_thread *t)
{
	(void)t;
	return 0; /* pthreads bring their own stacks */
}
