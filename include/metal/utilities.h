/* SPDX-License-Identifier: BSD-3-Clause */
/* Small helpers under libmetal's names. Macros evaluate their arguments more than once. */
#ifndef METAL_UTILITIES_H
#define METAL_UTILITIES_H

#include <stddef.h>
#include <stdint.h>
#include <metal/assert.h>
#include <metal/compiler.h>

METAL_C_BEGIN

#ifndef MB
#define MB (1024UL << 10UL)
#endif
#ifndef GB
#define GB (MB << 10UL)
#endif

#define metal_unused(x) ((void)(x))
#define metal_dim(x)	(sizeof(x) / sizeof((x)[0]))
#define metal_min(x, y) ((x) < (y) ? (x) : (y))
#define metal_max(x, y) ((x) > (y) ? (x) : (y))
#define metal_sign(x)	((x) < 0 ? -1 : ((x) > 0 ? 1 : 0))

/* align is a power of two */
#define metal_align_down(size, align)  ((size) & ~((align)-1))
#define metal_align_up(size, align)    metal_align_down((size) + (align)-1, align)
#define metal_div_round_down(num, den) ((num) / (den))
#define metal_div_round_up(num, den)   metal_div_round_down((num) + (den)-1, (den))
#define metal_ptr_align_down(ptr, align) \
	((void *)metal_align_down((uintptr_t)(ptr), (uintptr_t)(align)))
#define metal_ptr_align_up(ptr, align) \
	((void *)metal_align_up((uintptr_t)(ptr), (uintptr_t)(align)))

#define metal_offset_of(structure, member) offsetof(structure, member)
#define metal_container_of(ptr, structure, member) \
	((void *)((char *)(ptr)-metal_offset_of(structure, member)))

#define METAL_BITS_PER_ULONG (8 * sizeof(unsigned long))

#define metal_bit(bit)	      (1UL << (bit))
#define metal_bitmap_longs(x) metal_div_round_up((x), METAL_BITS_PER_ULONG)

static inline void metal_bitmap_set_bit(unsigned long *bitmap, int bit)
{
	bitmap[bit / METAL_BITS_PER_ULONG] |= metal_bit(bit % METAL_BITS_PER_ULONG);
}

static inline void metal_bitmap_clear_bit(unsigned long *bitmap, int bit)
{
	bitmap[bit / METAL_BITS_PER_ULONG] &= ~metal_bit(bit % METAL_BITS_PER_ULONG);
}

static inline int metal_bitmap_is_bit_set(const unsigned long *bitmap, int bit)
{
	return (bitmap[bit / METAL_BITS_PER_ULONG] >> (bit % METAL_BITS_PER_ULONG)) & 1;
}

static inline int metal_bitmap_is_bit_clear(const unsigned long *bitmap, int bit)
{
	return !metal_bitmap_is_bit_set(bitmap, bit);
}

/* First set bit in start ... max - 1, or max. */
static inline unsigned int metal_bitmap_next_set_bit(const unsigned long *bitmap,
						     unsigned int start, unsigned int max)
{
	while (start < max && !metal_bitmap_is_bit_set(bitmap, start))
		start++;
	return start;
}

/* First clear bit in start ... max - 1, or max. */
static inline unsigned int metal_bitmap_next_clear_bit(const unsigned long *bitmap,
						       unsigned int start, unsigned int max)
{
	while (start < max && metal_bitmap_is_bit_set(bitmap, start))
		start++;
	return start;
}

#define metal_bitmap_for_each_set_bit(bitmap, bit, max)                            \
	for ((bit) = metal_bitmap_next_set_bit((bitmap), 0, (max)); (bit) < (max); \
	     (bit) = metal_bitmap_next_set_bit((bitmap), (bit) + 1, (max)))

#define metal_bitmap_for_each_clear_bit(bitmap, bit, max)                            \
	for ((bit) = metal_bitmap_next_clear_bit((bitmap), 0, (max)); (bit) < (max); \
	     (bit) = metal_bitmap_next_clear_bit((bitmap), (bit) + 1, (max)))

/* in is a power of two */
static inline unsigned long metal_log2(unsigned long in)
{
	unsigned long result = 0;

	metal_assert((in & (in - 1)) == 0);
	while (in > 1) {
		in >>= 1;
		result++;
	}
	return result;
}

METAL_C_END

#endif /* METAL_UTILITIES_H */
