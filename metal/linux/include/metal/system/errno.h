/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef METAL_SYSTEM_ERRNO_H
#define METAL_SYSTEM_ERRNO_H

#include <errno.h>

#endif /* METAL_SYSTEM_ERRNO_H */
