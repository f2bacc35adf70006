/* SPDX-License-Identifier: BSD-3-Clause */
/* The small services of Linux that libmetal's API stands on. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>
#include <metal/alloc.h>
#include <metal/io.h>
#include <metal/irq.h>
#include <metal/sleep.h>
#include <metal/time.h>

void *metal_allocate_memory(unsigned int size)
{
	return malloc(size);
}

void metal_free_memory(void *ptr)
{
	free(ptr);
}

int metal_sleep_usec(unsigned int usec)
{
	struct timespec left = { usec / 1000000, (usec % 1000000) * 1000L };

	/* Signals must not make a bounded wait shorter. */
	while (nanosleep(&left, &left) != 0) {
		if (errno != EINTR)
			return -errno;
	}
	return 0;
}

void metal_yield(void)
{
	sched_yield();
}

unsigned long long metal_get_timestamp(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		return 0;
	return (unsigned long long)now.tv_sec * 1000000000ull + (unsigned long long)now.tv_nsec;
}

/* User space has no interrupts to mask; one lock plays their part. */
static pthread_mutex_t irq_lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

unsigned int metal_irq_save_disable(void)
{
	pthread_mutex_lock(&irq_lock);
	return 0;
}

void metal_irq_restore_enable(unsigned int flags)
{
	(void)flags;
	pthread_mutex_unlock(&irq_lock);
}

void metal_sys_io_mem_map(struct metal_io_region *io)
{
	(void)io;
}
