/* SPDX-License-Identifier: BSD-3-Clause */
/* What passes between a debugger and a client, looked at byte by byte: no memory of its own. */
#ifndef MICA_GDB_FILTER_H
#define MICA_GDB_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Most bytes that mica_gdb_from_debugger() gives for one. */
#define MICA_GDB_HELD 8u

enum mica_gdb_event {
	MICA_GDB_NOTHING,
	MICA_GDB_INTERRUPTED, /* 0x03 between two packets */
	MICA_GDB_RUN,	      /* vRun: start afresh and say why it stopped */
	MICA_GDB_RESTART,     /* R: start afresh */
	MICA_GDB_PACKET,      /* the end of a packet that passes on */
};

struct mica_gdb_filter {
	enum { GDB_BETWEEN, GDB_HEAD, GDB_BODY, GDB_SUM1, GDB_SUM2 } at;
	uint8_t head[MICA_GDB_HELD]; /* first bytes of the packet under way */
	unsigned int n_head;
	unsigned int held; /* of these, not passed on yet, counted with the '$' */
	enum mica_gdb_event taken;
	bool resumes; /* the last packet lets the target run */
};

/* One byte from the debugger; *n bytes of out (room for MICA_GDB_HELD) go to the client. */
enum mica_gdb_event mica_gdb_from_debugger(struct mica_gdb_filter *f, uint8_t byte,
					   uint8_t out[MICA_GDB_HELD], unsigned int *n);
/* One byte from the client: PACKET at the end of one; f->head holds its first bytes. */
enum mica_gdb_event mica_gdb_from_client(struct mica_gdb_filter *f, uint8_t byte);

#endif /* MICA_GDB_FILTER_H */
