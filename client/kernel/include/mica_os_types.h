/* SPDX-License-Identifier: BSD-3-Clause */
/* OS axis of the SDK over the reference kernel. */
#ifndef MICA_OS_TYPES_H
#define MICA_OS_TYPES_H

#include "kernel.h"

struct mica_os_sem {
	struct k_sem sem;
};

struct mica_os_thread {
	struct k_thread thread;
};

#endif /* MICA_OS_TYPES_H */
