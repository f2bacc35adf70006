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

static void take_interrupts(void)
{
	uint32_t lines;

	while ((lines = atomic_exchange(&pending, 0)) != 0) {
		irq_off = 1;
		k_irq_enter();
		if (lines & NATIVE_IRQ_TIMER)
			k_timer_fired();
		if (lines & NATIVE_IRQ_DOORBELL)
			native_doorbell_isr();
		k_irq_exit();
		irq_off = 0;
	}
}

bool (*native_debugger)(ucontext_t *uc, int signal);

static void on_signal(int signo, siginfo_t *info, void *uc)
{
	int saved = errno;

	(void)signo;
	(void)info;
	if (self && atomic_load(&holder) == self && !irq_off) {
		if (native_debugger && atomic_load(&pending) & NATIVE_IRQ_DOORBELL)
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
	if (t->arch.created)
		return; /* its pthread waits in thread_main, or is on its way there */
	if (sem_init(&t->arch.baton, 0, 0) != 0 ||
	    pthread_create(&t->arch.pthread, NULL, thread_main, t) != 0)
		native_fatal("cannot create a thread");
	t->arch.created = true;
}

void k_arch_switch(struct k_thread *from, struct k_thread *to)
{
	bool dies = from && from->state == K_DEAD; /* afterwards others may use it again */

	atomic_store(&holder, to);
	sem_post(&to->arch.baton);
	if (!from) {
		for (;;)
			pause(); /* the main thread has nothing left to do */
	}
	if (dies)
		siglongjmp(from->arch.restart, 1);
	wait_for_baton(from);
}

void k_arch_idle(void)
{
	pause();
}

size_t k_arch_stack_used(const struct k_thread *t)
{
	(void)t;
	return 0; /* pthreads bring their own stacks */
}
