/* SPDX-License-Identifier: BSD-3-Clause */
/* Where a hart of RISC-V goes next. The instructions are what binutils' assembler makes of the
 * text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../client/arch/riscv64/next_pc.c"

#define PC 0xaa000100ull

static uint8_t code[64];
static uint64_t x[32], next[RISCV64_NEXT_MAX];

static bool fetch(uint64_t addr, struct riscv64_insn *insn)
{
	uint16_t half[2] = { 0, 0 };

	if (addr < PC || addr - PC > sizeof(code) - 4)
		return false;
	memcpy(half, code + (addr - PC), 4);
	insn->size = (half[0] & 3) == 3 ? 4 : 2;
	insn->bits = half[0] | (insn->size == 4 ? (uint32_t)half[1] << 16 : 0);
	return true;
}

static void one(uint32_t bits, int64_t offset)
{
	memcpy(code, &bits, 4);
	x[0] = 0;
	assert_int_equal(riscv64_next_pc(fetch, PC, x, next), 1);
	assert_int_equal(next[0], PC + (uint64_t)offset);
}

static void straight(void **state)
{
	(void)state;
	one(0x0001, 2);	    /* c.nop */
	one(0x852e, 2);	    /* c.mv a0, a1 */
	one(0x952e, 2);	    /* c.add a0, a1 */
	one(0x60e2, 2);	    /* c.ldsp ra, 24(sp) */
	one(0x9002, 2);	    /* c.ebreak */
	one(0x00000073, 4); /* ecall */
	one(0x00b6252f, 4); /* amoadd.w a0, a1, (a2) */
	assert_int_equal(riscv64_next_pc(fetch, PC + 0x1000, x, next), 0);
}

static void jumps(void **state)
{
	(void)state;
	one(0x0010006f, 0x800); /* j */
	one(0x801ff06f, -0x800);
	one(0x7ffff06f, 0xffffe);
	one(0x8000006f, -0x100000);
	one(0x008000ef, 8); /* jal ra */
	one(0xff5ff06f, -12);
	one(0xaffd, 0x7fe); /* c.j */
	one(0xb001, -0x800);
	one(0xa009, 2);
	one(0xbff1, -36);
	x[1] = x[10] = PC + 0x235;
	one(0x00050067, 0x234); /* jr a0: the lowest bit is dropped */
	one(0xffc500e7, 0x230); /* jalr ra, -4(a0) */
	one(0x8502, 0x234);	/* c.jr a0 */
	one(0x9502, 0x234);	/* c.jalr a0 */
	one(0x8082, 0x234);	/* ret */
}

static void branches(void **state)
{
	const uint64_t less = (uint64_t)-1; /* as a signed number */
	static const struct {
		uint32_t bits;
		int64_t offset;
		bool when_less, when_equal, when_more; /* a0 against a1, signed */
	} b[] = {
		{ 0x00b50863, 0x10, false, true, false },   /* beq a0, a1 */
		{ 0xfeb518e3, -0x10, true, false, true },   /* bne */
		{ 0x7eb54fe3, 0xffe, true, false, false },  /* blt */
		{ 0x80b55063, -0x1000, false, true, true }, /* bge */
		{ 0x00b560e3, 0x800, false, false, true },  /* bltu: -1 is the largest */
		{ 0x02b57063, 0x20, true, true, false },    /* bgeu */
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(b) / sizeof(b[0]); i++) {
		x[10] = less;
		x[11] = 5;
		one(b[i].bits, b[i].when_less ? b[i].offset : 4);
		x[10] = 5;
		one(b[i].bits, b[i].when_equal ? b[i].offset : 4);
		x[11] = less;
		one(b[i].bits, b[i].when_more ? b[i].offset : 4);
	}
	x[10] = x[9] = x[15] = 0;
	one(0x00050863, 16); /* beq a0, zero */
	one(0xcd7d, 0xfe);   /* c.beqz a0 */
	one(0xc789, 10);     /* c.beqz a5 */
	one(0xf081, 2);	     /* c.bnez s1 */
	x[10] = x[9] = x[15] = 1;
	one(0x00050863, 4);
	one(0xcd7d, 2);
	one(0xc789, 2);
	one(0xf081, -0x100);
}

/* A trap between LR and SC would make SC fail for ever: the sequence is stepped over. */
static void sequences(void **state)
{
	static const uint32_t exchange[] = {
		0x100527af, /* lr.w a5, (a0) */
		0x00b79663, /* bne a5, a1, behind the end */
		0x18c5272f, /* sc.w a4, a2, (a0) */
		0xfe071ae3, /* bnez a4, the beginning */
	};
	static const uint32_t plain[] = { 0x160537af, 0x18c5372f }; /* lr.d.aqrl, sc.d */

	(void)state;
	memset(code, 0, sizeof(code));
	memcpy(code, exchange, sizeof(exchange));
	assert_int_equal(riscv64_next_pc(fetch, PC, x, next), 2);
	assert_int_equal(next[0], PC + 12);
	assert_int_equal(next[1], PC + 16);
	memcpy(code, plain, sizeof(plain));
	assert_int_equal(riscv64_next_pc(fetch, PC, x, next), 1);
	assert_int_equal(next[0], PC + 8);
	/* No SC: as any instruction. */
	for (unsigned int i = 4; i < sizeof(code); i += 2)
		memcpy(code + i, (uint16_t[]){ 0x0001 }, 2);
	one(0x160537af, 4);
	memset(code, 0xff, sizeof(code));
	one(0x160537af, 4);
	/* More branches than there is room for. */
	for (unsigned int i = 4; i < sizeof(code); i += 4)
		memcpy(code + i, &exchange[1], 4);
	one(0x160537af, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(straight),
		cmocka_unit_test(jumps),
		cmocka_unit_test(branches),
		cmocka_unit_test(sequences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
