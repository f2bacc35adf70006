// SPDX-License-Identifier: BSD-3-Clause
/*
 * Identity map, Sv39 (privileged architecture, "Supervisor Address Translation"). Image: code,
 * rodata and data apart. Communication memory and the resource table: non-cacheable where the hart
 * knows page-based memory types (extension Svpbmt), otherwise as the platform has them. Registers:
 * only those that somebody asks for. Everything else: not mapped. Accessed and dirty bits are set
 * from the start: who cannot set them itself faults without.
 */
#include "bare.h"
#include "riscv64.h"

#define ENTRIES	 512u
#define PAGE	 BARE_PAGE
#define BLOCK	 0x200000ull
#define L1_SHIFT 30
#define L2_SHIFT 21
#define L3_SHIFT 12
#define VA_END	 (1ull << 38) /* above, addresses are not their own sign extension */

#define PTE_V	   (1ull << 0)
#define PTE_R	   (1ull << 1)
#define PTE_W	   (1ull << 2)
#define PTE_X	   (1ull << 3)
#define PTE_A	   (1ull << 6)
#define PTE_D	   (1ull << 7)
#define PTE_PPN(v) (((v) >> 10 & 0xFFFFFFFFFFFull) << 12)
#define PTE_NC	   (1ull << 61)
#define PTE_OF(pa) ((pa) >> 12 << 10)

#define MAP_CODE   (PTE_V | PTE_R | PTE_X | PTE_A)
#define MAP_CONST  (PTE_V | PTE_R | PTE_A)
#define MAP_DATA   (PTE_V | PTE_R | PTE_W | PTE_A | PTE_D)
#define MAP_DEVICE MAP_DATA
#define MAP_ALL	   (MAP_DATA | PTE_X)

#define SATP_SV39 (8ull << 60)

/* The top table, one L2 per GiB in use, one L3 per 2 MiB that is not mapped whole. */
#define TABLES 14u
static _Alignas(4096) uint64_t tables[TABLES][ENTRIES];
static unsigned int used;

static void flush(void)
{
	__asm__ volatile("sfence.vma" ::: "memory");
}

static uint64_t *slot(uint64_t *table, uint64_t va, unsigned int shift)
{
	return &table[(va >> shift) % ENTRIES];
}

/* NULL: no table is left, or this is no pointer to one. */
static uint64_t *next_level(uint64_t *entry)
{
	if (!*entry && used < TABLES)
		*entry = PTE_OF((uint64_t)tables[used++]) | PTE_V;
	if (!*entry || *entry & (PTE_R | PTE_X))
		return NULL;
	return (uint64_t *)PTE_PPN(*entry);
}

static bool map(uint64_t at, uint64_t end, uint64_t attr)
{
	while (at < end) {
		uint64_t *l2 = next_level(slot(tables[0], at, L1_SHIFT)), *l3;

		if (!l2)
			return false;
		l2 = slot(l2, at, L2_SHIFT);
		if (at % BLOCK == 0 && end - at >= BLOCK && !*l2) {
			*l2 = PTE_OF(at) | attr;
			at += BLOCK;
			continue;
		}
		l3 = next_level(l2);
		if (!l3)
			return false;
		*slot(l3, at, L3_SHIFT) = PTE_OF(at) | attr;
		at += PAGE;
	}
	return true;
}

/* 0: not mapped. */
static uint64_t entry_of(uint64_t va)
{
	uint64_t *table = tables[0];

	if (va >= VA_END)
		return 0;
	for (unsigned int shift = L1_SHIFT;; shift -= 9) {
		uint64_t entry = *slot(table, va, shift);

		if (!(entry & PTE_V) || entry & (PTE_R | PTE_X))
			return entry;
		table = (uint64_t *)PTE_PPN(entry);
	}
}

bool bare_mapped(uint64_t addr)
{
	return entry_of(addr) & PTE_R;
}

bool bare_writable(uint64_t addr)
{
	return entry_of(addr) & PTE_W;
}

/* Far from everything else; its tables are there from the start. */
#define WINDOW 0x3FC0000000ull

static void window(uint64_t pa, uint64_t attr)
{
	uint64_t *l2 = slot(next_level(slot(tables[0], WINDOW, L1_SHIFT)), WINDOW, L2_SHIFT);

	*slot(next_level(l2), WINDOW, L3_SHIFT) = PTE_OF(pa & ~(PAGE - 1)) | attr;
	flush();
}

void *bare_window(uint64_t pa)
{
	window(pa, MAP_DATA);
	return (void *)(WINDOW + pa % PAGE);
}

/* Without the extension its bits are reserved, and a translation by such an entry faults. */
static bool has_svpbmt(void)
{
	bool has;

	window((uint64_t)image_data, MAP_CONST | PTE_NC);
	has = riscv64_try_load(WINDOW);
	window((uint64_t)image_data, 0);
	return has;
}

static bool map_later(uint64_t at, uint64_t size, uint64_t attr)
{
	if (at % PAGE || size % PAGE || at >= VA_END || size > VA_END - at)
		return false;
	for (uint64_t va = at; va < at + size; va += PAGE) {
		uint64_t entry = entry_of(va);

		if ((entry && entry != (PTE_OF(va) | attr)) ||
		    (!entry && !map(va, va + PAGE, attr)))
			return false;
	}
	flush();
	return true;
}

bool riscv64_mmu_device(uint64_t at, uint64_t size)
{
	return map_later(at, size, MAP_DEVICE);
}

bool riscv64_mmu_executable(uint64_t at, uint64_t size)
{
	return map_later(at, size, MAP_ALL);
}

static void must(bool mapped)
{
	if (!mapped)
		riscv64_fatal(NULL); /* the board's map needs a larger TABLES */
}

static uint64_t page_up(uint64_t v)
{
	return (v + PAGE - 1) & ~(PAGE - 1);
}

void riscv64_mmu_on(uint64_t comm, size_t comm_size)
{
	uint64_t shared = MAP_DATA;

	used = 1;
	must(map((uint64_t)image_start, (uint64_t)image_rodata, MAP_CODE));
	must(map((uint64_t)image_rodata, (uint64_t)image_table, MAP_CONST));
	must(map((uint64_t)image_data, (uint64_t)image_end, MAP_DATA));
	must(map(WINDOW, WINDOW + PAGE, 0)); /* its tables */
	flush();
	csr_write("satp", SATP_SV39 | (uint64_t)tables[0] >> 12);
	flush();
	if (has_svpbmt())
		shared |= PTE_NC;
	must(map((uint64_t)image_table, (uint64_t)image_data, shared));
	must(map(comm, comm + page_up(comm_size), shared));
	flush();
}
