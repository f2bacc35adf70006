// SPDX-License-Identifier: BSD-3-Clause
/*
 * The stub's view of this hart in S-mode, which has no single step: a breakpoint stands wherever
 * the next instruction may be, and interrupts are off meanwhile, so that nobody else comes there.
 * Instructions that would show or outlast that are done here instead: those of sstatus, and WFI.
 * Breakpoints are C.EBREAK: it fits in the place of any instruction.
 */
#include <string.h>

#include "bare.h"
#include "mica_gdb.h"
#include "riscv64.h"

#define BREAK_SIZE  2u
#define CSR_SSTATUS 0x100u
#define OP_SYSTEM   0x73u
#define INSN_WFI    0x10500073u

#define X(n)                                                              \
	{                                                                 \
		offsetof(struct mica_gdb_frame, x) + 8 * ((n)-1), 8, true \
	}

static const struct mica_gdb_reg regs[] = {
	{ offsetof(struct mica_gdb_frame, zero), 8, true },
	MICA_GDB_30(X),
	X(31),
	{ offsetof(struct mica_gdb_frame, pc), 8, true },
};

#define R(name)	      "<reg name=\"" name "\" bitsize=\"64\" type=\"int\"/>"
#define P(name, kind) "<reg name=\"" name "\" bitsize=\"64\" type=\"" kind "_ptr\"/>"

static const char target[] =
	"<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target>"
	"<architecture>riscv:rv64</architecture><feature name=\"org.gnu.gdb.riscv.cpu\">" R("zero")
		P("ra", "code") P("sp", "data") P("gp", "data") P("tp", "data") R("t0") R("t1")
			R("t2") P("fp", "data") R("s1") R("a0") R("a1") R("a2") R("a3") R("a4")
				R("a5") R("a6") R("a7") R("s2") R("s3") R("s4") R("s5") R("s6")
					R("s7") R("s8") R("s9") R("s10") R("s11") R("t3") R("t4")
						R("t5") R("t6")
							P("pc", "code") "</feature></target>";

/* c.ebreak */
static const uint8_t breakpoint[BREAK_SIZE] = { 0x02, 0x90 };

void bare_sync_code(uint64_t addr, size_t len)
{
	(void)addr;
	(void)len;
	__asm__ volatile("fence.i" ::: "memory");
}

/* ---- steps ---- */

static struct {
	struct {
		uint64_t addr;
		uint8_t saved[BREAK_SIZE];
	} at[RISCV64_NEXT_MAX];
	unsigned int n;
	bool on;
	uint64_t spie; /* of the stepped context */
} stepping;

static bool fetch(uint64_t addr, struct riscv64_insn *insn)
{
	uint16_t half[2] = { 0, 0 };

	if (!bare_gdb_read(addr, &half[0], 2))
		return false;
	insn->size = (half[0] & 3) == 3 ? 4 : 2;
	if (insn->size == 4 && !bare_gdb_read(addr + 2, &half[1], 2))
		return false;
	insn->bits = half[0] | (uint32_t)half[1] << 16;
	return true;
}

static void general_registers(const struct mica_gdb_frame *f, uint64_t x[32])
{
	x[0] = 0;
	memcpy(&x[1], f->x, sizeof(f->x));
}

/* CSRRW, CSRRS, CSRRC and their immediate forms. The trap has moved SIE to SPIE. */
static void do_sstatus(struct mica_gdb_frame *f, uint32_t bits)
{
	uint32_t form = bits >> 12 & 7, rd = bits >> 7 & 31, rs1 = bits >> 15 & 31;
	uint64_t x[32], before = f->sstatus & ~(uint64_t)SSTATUS_SIE, after, operand;

	general_registers(f, x);
	before |= f->sstatus & SSTATUS_SPIE ? SSTATUS_SIE : 0;
	operand = form & 4 ? rs1 : x[rs1];
	if ((form & 3) == 1)
		after = operand;
	else
		after = (form & 3) == 2 ? before | operand : before & ~operand;
	f->sstatus &= ~(uint64_t)SSTATUS_SPIE;
	f->sstatus |= after & SSTATUS_SIE ? SSTATUS_SPIE : 0;
	if (rd)
		f->x[rd - 1] = before;
}

/* True: the instruction at pc has been done, pc stands behind it. */
static bool done_here(struct mica_gdb_frame *f)
{
	struct riscv64_insn insn;

	if (!fetch(f->pc, &insn) || insn.size != 4)
		return false;
	if ((insn.bits & 0x7F) == OP_SYSTEM && (insn.bits >> 12 & 3) &&
	    insn.bits >> 20 == CSR_SSTATUS)
		do_sstatus(f, insn.bits);
	else if (insn.bits != INSN_WFI)
		return false;
	f->pc += 4;
	return true;
}

static void stop_at(uint64_t addr)
{
	unsigned int n = stepping.n;

	/* What cannot be read will fault by itself. */
	if (!bare_gdb_read(addr, stepping.at[n].saved, BREAK_SIZE) ||
	    !bare_gdb_write(addr, breakpoint, BREAK_SIZE))
		return;
	stepping.at[n].addr = addr;
	stepping.n++;
}

static void step_ends(struct mica_gdb_frame *f)
{
	if (!stepping.on)
		return;
	while (stepping.n) {
		stepping.n--;
		bare_gdb_write(stepping.at[stepping.n].addr, stepping.at[stepping.n].saved,
			       BREAK_SIZE);
	}
	f->sstatus |= stepping.spie;
	stepping.on = false;
}

static void step(struct mica_gdb_frame *f, bool on)
{
	uint64_t x[32], next[RISCV64_NEXT_MAX];
	unsigned int n;

	step_ends(f);
	if (!on)
		return;
	if (done_here(f)) {
		stop_at(f->pc);
	} else {
		general_registers(f, x);
		n = riscv64_next_pc(fetch, f->pc, x, next);
		for (unsigned int i = 0; i < n; i++)
			stop_at(next[i]);
	}
	stepping.on = true;
	stepping.spie = f->sstatus & SSTATUS_SPIE;
	f->sstatus &= ~(uint64_t)SSTATUS_SPIE;
}

static void wait(void)
{
	__asm__ volatile(".insn 0x0100000F" ::: "memory"); /* pause: a hint */
}

static void trap(void)
{
	__asm__ volatile("c.ebreak" ::: "memory");
}

void mica_gdb_arch_init(void)
{
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
