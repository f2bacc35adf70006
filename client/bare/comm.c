// SPDX-License-Identifier: BSD-3-Clause
/* The communication memory of a bare image, mapped to itself, and the resource table as linked. */
#include "bare.h"
#include "board.h"
#include "mica_chip.h"
#include "variant.h"

static uint64_t comm_base;
static size_t comm_size;

uint64_t bare_comm(size_t *size)
{
	uint64_t base = BOARD_COMM_BASE;

	*size = BOARD_COMM_SIZE;
	if (mica_variant.comm_below) {
		*size = mica_variant.comm_below;
		base = (uint64_t)image_start - *size;
	}
	if (mica_variant.comm_limit && mica_variant.comm_limit < *size)
		*size = mica_variant.comm_limit;
	return base;
}

void bare_comm_mapped(uint64_t base, size_t size)
{
	comm_base = base;
	comm_size = size;
}

void *mica_chip_resource_table(size_t *size)
{
	*size = mica_variant.table_size;
	return mica_variant.table_size ? image_table : NULL;
}

void *mica_chip_to_va(uint64_t da, size_t size)
{
	if (da < comm_base || da - comm_base > comm_size || size > comm_size - (da - comm_base))
		return NULL;
	return (void *)da;
}

uint64_t mica_chip_to_da(const void *va)
{
	return mica_chip_to_va((uint64_t)va, 1) ? (uint64_t)va : MICA_CHIP_NO_DA;
}

uint64_t mica_chip_comm(size_t *size)
{
	*size = comm_size;
	return comm_base;
}
