/* SPDX-License-Identifier: BSD-3-Clause */
/* Compiler features, under libmetal's names (GCC and clang). */
#ifndef METAL_COMPILER_H
#define METAL_COMPILER_H

#define metal_align(n) __attribute__((aligned(n)))
#define metal_weak     __attribute__((weak))

#define METAL_PACKED_BEGIN
#define METAL_PACKED_END __attribute__((packed))

/* Part of the API surface that programs use in declarations. */
#ifndef __deprecated
#define __deprecated __attribute__((deprecated))
#endif

#endif /* METAL_COMPILER_H */
