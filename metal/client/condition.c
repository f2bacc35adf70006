/* SPDX-License-Identifier: BSD-3-Clause */
#include <metal/condition.h>

#ifndef METAL_MINIMAL /* nobody could signal it */

int metal_condition_wait(struct metal_condition *cv, metal_mutex_t *m)
{
	unsigned long state;

	if (!cv || !m || !metal_mutex_is_acquired(m))
		return -EINVAL;
	if (!cv->mutex)
		cv->mutex = m;
	if (cv->mutex != m)
		return -EINVAL;
	cv->waiters++;
	state = m->state;
	m->held = 0;
	state = metal_port_park(cv, m->waiting ? m : NULL, state);
	cv->waiters--;
	/* Somebody may sleep with the mutex. */
	__metal_mutex_wait(m, state);
	return 0;
}

#endif
