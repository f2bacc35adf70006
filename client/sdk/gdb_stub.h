/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the debugger's stub. Everything runs with interrupts off. */
#ifndef SDK_GDB_STUB_H
#define SDK_GDB_STUB_H

#include "mica_gdb.h"

#define GDB_PACKET 1600u /* most bytes of a packet's body */

/* gdb_text.c: hexadecimal text. Bounded by NUL on reading; writing appends a NUL. */
int gdb_digit(char c); /* -1: none */
/* Reads a number and moves *p behind it. False: there is none, or it has more than 64 bits. */
bool gdb_number(const char **p, uint64_t *value);
char *gdb_hex(char *to, const void *data, size_t len);
/* Exactly len bytes of text; false: too few or no digits. */
bool gdb_bytes(const char *text, void *data, size_t len);
char *gdb_put_number(char *to, uint64_t value);
char *gdb_put(char *to, const char *text);

/* gdb_breaks.c */
void gdb_breaks_clear(void);
/* 0; 1: no such kind here; -1: cannot be done. */
int gdb_break(uint64_t addr, unsigned int kind, bool set);
/* A breakpoint of ours is there. */
bool gdb_break_at(uint64_t addr);
/* Memory without the stub's own instructions in it. */
bool gdb_read(uint64_t addr, void *data, size_t len);
bool gdb_write(uint64_t addr, const void *data, size_t len);

/* gdb_commands.c */
enum gdb_next { GDB_STAY, GDB_GO, GDB_STEP, GDB_LEAVE };

struct gdb_stop {
	struct mica_gdb_frame *frame;
	int signal;
	bool breakpoint; /* one of gdb_breaks.c, and the frame stands at it */
};

/*
 * One packet (len bytes and a NUL behind them) and its answer, at most GDB_PACKET bytes in `reply`.
 * Unknown ones get an empty answer. *answer: false for those that are answered when the client
 * stops again.
 */
enum gdb_next gdb_command(struct gdb_stop *stop, const char *packet, size_t len, char *reply,
			  size_t *reply_len, bool *answer);

#endif /* SDK_GDB_STUB_H */
