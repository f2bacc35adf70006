/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Debugging this image with gdb through the host: a stub that speaks gdb's remote protocol over the
 * ring pair of the resource table (MICA_RSC_RING_PAIR). An image that wants it calls
 * mica_gdb_enable() before mica_session_start(); others link none of it. docs/debugging.md.
 *
 * While the client is stopped, the stub has the core and nothing else runs.
 */
#ifndef MICA_GDB_H
#define MICA_GDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void mica_gdb_enable(void);

/* Numbers of gdb's signals. */
#define MICA_GDB_SIGINT	 2
#define MICA_GDB_SIGILL	 4
#define MICA_GDB_SIGTRAP 5
#define MICA_GDB_SIGABRT 6
#define MICA_GDB_SIGFPE	 8
#define MICA_GDB_SIGBUS	 10
#define MICA_GDB_SIGSEGV 11

/* ---- for the arch's handlers ---- */

struct mica_gdb_frame; /* the arch's: registers of what was interrupted */

struct mica_gdb_hooks {
	/* An exception. True: a debugger dealt with it, go on with the frame as it is now. */
	bool (*exception)(struct mica_gdb_frame *frame, int signal);
	/* In the doorbell's interrupt: the host wants this client to stop. */
	bool (*wanted)(void);
	/* Stop the caller, as a breakpoint does. */
	void (*stop)(void);
};

/* NULL: this image has no debugger. */
extern const struct mica_gdb_hooks *mica_gdb_hooks;

/* ---- provided by the arch for the stub ---- */

struct mica_gdb_reg {
	uint16_t at;  /* in the frame */
	uint8_t size; /* bytes */
	bool there;   /* otherwise gdb is told that it cannot be had */
};

/* X(1), ... X(30): general registers, which most have that many of. */
#define MICA_GDB_30(X)                                                                           \
	X(1), X(2), X(3), X(4), X(5), X(6), X(7), X(8), X(9), X(10), X(11), X(12), X(13), X(14), \
		X(15), X(16), X(17), X(18), X(19), X(20), X(21), X(22), X(23), X(24), X(25),     \
		X(26), X(27), X(28), X(29), X(30)

struct mica_gdb_arch {
	const char *target; /* target.xml */
	const struct mica_gdb_reg *reg;
	unsigned int n_regs;
	unsigned int pc;	   /* its register number */
	unsigned int pc_behind;	   /* bytes by which a hit breakpoint's pc is behind it */
	const uint8_t *breakpoint; /* instruction */
	unsigned int breakpoint_size;
	/* All or nothing; code too. False: not memory of this image. */
	bool (*read)(uint64_t addr, void *data, size_t len);
	bool (*write)(uint64_t addr, const void *data, size_t len);
	/* Stop after one instruction, or do not. */
	void (*step)(struct mica_gdb_frame *frame, bool on);
	/* Hardware breakpoint. False: none left. */
	bool (*hardware)(uint64_t addr, bool set);
	/* Until something may have come from the host, or some time later. */
	void (*wait)(void);
	/* Stop here, as if there were a breakpoint. */
	void (*trap)(void);
	/* Where the image lies, if it can lie anywhere; 0: where it was linked. */
	uint64_t (*base)(void);
};

extern const struct mica_gdb_arch mica_gdb_arch;
/* Handlers in place. */
void mica_gdb_arch_init(void);

#endif /* MICA_GDB_H */
