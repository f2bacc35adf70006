// SPDX-License-Identifier: BSD-3-Clause
/*
 * The interrupt controller and the timer: a set of two descriptors, in which edges need no reading:
 * each write to an eventfd and each expiry is one. The idle core waits for it. While anything
 * else runs, a one-shot timer's signal makes the core look every TICK_US; the last one of a busy
 * time finds it idle and is not set again.
 */
#include <signal.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>

#include "kernel.h"
#include "mica/native.h"
#include "native.h"

#define TICK_US	    1000
#define DEBUGGER_MS 100

static int timer_fd = -1, set = -1;
static uint64_t armed_us = UINT64_MAX; /* interrupts off */
static volatile sig_atomic_t ticking, idling;
static volatile uint32_t seen; /* by the debugger's stub: not taken yet */

uint64_t k_arch_time_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

/* One that is set may fire early: the kernel then sets it anew. Most are never waited for. */
void k_arch_timer_set(uint64_t when_us)
{
	struct itimerspec its = { 0 };

	if (when_us >= armed_us)
		return;
	armed_us = when_us;
	its.it_value.tv_sec = (time_t)(when_us / 1000000u);
	its.it_value.tv_nsec = (long)(when_us % 1000000u) * 1000;
	if (when_us == 0)
		its.it_value.tv_nsec = 1; /* all zero would disarm it */
	timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &its, NULL);
}

void native_timer_isr(void)
{
	if (k_arch_time_us() >= armed_us)
		armed_us = UINT64_MAX;
	k_timer_fired();
}

void native_irq_busy(void)
{
	const struct itimerval once = { .it_value.tv_usec = TICK_US };

	if (ticking)
		return;
	ticking = 1;
	setitimer(ITIMER_REAL, &once, NULL);
}

bool native_irq_tick(void)
{
	ticking = 0;
	if (idling)
		return false;
	native_irq_busy();
	return true;
}

static uint32_t wait_for(int ms)
{
	struct epoll_event ev[2];
	int n = epoll_wait(set, ev, 2, ms);
	uint32_t lines = 0;

	for (int i = 0; i < n; i++)
		lines |= ev[i].data.u32;
	return lines;
}

uint32_t native_irq_look(void)
{
	uint32_t lines = seen | wait_for(0);

	seen = 0;
	return lines;
}

uint32_t native_irq_wait(void)
{
	uint32_t lines = seen;

	seen = 0;
	if (lines)
		return lines;
	idling = 1;
	lines = wait_for(-1);
	idling = 0;
	return lines;
}

void native_wait_for_interrupt(void)
{
	seen |= wait_for(DEBUGGER_MS);
}

void native_interrupt_again(void)
{
	if (seen)
		raise(NATIVE_IRQ_SIGNAL);
}

static int watch(int fd, uint32_t line)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET, .data.u32 = line };

	return epoll_ctl(set, EPOLL_CTL_ADD, fd, &ev);
}

void native_irq_start(void)
{
	timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	set = epoll_create1(EPOLL_CLOEXEC);
	if (timer_fd < 0 || set < 0 || watch(timer_fd, NATIVE_IRQ_TIMER))
		native_fatal("cannot create the timer");
	/* None is there: an image that needs no doorbell may still run. */
	(void)watch(MICA_NATIVE_FD_TO_CLIENT, NATIVE_IRQ_DOORBELL);
}
