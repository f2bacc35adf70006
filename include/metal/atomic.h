/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * C11 atomics, in C++ the same names from <atomic>, and single-copy accesses to memory that another
 * core writes at the same time. The shared accessors are plain loads and stores: a
 * read-modify-write may abort on memory that is not cacheable. Addresses must be naturally aligned.
 */
#ifndef METAL_ATOMIC_H
#define METAL_ATOMIC_H

#include <stdint.h>
#include <metal/compiler.h>
#include <metal/config.h>

#ifdef __cplusplus
#include <metal/atomic_names.h>
#else
#include <stdatomic.h>
#endif

/* Gone from C23; clang warns of asking for it before. */
#if !defined(__cplusplus) && __STDC_VERSION__ > 201710L
#ifndef ATOMIC_VAR_INIT
#define ATOMIC_VAR_INIT(value) (value)
#endif
#endif

#include <metal/system/barrier.h>

METAL_C_BEGIN

typedef uint16_t __attribute__((__may_alias__)) metal_shared16_t;
typedef uint32_t __attribute__((__may_alias__)) metal_shared32_t;
typedef uint64_t __attribute__((__may_alias__)) metal_shared64_t;

static inline uint8_t metal_shared_read8(const void *p)
{
	return __atomic_load_n((const uint8_t *)p, __ATOMIC_RELAXED);
}

static inline uint8_t metal_shared_read8_acquire(const void *p)
{
	return __atomic_load_n((const uint8_t *)p, __ATOMIC_ACQUIRE);
}

static inline uint16_t metal_shared_read16(const void *p)
{
	return __atomic_load_n((const metal_shared16_t *)p, __ATOMIC_RELAXED);
}

static inline uint16_t metal_shared_read16_acquire(const void *p)
{
	return __atomic_load_n((const metal_shared16_t *)p, __ATOMIC_ACQUIRE);
}

static inline uint32_t metal_shared_read32(const void *p)
{
	return __atomic_load_n((const metal_shared32_t *)p, __ATOMIC_RELAXED);
}

static inline uint32_t metal_shared_read32_acquire(const void *p)
{
	return __atomic_load_n((const metal_shared32_t *)p, __ATOMIC_ACQUIRE);
}

static inline void metal_shared_write8(void *p, uint8_t v)
{
	__atomic_store_n((uint8_t *)p, v, __ATOMIC_RELAXED);
}

static inline void metal_shared_write8_release(void *p, uint8_t v)
{
	__atomic_store_n((uint8_t *)p, v, __ATOMIC_RELEASE);
}

static inline void metal_shared_write16(void *p, uint16_t v)
{
	__atomic_store_n((metal_shared16_t *)p, v, __ATOMIC_RELAXED);
}

static inline void metal_shared_write16_release(void *p, uint16_t v)
{
	__atomic_store_n((metal_shared16_t *)p, v, __ATOMIC_RELEASE);
}

static inline void metal_shared_write32(void *p, uint32_t v)
{
	__atomic_store_n((metal_shared32_t *)p, v, __ATOMIC_RELAXED);
}

static inline void metal_shared_write32_release(void *p, uint32_t v)
{
	__atomic_store_n((metal_shared32_t *)p, v, __ATOMIC_RELEASE);
}

METAL_C_END

#endif /* METAL_ATOMIC_H */
