// SPDX-License-Identifier: BSD-3-Clause
/*
 * The stub's view of this core at EL1. Single step: software step (MDSCR_EL1.SS) within EL1
 * (MDSCR_EL1.KDE), for the stepped context only, which runs with debug exceptions unmasked; all
 * others have them masked since start.S. Breakpoints: BRK instructions. Memory that is not mapped
 * is found by asking the MMU first.
 */
#include "arm64.h"
#include "bare.h"
#include "mica_gdb.h"

#define PSTATE_D  (1ull << 9)
#define PSTATE_SS (1ull << 21)
#define MDSCR_SS  (1ull << 0)
#define MDSCR_KDE (1ull << 13)
#define PAR_FAULT 1ull

/* crash.c; the order of struct user_pt_regs. */
struct mica_gdb_frame {
	uint64_t x[31], sp, pc, pstate;
};

#define X(n)                                                          \
	{                                                             \
		offsetof(struct mica_gdb_frame, x) + 8 * (n), 8, true \
	}

static const struct mica_gdb_reg regs[] = {
	X(0),
	MICA_GDB_30(X),
	{ offsetof(struct mica_gdb_frame, sp), 8, true },
	{ offsetof(struct mica_gdb_frame, pc), 8, true },
	{ offsetof(struct mica_gdb_frame, pstate), 4, true },
};

#define R64(n) "<reg name=\"x" n "\" bitsize=\"64\"/>"

static const char target[] =
	"<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target>"
	"<architecture>aarch64</architecture><feature name=\"org.gnu.gdb.aarch64.core\">" R64(
		"0") R64("1") R64("2") R64("3") R64("4") R64("5") R64("6") R64("7") R64("8")
		R64("9") R64("10") R64("11") R64("12") R64("13") R64("14") R64("15") R64("16") R64(
			"17") R64("18") R64("19") R64("20") R64("21") R64("22") R64("23") R64("24")
			R64("25") R64("26") R64("27") R64("28") R64("29")
				R64("30") "<reg name=\"sp\" bitsize=\"64\" type=\"data_ptr\"/>"
					  "<reg name=\"pc\" bitsize=\"64\" type=\"code_ptr\"/><reg "
					  "name=\"cpsr\" bitsize=\"32\"/>"
					  "</feature></target>";

/* brk #0 */
static const uint8_t breakpoint[] = { 0x00, 0x00, 0x20, 0xd4 };

/* ---- memory ---- */

bool bare_mapped(uint64_t addr)
{
	__asm__ volatile("at s1e1r, %0" ::"r"(addr));
	isb();
	return !(read_sysreg("par_el1") & PAR_FAULT);
}

bool bare_writable(uint64_t addr)
{
	__asm__ volatile("at s1e1w, %0" ::"r"(addr));
	isb();
	return !(read_sysreg("par_el1") & PAR_FAULT);
}

void bare_sync_code(uint64_t addr, size_t len)
{
	uint64_t ctr = read_sysreg("ctr_el0");
	uint64_t dline = 4ull << (ctr >> 16 & 15), iline = 4ull << (ctr & 15);

	for (uint64_t p = addr & ~(dline - 1); p < addr + len; p += dline)
		__asm__ volatile("dc cvau, %0" ::"r"(p) : "memory");
	dsb("ish");
	for (uint64_t p = addr & ~(iline - 1); p < addr + len; p += iline)
		__asm__ volatile("ic ivau, %0" ::"r"(p) : "memory");
	dsb("ish");
	isb();
}

/* ---- steps ---- */

static void step(struct mica_gdb_frame *f, bool on)
{
	uint64_t mdscr = read_sysreg("mdscr_el1") & ~MDSCR_SS;

	f->pstate &= ~PSTATE_SS;
	f->pstate |= PSTATE_D;
	if (on) {
		f->pstate = (f->pstate | PSTATE_SS) & ~PSTATE_D;
		mdscr |= MDSCR_SS | MDSCR_KDE;
	}
	write_sysreg("mdscr_el1", mdscr);
	isb();
}

static void wait(void)
{
	__asm__ volatile("yield" ::: "memory");
}

static void trap(void)
{
	__asm__ volatile("brk #0" ::: "memory");
}

void mica_gdb_arch_init(void)
{
	write_sysreg("oslar_el1", 0);
	isb();
}

const struct mica_gdb_arch mica_gdb_arch = {
	.target = target,
	.reg = regs,
	.n_regs = sizeof(regs) / sizeof(regs[0]),
	.pc = 32,
	.breakpoint = breakpoint,
	.breakpoint_size = sizeof(breakpoint),
	.read = bare_gdb_read,
	.write = bare_gdb_write,
	.step = step,
	.wait = wait,
	.trap = trap,
};
