// SPDX-License-Identifier: BSD-3-Clause
/*
 * The interrupt controller and the timer. Two sets watch the same two descriptors: `idle` for a
 * core that waits (k_arch_switch()), `busy` for a thread of its own that interrupts a running one.
 * They are exclusive, so that only the first set that somebody waits for takes an event. Edges
 * need no reading: each write to an eventfd and each expiry is one.
 */
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>

#include "kernel.h"
#include "mica/native.h"
#include "native.h"

#define IDLE_WAKE 4u /* beside NATIVE_IRQ_*: no line, only a look at what is pending */

static int timer_fd = -1, wake_fd = -1, idle = -1, busy = -1;
static uint64_t armed_us = UINT64_MAX; /* interrupts off */

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

static uint32_t wait_on(int set)
{
	struct epoll_event ev[3];
	int n = epoll_wait(set, ev, 3, -1);
	uint32_t lines = 0;

	for (int i = 0; i < n; i++)
		lines |= ev[i].data.u32;
	return lines & (NATIVE_IRQ_DOORBELL | NATIVE_IRQ_TIMER);
}

uint32_t native_irq_wait(void)
{
	return wait_on(idle);
}

void native_irq_wake(void)
{
	eventfd_write(wake_fd, 1);
}

static void *irq_main(void *arg)
{
	(void)arg;
	for (;;) {
		uint32_t lines = wait_on(busy);

		if (lines)
			native_raise(lines);
	}
	return NULL;
}

static int watch(int set, int fd, uint32_t how, uint32_t line)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET | how, .data.u32 = line };

	return epoll_ctl(set, EPOLL_CTL_ADD, fd, &ev);
}

static int make_sets(void)
{
	timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	idle = epoll_create1(EPOLL_CLOEXEC);
	busy = epoll_create1(EPOLL_CLOEXEC);
	if (watch(idle, wake_fd, 0, IDLE_WAKE) ||
	    watch(idle, timer_fd, EPOLLEXCLUSIVE, NATIVE_IRQ_TIMER) ||
	    watch(busy, timer_fd, EPOLLEXCLUSIVE, NATIVE_IRQ_TIMER))
		return -1;
	/* None is there: an image that needs no doorbell may still run. */
	(void)watch(idle, MICA_NATIVE_FD_TO_CLIENT, EPOLLEXCLUSIVE, NATIVE_IRQ_DOORBELL);
	(void)watch(busy, MICA_NATIVE_FD_TO_CLIENT, EPOLLEXCLUSIVE, NATIVE_IRQ_DOORBELL);
	return 0;
}

void native_irq_start(void)
{
	pthread_t thread;

	if (make_sets() || pthread_create(&thread, NULL, irq_main, NULL) != 0)
		native_fatal("cannot create the timer");
	pthread_detach(thread);
}
