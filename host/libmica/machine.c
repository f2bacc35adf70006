/* SPDX-License-Identifier: BSD-3-Clause */
#include <elf.h>
#include <stddef.h>

#include "machine.h"

/* struct user_pt_regs */
static const char *const arm64[] = { "x0",  "x1",  "x2",  "x3",	 "x4",	"x5",	 "x6",
				     "x7",  "x8",  "x9",  "x10", "x11", "x12",	 "x13",
				     "x14", "x15", "x16", "x17", "x18", "x19",	 "x20",
				     "x21", "x22", "x23", "x24", "x25", "x26",	 "x27",
				     "x28", "x29", "x30", "sp",	 "pc",	"pstate" };

/* struct user_regs_struct */
static const char *const x86_64[] = { "r15", "r14", "r13", "r12", "rbp",    "rbx", "r11",
				      "r10", "r9",  "r8",  "rax", "rcx",    "rdx", "rsi",
				      "rdi", "",    "rip", "cs",  "eflags", "rsp", "ss",
				      "",    "",    "",	   "",	  "",	    "" };

/* struct user_regs_struct; names of the calling convention */
static const char *const riscv64[] = { "pc", "ra", "sp",  "gp",	 "tp", "t0", "t1", "t2",
				       "s0", "s1", "a0",  "a1",	 "a2", "a3", "a4", "a5",
				       "a6", "a7", "s2",  "s3",	 "s4", "s5", "s6", "s7",
				       "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6" };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct mica_machine machines[] = {
	{ EM_AARCH64, "esr", arm64, COUNT(arm64) },
	{ EM_X86_64, "cause", x86_64, COUNT(x86_64) },
	{ EM_RISCV, "scause", riscv64, COUNT(riscv64) },
};

const struct mica_machine *mica_machine(uint32_t machine)
{
	static const struct mica_machine unknown = { 0, "cause", NULL, 0 };

	for (size_t i = 0; i < COUNT(machines); i++) {
		if (machines[i].machine == machine)
			return &machines[i];
	}
	return &unknown;
}
