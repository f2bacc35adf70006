// SPDX-License-Identifier: BSD-3-Clause
/*
 * Identity map, 4 KiB granule, 39-bit addresses (Arm ARM D8). Image: Normal cacheable, except the
 * resource table, which the host uses through a non-cached mapping. Communication memory: Normal
 * non-cacheable. Interrupt controller: Device-nGnRE. Everything else: not mapped.
 */
#include "arm64.h"
#include "bare.h"
#include "board.h"

#define ENTRIES	  512u
#define PAGE	  0x1000ull
#define BLOCK	  0x200000ull
#define L1_SHIFT  30
#define L2_SHIFT  21
#define L3_SHIFT  12
#define ADDR_MASK 0x0000FFFFFFFFF000ull

#define DESC_TABLE   3ull
#define DESC_BLOCK   1ull
#define DESC_PAGE    3ull
#define DESC_AF	     (1ull << 10)
#define DESC_SH_IN   (3ull << 8)
#define DESC_RO	     (2ull << 6)
#define DESC_XN	     ((1ull << 53) | (1ull << 54)) /* PXN, UXN */
#define DESC_UXN     (1ull << 54)
#define DESC_ATTR(i) ((uint64_t)(i) << 2)

/* MAIR indices */
#define ATTR_DEVICE 0
#define ATTR_NC	    1
#define ATTR_WB	    2
#define MAIR_VALUE  (0x04ull | (0x44ull << 8) | (0xFFull << 16))

#define MAP_DEVICE (DESC_ATTR(ATTR_DEVICE) | DESC_XN)
#define MAP_SHARED (DESC_ATTR(ATTR_NC) | DESC_XN)
#define MAP_CODE   (DESC_ATTR(ATTR_WB) | DESC_SH_IN | DESC_RO | DESC_UXN)
#define MAP_CONST  (DESC_ATTR(ATTR_WB) | DESC_SH_IN | DESC_RO | DESC_XN)
#define MAP_DATA   (DESC_ATTR(ATTR_WB) | DESC_SH_IN | DESC_XN)

/* The top table, one L2 per GiB in use, one L3 per 2 MiB that is not mapped whole. */
#define TABLES 10u
static _Alignas(4096) uint64_t tables[TABLES][ENTRIES];
static unsigned int used;

static uint64_t *next_level(uint64_t *entry)
{
	if (!*entry) {
		if (used == TABLES)
			arm64_fatal(~0ull, NULL); /* the board's map needs a larger TABLES */
		*entry = (uint64_t)tables[used++] | DESC_TABLE;
	}
	return (uint64_t *)(*entry & ADDR_MASK);
}

static uint64_t *slot(uint64_t *table, uint64_t va, unsigned int shift)
{
	return &table[(va >> shift) % ENTRIES];
}

static void map(uint64_t at, uint64_t end, uint64_t attr)
{
	attr |= DESC_AF;
	while (at < end) {
		uint64_t *l2 = slot(next_level(slot(tables[0], at, L1_SHIFT)), at, L2_SHIFT);

		if (at % BLOCK == 0 && end - at >= BLOCK && !*l2) {
			*l2 = at | attr | DESC_BLOCK;
			at += BLOCK;
		} else {
			*slot(next_level(l2), at, L3_SHIFT) = at | attr | DESC_PAGE;
			at += PAGE;
		}
	}
}

/* Far from everything else; its tables are there from the start. */
#define WINDOW 0x3FC0000000ull

static uint64_t *window_slot(void)
{
	uint64_t *l2 = slot(next_level(slot(tables[0], WINDOW, L1_SHIFT)), WINDOW, L2_SHIFT);

	return slot(next_level(l2), WINDOW, L3_SHIFT);
}

void *bare_window(uint64_t pa)
{
	*window_slot() = (pa & ~(PAGE - 1)) | MAP_DATA | DESC_AF | DESC_PAGE;
	dsb("ishst");
	__asm__ volatile("tlbi vae1, %0" ::"r"(WINDOW >> L3_SHIFT) : "memory");
	dsb("nsh");
	isb();
	return (void *)(WINDOW + pa % PAGE);
}

static uint64_t page_up(uint64_t v)
{
	return (v + PAGE - 1) & ~(PAGE - 1);
}

/* Lines of the tables that some earlier owner of this core left in a cache must not hide what was
 * written past the caches. */
static void invalidate_tables(void)
{
	uint64_t line = 4u << ((read_sysreg("ctr_el0") >> 16) & 15);

	dsb("sy");
	for (uint64_t p = (uint64_t)tables; p < (uint64_t)tables + sizeof(tables); p += line)
		__asm__ volatile("dc ivac, %0" ::"r"(p) : "memory");
	dsb("sy");
}

static void switch_on(void)
{
	uint64_t pa_range = read_sysreg("id_aa64mmfr0_el1") & 15;
	uint64_t tcr = 25ull	      /* T0SZ: 39 bits */
		       | (1ull << 8)  /* walks: inner write-back */
		       | (1ull << 10) /* outer write-back */
		       | (3ull << 12) /* inner shareable */
		       | (1ull << 23) /* nothing through TTBR1 */
		       | ((pa_range > 5 ? 5 : pa_range) << 32);

	write_sysreg("mair_el1", MAIR_VALUE);
	write_sysreg("tcr_el1", tcr);
	write_sysreg("ttbr0_el1", (uint64_t)tables[0]);
	isb();
	__asm__ volatile("tlbi vmalle1" ::: "memory");
	dsb("nsh");
	isb();
	/* M, C, SA, I, WXN */
	write_sysreg("sctlr_el1", read_sysreg("sctlr_el1") | 1u | (1u << 2) | (1u << 3) |
					  (1u << 12) | (1u << 19));
	isb();
}

void arm64_mmu_on(uint64_t comm, size_t comm_size)
{
	used = 1;
	map((uint64_t)image_start, (uint64_t)image_rodata, MAP_CODE);
	map((uint64_t)image_rodata, (uint64_t)image_table, MAP_CONST);
	map((uint64_t)image_table, (uint64_t)image_data, MAP_SHARED);
	map((uint64_t)image_data, (uint64_t)image_end, MAP_DATA);
	map(comm, comm + page_up(comm_size), MAP_SHARED);
	window_slot(); /* its tables */
	map(BOARD_DEVICE_BASE, BOARD_DEVICE_BASE + BOARD_DEVICE_SIZE, MAP_DEVICE);
	invalidate_tables();
	switch_on();
}
