// SPDX-License-Identifier: BSD-3-Clause
/* The interrupt controller and the timer: one thread that waits for descriptors. */
#include <poll.h>
#include <pthread.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "kernel.h"
#include "mica/native.h"
#include "native.h"

static int timer_fd = -1;

uint64_t k_arch_time_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

void k_arch_timer_set(uint64_t when_us)
{
	struct itimerspec its = { 0 };

	if (when_us != UINT64_MAX) {
		its.it_value.tv_sec = (time_t)(when_us / 1000000u);
		its.it_value.tv_nsec = (long)(when_us % 1000000u) * 1000;
		if (when_us == 0)
			its.it_value.tv_nsec = 1; /* all zero would disarm it */
	}
	timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &its, NULL);
}

/* Reading an eventfd or a timerfd clears it; the rings are looked at after that. */
static bool drain(int fd)
{
	uint64_t count;

	return read(fd, &count, sizeof(count)) == (ssize_t)sizeof(count);
}

static void *irq_main(void *arg)
{
	struct pollfd fds[] = {
		{ .fd = MICA_NATIVE_FD_TO_CLIENT, .events = POLLIN },
		{ .fd = timer_fd, .events = POLLIN },
	};

	(void)arg;
	for (;;) {
		uint32_t lines = 0;

		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[0].revents & (POLLNVAL | POLLERR))
			fds[0].fd = -1; /* no doorbell: an image that needs none may still run */
		if ((fds[0].revents & POLLIN) && drain(fds[0].fd))
			lines |= NATIVE_IRQ_DOORBELL;
		if ((fds[1].revents & POLLIN) && drain(fds[1].fd))
			lines |= NATIVE_IRQ_TIMER;
		if (lines)
			native_raise(lines);
	}
	return NULL;
}

void native_irq_start(void)
{
	pthread_t thread;

	timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (timer_fd < 0 || pthread_create(&thread, NULL, irq_main, NULL) != 0)
		native_fatal("cannot create the timer");
	pthread_detach(thread);
}
