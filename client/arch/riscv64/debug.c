// SPDX-License-Identifier: BSD-3-Clause
/* What a debugger's stub, where an image has one, is asked in exceptions and interrupts. */
#include "mica_gdb.h"
#include "riscv64.h"

/* By scause. */
static int signal_of(uint64_t cause)
{
	switch (cause) {
	case 3:
		return MICA_GDB_SIGTRAP;
	case 1:
	case 5:
	case 7:
	case 12:
	case 13:
	case 15:
		return MICA_GDB_SIGSEGV;
	case 0:
	case 4:
	case 6:
		return MICA_GDB_SIGBUS;
	default:
		return MICA_GDB_SIGILL;
	}
}

bool riscv64_debug(struct mica_gdb_frame *frame, uint64_t cause)
{
	bool interrupt = cause >> 63;

	/* The stub has the first hart only. */
	if (riscv64_is_secondary(frame) || !mica_gdb_hooks)
		return interrupt;
	/* Who was only interrupted goes on, whatever the stub says. */
	return mica_gdb_hooks->exception(frame, interrupt ? MICA_GDB_SIGINT : signal_of(cause)) ||
	       interrupt;
}

bool riscv64_debug_wanted(void)
{
	return mica_gdb_hooks && mica_gdb_hooks->wanted();
}
