/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef METAL_SYSTEM_ASSERT_H
#define METAL_SYSTEM_ASSERT_H

#include <assert.h>
#include <limits.h>

#define metal_sys_assert(cond) assert(cond)

#endif /* METAL_SYSTEM_ASSERT_H */
