/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What gcc calls for bit operations that the base instruction set lacks, by the names of its libgcc
 * (gcc's internals manual, Integer library routines). The libgcc of compilers for Linux passes
 * arguments in FP registers and does not link with images. Zero is no argument of the first two.
 */
#include <stdint.h>

int __ctzdi2(uint64_t v);
int __clzdi2(uint64_t v);
int __popcountdi2(uint64_t v);
uint32_t __bswapsi2(uint32_t v);
uint64_t __bswapdi2(uint64_t v);

int __ctzdi2(uint64_t v)
{
	int count = 0;

	for (unsigned int step = 32; step; step /= 2) {
		if (v & ((UINT64_C(1) << step) - 1))
			continue;
		v >>= step;
		count += (int)step;
	}
	return count;
}

int __clzdi2(uint64_t v)
{
	int count = 63;

	for (unsigned int step = 32; step; step /= 2) {
		if (!(v >> step))
			continue;
		v >>= step;
		count -= (int)step;
	}
	return count;
}

int __popcountdi2(uint64_t v)
{
	v -= v >> 1 & UINT64_C(0x5555555555555555);
	v = (v & UINT64_C(0x3333333333333333)) + (v >> 2 & UINT64_C(0x3333333333333333));
	v = (v + (v >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (int)(v * UINT64_C(0x0101010101010101) >> 56);
}

uint32_t __bswapsi2(uint32_t v)
{
	v = (v & 0x00ff00ff) << 8 | (v >> 8 & 0x00ff00ff);
	return v << 16 | v >> 16;
}

uint64_t __bswapdi2(uint64_t v)
{
	return (uint64_t)__bswapsi2((uint32_t)v) << 32 | __bswapsi2((uint32_t)(v >> 32));
}
