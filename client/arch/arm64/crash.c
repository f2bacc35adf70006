// SPDX-License-Identifier: BSD-3-Clause
/*
 * Fatal exceptions: a record of what happened, then power off. The record lies in memory that is
 * not cached. The image's memory is, and stays as it is: the host cleans it to the point of
 * coherency by address, which reaches this core's caches (inner shareable) while it is on, and
 * firmware cleans those on CPU_OFF.
 */
#include <string.h>

#include "arm64.h"
#include "mica_chip.h"
#include "mica_client.h"

#define EM_AARCH64 183u

#define ESR_EC(esr)    (((esr) >> 26) & 63u)
#define EC_BRK	       0x3Cu
#define EC_DATA_ABORT  0x25u
#define EC_INSTR_ABORT 0x21u
#define EC_PC_ALIGN    0x22u

/* vectors.S; the order of struct user_pt_regs. */
struct fatal_frame {
	uint64_t x[31], sp, pc, pstate;
};
_Static_assert(sizeof(struct fatal_frame) == 272, "vectors.S");
_Static_assert(sizeof(struct fatal_frame) <= sizeof(((struct mica_crash *)0)->reg), "record");

/* Arm ARM D24, ESR_EL1.EC; only those that can come from this exception level. */
static const char *class_name(uint64_t esr)
{
	switch (ESR_EC(esr)) {
	case 0x00:
		return "undefined instruction";
	case 0x07:
		return "floating point used";
	case 0x0E:
		return "illegal execution state";
	case 0x15:
		return "SVC";
	case EC_INSTR_ABORT:
		return "instruction abort";
	case EC_PC_ALIGN:
		return "misaligned pc";
	case EC_DATA_ABORT:
		return "data abort";
	case 0x26:
		return "misaligned sp";
	case EC_BRK:
		return "breakpoint instruction";
	default:
		return "synchronous exception";
	}
}

static const char *what_happened(uint64_t vector, uint64_t esr)
{
	switch (vector % 4) {
	case 0:
		return class_name(esr);
	case 2:
		return "FIQ";
	case 3:
		return "SError";
	default:
		return "interrupt with SP_EL0";
	}
}

static void copy_text(char to[64], const char *from)
{
	size_t len = strlen(from);

	memcpy(to, from, (len < 63 ? len : 63) + 1);
	to[63] = '\0';
}

void arm64_fatal(uint64_t vector, const struct fatal_frame *frame)
{
	static bool again;
	static struct mica_crash record;
	uint64_t esr = read_sysreg("esr_el1");

	/* The threads go on; what it did last is for them to find out. */
	if (arm64_is_secondary())
		arm64_psci_cpu_off();
	if (again || !frame)
		mica_chip_power_off();
	again = true;
	record.machine = EM_AARCH64;
	record.cause = MICA_CRASH_EXCEPTION;
	record.pc = frame->pc;
	record.sp = frame->sp;
	record.fault_address = frame->pc;
	if (ESR_EC(esr) == EC_DATA_ABORT || ESR_EC(esr) == EC_INSTR_ABORT ||
	    ESR_EC(esr) == EC_PC_ALIGN)
		record.fault_address = read_sysreg("far_el1");
	record.syndrome = esr;
	copy_text(record.text, what_happened(vector, esr));
	record.n_regs = sizeof(*frame) / sizeof(uint64_t);
	memcpy(record.reg, frame, sizeof(*frame));
	mica_session_crashed(&record);
	mica_chip_power_off();
}
