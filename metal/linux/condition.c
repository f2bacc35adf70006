/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdbool.h>
#include <metal/condition.h>

int metal_condition_wait(struct metal_condition *cv, metal_mutex_t *m)
{
	metal_mutex_t *other = NULL;

	if (!cv || !m || !metal_mutex_is_acquired(m))
		return -EINVAL;
	/* The first one says which mutex it is; two at once have at most one of it right. */
	if (!__atomic_compare_exchange_n(&cv->mutex, &other, m, false, __ATOMIC_RELAXED,
					 __ATOMIC_RELAXED) &&
	    other != m)
		return -EINVAL;
	return -pthread_cond_wait(&cv->cond, &m->m);
}
