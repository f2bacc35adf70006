/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * For the programmer's own mistakes only. Nothing a peer can write may ever reach an assertion.
 */
#ifndef METAL_ASSERT_H
#define METAL_ASSERT_H

#include <metal/system/assert.h>

#define metal_assert(cond) metal_sys_assert(cond)

#endif /* METAL_ASSERT_H */
