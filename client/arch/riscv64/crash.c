// SPDX-License-Identifier: BSD-3-Clause
/* Fatal exceptions: a record of what happened, then power off, the memory as it is. */
#include <string.h>

#include "mica_chip.h"
#include "mica_client.h"
#include "riscv64.h"

#define EM_RISCV  243u
#define CORE_REGS 32u /* pc, x1 ... x31: struct user_regs_struct up to there */

/* Privileged architecture, scause; whether stval is the address that was reached for. */
static const struct {
	const char *name;
	bool address;
} causes[] = {
	[0] = { "misaligned pc", true },	[1] = { "instruction access fault", true },
	[2] = { "illegal instruction", false }, [3] = { "breakpoint instruction", false },
	[4] = { "misaligned load", true },	[5] = { "load access fault", true },
	[6] = { "misaligned store", true },	[7] = { "store access fault", true },
	[9] = { "environment call", false },	[12] = { "instruction page fault", true },
	[13] = { "load page fault", true },	[15] = { "store page fault", true },
};

static void describe(struct mica_crash *record, uint64_t cause)
{
	const char *name = "exception";

	record->syndrome = cause;
	record->fault_address = record->pc;
	if (cause < sizeof(causes) / sizeof(causes[0]) && causes[cause].name) {
		name = causes[cause].name;
		if (causes[cause].address)
			record->fault_address = csr_read("stval");
	}
	memcpy(record->text, name, strlen(name) + 1);
}

void riscv64_fatal(const struct mica_gdb_frame *frame)
{
	static bool again;
	static struct mica_crash record;

	/* The threads go on; what it did last is for them to find out. */
	if (frame && riscv64_is_secondary(frame))
		riscv64_sbi_hart_stop();
	if (again || !frame)
		mica_chip_power_off();
	again = true;
	record.machine = EM_RISCV;
	record.cause = MICA_CRASH_EXCEPTION;
	record.pc = frame->pc;
	record.sp = frame->x[1];
	describe(&record, csr_read("scause"));
	record.n_regs = CORE_REGS;
	memcpy(record.reg, frame, CORE_REGS * sizeof(uint64_t));
	mica_session_crashed(&record);
	mica_chip_power_off();
}
