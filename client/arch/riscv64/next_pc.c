// SPDX-License-Identifier: BSD-3-Clause
/*
 * Which instruction comes next (unprivileged architecture: RV64I control transfer, "C" extension,
 * "Zalrsc"): harts without a debug mode for S-mode are stepped by breakpoints there. Knows nothing
 * of the hart it runs on.
 */
#include "riscv64.h"

/* LR to SC: the architecture promises progress for as many instructions. */
#define SEQUENCE_MAX 16u

#define OP_AMO	  0x2Fu
#define OP_BRANCH 0x63u
#define OP_JALR	  0x67u
#define OP_JAL	  0x6Fu
#define FUNCT5_LR 2u
#define FUNCT5_SC 3u

static uint32_t field(uint32_t bits, unsigned int at, unsigned int width)
{
	return bits >> at & ((1u << width) - 1);
}

static uint64_t extend(uint32_t value, unsigned int width)
{
	uint64_t sign = 1ull << (width - 1);

	return (value ^ sign) - sign;
}

/* ---- immediates, as offsets from pc ---- */

static uint64_t branch_offset(uint32_t b)
{
	return extend(field(b, 31, 1) << 12 | field(b, 7, 1) << 11 | field(b, 25, 6) << 5 |
			      field(b, 8, 4) << 1,
		      13);
}

static uint64_t jal_offset(uint32_t b)
{
	return extend(field(b, 31, 1) << 20 | field(b, 12, 8) << 12 | field(b, 20, 1) << 11 |
			      field(b, 21, 10) << 1,
		      21);
}

static uint64_t c_branch_offset(uint32_t b)
{
	return extend(field(b, 12, 1) << 8 | field(b, 5, 2) << 6 | field(b, 2, 1) << 5 |
			      field(b, 10, 2) << 3 | field(b, 3, 2) << 1,
		      9);
}

static uint64_t c_jump_offset(uint32_t b)
{
	return extend(field(b, 12, 1) << 11 | field(b, 8, 1) << 10 | field(b, 9, 2) << 8 |
			      field(b, 6, 1) << 7 | field(b, 7, 1) << 6 | field(b, 2, 1) << 5 |
			      field(b, 11, 1) << 4 | field(b, 3, 3) << 1,
		      12);
}

/* ---- single instructions ---- */

static bool taken(uint32_t b, const uint64_t x[32])
{
	uint64_t l = x[field(b, 15, 5)], r = x[field(b, 20, 5)];
	bool holds;

	switch (field(b, 13, 2)) {
	case 2:
		holds = (int64_t)l < (int64_t)r;
		break;
	case 3:
		holds = l < r;
		break;
	default:
		holds = l == r;
		break;
	}
	return holds != (bool)field(b, 12, 1);
}

static uint64_t next_of_4(uint64_t pc, uint32_t b, const uint64_t x[32])
{
	switch (b & 0x7F) {
	case OP_JAL:
		return pc + jal_offset(b);
	case OP_JALR:
		return (x[field(b, 15, 5)] + extend(field(b, 20, 12), 12)) & ~1ull;
	case OP_BRANCH:
		return pc + (taken(b, x) ? branch_offset(b) : 4);
	default:
		return pc + 4;
	}
}

/* Quadrant and funct3 of a compressed instruction. */
#define C_OP(b) (field(b, 0, 2) << 3 | field(b, 13, 3))
#define C_J	015u
#define C_BEQZ	016u
#define C_BNEZ	017u
#define C_JR	024u /* c.jalr, c.mv, c.add and c.ebreak, too */

static uint64_t next_of_2(uint64_t pc, uint32_t b, const uint64_t x[32])
{
	uint32_t rs1 = field(b, 7, 5);
	uint64_t small = x[8 + field(b, 7, 3)];

	switch (C_OP(b)) {
	case C_J:
		return pc + c_jump_offset(b);
	case C_BEQZ:
		return pc + (small == 0 ? c_branch_offset(b) : 2);
	case C_BNEZ:
		return pc + (small != 0 ? c_branch_offset(b) : 2);
	case C_JR:
		return rs1 && !field(b, 2, 5) ? x[rs1] & ~1ull : pc + 2;
	default:
		return pc + 2;
	}
}

/* ---- sequences ---- */

static bool is_amo(const struct riscv64_insn *insn, uint32_t funct5)
{
	return insn->size == 4 && (insn->bits & 0x7F) == OP_AMO &&
	       field(insn->bits, 27, 5) == funct5;
}

/* The target of a conditional branch, 0 for all else. */
static uint64_t branch_target(uint64_t pc, const struct riscv64_insn *insn)
{
	if (insn->size == 4)
		return (insn->bits & 0x7F) == OP_BRANCH ? pc + branch_offset(insn->bits) : 0;
	return C_OP(insn->bits) == C_BEQZ || C_OP(insn->bits) == C_BNEZ
		       ? pc + c_branch_offset(insn->bits)
		       : 0;
}

/* Behind the SC, and wherever a branch leaves the sequence. 0: this is none. */
static unsigned int next_of_sequence(riscv64_fetch fetch, uint64_t pc, uint64_t *next)
{
	uint64_t at = pc + 4;
	unsigned int n = 1, kept = 1;

	for (unsigned int i = 1; i < SEQUENCE_MAX; i++) {
		struct riscv64_insn insn;
		uint64_t target;

		if (!fetch(at, &insn))
			return 0;
		target = branch_target(at, &insn);
		at += insn.size;
		if (target) {
			if (n == RISCV64_NEXT_MAX)
				return 0;
			next[n++] = target;
		}
		if (!is_amo(&insn, FUNCT5_SC))
			continue;
		next[0] = at;
		for (unsigned int j = 1; j < n; j++) {
			if (next[j] < pc || next[j] > at)
				next[kept++] = next[j];
		}
		return kept;
	}
	return 0;
}

unsigned int riscv64_next_pc(riscv64_fetch fetch, uint64_t pc, const uint64_t x[32],
			     uint64_t next[RISCV64_NEXT_MAX])
{
	struct riscv64_insn insn;
	unsigned int n = 0;

	if (!fetch(pc, &insn))
		return 0;
	if (is_amo(&insn, FUNCT5_LR))
		n = next_of_sequence(fetch, pc, next);
	if (n)
		return n;
	next[0] = insn.size == 2 ? next_of_2(pc, insn.bits, x) : next_of_4(pc, insn.bits, x);
	return 1;
}
