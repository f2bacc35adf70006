// SPDX-License-Identifier: BSD-3-Clause
/* Registers of a signal's context, in the order of the machine's NT_PRSTATUS note. */
#include <elf.h>
#include <string.h>

#include "mica/abi.h"
#include "native.h"

#if defined(__x86_64__)

void native_registers(const ucontext_t *uc, struct mica_crash *record)
{
	static const int order[] = { REG_R15, REG_R14, REG_R13, REG_R12, REG_RBP,
				     REG_RBX, REG_R11, REG_R10, REG_R9,	 REG_R8,
				     REG_RAX, REG_RCX, REG_RDX, REG_RSI, REG_RDI };
	const greg_t *g = uc->uc_mcontext.gregs;
	unsigned int n = 0;

	while (n < sizeof(order) / sizeof(order[0])) {
		record->reg[n] = (uint64_t)g[order[n]];
		n++;
	}
	record->reg[n++] = UINT64_MAX; /* orig_rax: in no system call */
	record->reg[n++] = (uint64_t)g[REG_RIP];
	record->reg[n++] = (uint64_t)g[REG_CSGSFS] & 0xffff;
	record->reg[n++] = (uint64_t)g[REG_EFL];
	record->reg[n++] = (uint64_t)g[REG_RSP];
	record->reg[n++] = (uint64_t)g[REG_CSGSFS] >> 48;
	__asm__("mov %%fs:0, %0" : "=r"(record->reg[n])); /* fs_base: the thread's own pointer */
	record->n_regs = n + 6;				  /* gs_base and the segments are 0 */
	record->machine = EM_X86_64;
	record->pc = (uint64_t)g[REG_RIP];
	record->sp = (uint64_t)g[REG_RSP];
}

#elif defined(__aarch64__)

void native_registers(const ucontext_t *uc, struct mica_crash *record)
{
	memcpy(record->reg, uc->uc_mcontext.regs, 31 * sizeof(uint64_t));
	record->reg[31] = uc->uc_mcontext.sp;
	record->reg[32] = uc->uc_mcontext.pc;
	record->reg[33] = uc->uc_mcontext.pstate;
	record->n_regs = 34;
	record->machine = EM_AARCH64;
	record->pc = uc->uc_mcontext.pc;
	record->sp = uc->uc_mcontext.sp;
}

#else

/* A record without registers: still says what happened. */
void native_registers(const ucontext_t *uc, struct mica_crash *record)
{
	(void)uc;
	(void)record;
}

#endif
