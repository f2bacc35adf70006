/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef METAL_SYSTEM_CONDITION_H
#define METAL_SYSTEM_CONDITION_H

#include <errno.h>
#include <pthread.h>
#include <metal/mutex.h>

struct metal_condition {
	pthread_cond_t cond;
	metal_mutex_t *mutex; /* of the first wait */
};

#define METAL_CONDITION_INIT                    \
	{                                       \
		PTHREAD_COND_INITIALIZER, NULL, \
	}

static inline void metal_condition_init(struct metal_condition *cv)
{
	pthread_cond_init(&cv->cond, NULL);
	cv->mutex = NULL;
}

static inline int metal_condition_signal(struct metal_condition *cv)
{
	return cv ? -pthread_cond_signal(&cv->cond) : -EINVAL;
}

static inline int metal_condition_broadcast(struct metal_condition *cv)
{
	return cv ? -pthread_cond_broadcast(&cv->cond) : -EINVAL;
}

#endif /* METAL_SYSTEM_CONDITION_H */
