// SPDX-License-Identifier: BSD-3-Clause
/*
 * Four bytes at a time, each with a table of its own: what a byte does to the sum after 0 to 3
 * further ones. The tables are made at the first use; whoever comes meanwhile makes the same ones.
 */
#include <metal/atomic.h>

#include "crc32.h"

#define POLYNOMIAL 0xedb88320u
#define SLICES	   4

static uint32_t table[SLICES][256];
static uint32_t made;

static void make_tables(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t crc = i;

		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ POLYNOMIAL : crc >> 1;
		table[0][i] = crc;
		for (int slice = 1; slice < SLICES; slice++) {
			/* A zero byte follows. */
			for (int bit = 0; bit < 8; bit++)
				crc = crc & 1 ? crc >> 1 ^ POLYNOMIAL : crc >> 1;
			table[slice][i] = crc;
		}
	}
	metal_shared_write32_release(&made, 1);
}

static uint32_t load_le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

uint32_t crc32(uint32_t crc, const void *data, size_t len)
{
	const uint8_t *p = data;

	if (!metal_shared_read32_acquire(&made))
		make_tables();
	crc = ~crc;
	for (; len >= SLICES; len -= SLICES, p += SLICES) {
		crc ^= load_le32(p);
		crc = table[3][crc & 255u] ^ table[2][crc >> 8 & 255u] ^
		      table[1][crc >> 16 & 255u] ^ table[0][crc >> 24];
	}
	while (len--)
		crc = crc >> 8 ^ table[0][(crc ^ *p++) & 255u];
	return ~crc;
}
