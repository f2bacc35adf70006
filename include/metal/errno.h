/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef METAL_ERRNO_H
#define METAL_ERRNO_H

#include <metal/system/errno.h>

#endif /* METAL_ERRNO_H */
