// SPDX-License-Identifier: BSD-3-Clause
/* What a debugger's stub, where an image has one, is asked in exceptions and interrupts. */
#include "arm64.h"
#include "mica_gdb.h"

#define ESR_EC(esr) ((esr) >> 26 & 63u)
#define PSTATE_D    (1ull << 9)
#define PSTATE_SS   (1ull << 21)
#define MDSCR_SS    (1ull << 0)
#define MDSCR_KDE   (1ull << 13)

/* The step under way is how an interrupt stops what it interrupted. */
static bool stopping;

/* Arm ARM D24, ESR_EL1.EC. */
static int signal_of(uint64_t esr)
{
	switch (ESR_EC(esr)) {
	case 0x33: /* software step */
		return stopping ? MICA_GDB_SIGINT : MICA_GDB_SIGTRAP;
	case 0x3C: /* BRK */
		return MICA_GDB_SIGTRAP;
	case 0x21: /* instruction abort */
	case 0x25: /* data abort */
		return MICA_GDB_SIGSEGV;
	case 0x22: /* misaligned pc */
	case 0x26: /* misaligned sp */
		return MICA_GDB_SIGBUS;
	default:
		return MICA_GDB_SIGILL;
	}
}

uint64_t arm64_debug(struct mica_gdb_frame *frame)
{
	int signal = signal_of(read_sysreg("esr_el1"));

	/* The stub has the first core only. */
	if (arm64_is_secondary())
		return 0;
	stopping = false;
	return mica_gdb_hooks && mica_gdb_hooks->exception(frame, signal);
}

void arm64_debug_irq(uint64_t *spsr)
{
	if (!mica_gdb_hooks || !mica_gdb_hooks->wanted())
		return;
	stopping = true;
	*spsr = (*spsr | PSTATE_SS) & ~PSTATE_D;
	write_sysreg("mdscr_el1", read_sysreg("mdscr_el1") | MDSCR_SS | MDSCR_KDE);
}
