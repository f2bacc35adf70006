/* SPDX-License-Identifier: BSD-3-Clause */
#include <metal/condition.h>

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
	/* In a critical section, but somebody may sleep with the mutex. */
	while (m->held) {
		m->waiting++;
		state = metal_port_park(m, NULL, state);
		m->waiting--;
	}
	m->held = 1;
	m->state = state;
	return 0;
}
