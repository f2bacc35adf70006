/* SPDX-License-Identifier: BSD-3-Clause */
/* The small services of Linux that libmetal's API stands on. */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>
#include <metal/alloc.h>
#include <metal/io.h>
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

void metal_sys_io_mem_map(struct metal_io_region *io)
{
	(void)io;
}
