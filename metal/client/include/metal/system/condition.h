/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef METAL_SYSTEM_CONDITION_H
#define METAL_SYSTEM_CONDITION_H

#include <metal/errno.h>
#include <metal/mutex.h>

struct metal_condition {
	metal_mutex_t *mutex; /* of the first wait */
	unsigned int waiters;
};

#define METAL_CONDITION_INIT \
	{                    \
		0, 0,        \
	}

static inline void metal_condition_init(struct metal_condition *cv)
{
	cv->mutex = 0;
	cv->waiters = 0;
}

static inline int metal_condition_signal(struct metal_condition *cv)
{
	if (!cv)
		return -EINVAL;
	if (cv->waiters)
		metal_port_unpark(cv, 0);
	return 0;
}

static inline int metal_condition_broadcast(struct metal_condition *cv)
{
	if (!cv)
		return -EINVAL;
	if (cv->waiters)
		metal_port_unpark(cv, 1);
	return 0;
}

#endif /* METAL_SYSTEM_CONDITION_H */
