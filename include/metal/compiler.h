/* SPDX-License-Identifier: BSD-3-Clause */
/* Compiler features, under libmetal's names (GCC and clang). */
#ifndef METAL_COMPILER_H
#define METAL_COMPILER_H

#define metal_align(n) __attribute__((aligned(n)))
#define metal_weak     __attribute__((weak))
#define metal_asm      __asm__

#define METAL_PACKED_BEGIN
#define METAL_PACKED_END __attribute__((packed))

/* Part of the API surface that programs use in declarations. */
#ifndef __deprecated
#define __deprecated __attribute__((deprecated))
#endif

/* The headers serve C++ programs too. Not libmetal's names: */
#ifdef __cplusplus
#define METAL_C_BEGIN			extern "C" {
#define METAL_C_END			}
#define METAL_RESTRICT			__restrict__
#define METAL_STATIC_ASSERT(cond, text) static_assert(cond, text)
#else
#define METAL_C_BEGIN
#define METAL_C_END
#define METAL_RESTRICT			restrict
#define METAL_STATIC_ASSERT(cond, text) __extension__ _Static_assert(cond, text)
#endif

#endif /* METAL_COMPILER_H */
