/* SPDX-License-Identifier: BSD-3-Clause */
#include <metal/mutex.h>

#ifndef METAL_MINIMAL

extern inline void __metal_mutex_acquire(metal_mutex_t *mutex);
extern inline void __metal_mutex_release(metal_mutex_t *mutex);

void __metal_mutex_wait(metal_mutex_t *mutex, unsigned long state)
{
	while (mutex->held) {
		mutex->waiting++;
		state = metal_port_park(mutex, NULL, state);
		mutex->waiting--;
	}
	mutex->held = 1;
	mutex->state = (unsigned int)state;
}

#endif
