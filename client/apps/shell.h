/* SPDX-License-Identifier: BSD-3-Clause */
/* The shell: one thread, one tty. Everything here runs in that thread. */
#ifndef SHELL_H
#define SHELL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mica_os.h"

#define SHELL_LINE 128

struct shell_command {
	const char *name;
	const char *help;	       /* "what it does", or "ARGS  what it does" */
	void (*run)(const char *args); /* rest of the line, without leading blanks */
};

/* Ends with an entry without a name. */
extern const struct shell_command shell_commands[];
/* Those that are nothing without a session with the host. */
extern const struct shell_command shell_session_commands[];

struct shell_config {
	const char *tty_name;
	size_t piece;			  /* most bytes of one message; 0: what fits */
	bool silent;			  /* says nothing before the first byte of input */
	struct mica_os_sem *gate;	  /* waits for it first; NULL: nothing to wait for */
	bool console;			  /* on the board's console: there is no session, no tty */
	const struct shell_command *more; /* instead of shell_session_commands; NULL: those */
};

/* Open the tty and start the shell's thread, once. Session thread. */
void shell_start(const struct shell_config *config);

/* Session thread. Its terminal is withdrawn; whoever waits in it goes on when it is shown again.
 * False: somebody is sending, try again later. */
bool shell_hide(void);
void shell_show(void);

void shell_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
void shell_vprintf(const char *format, va_list args);
/* On the console: the user has pressed Ctrl-C. Shows what was printed so far. */
bool shell_interrupted(void);
/* Raw bytes. False when nobody took them in time. */
bool shell_write(const void *data, size_t len);
/* Raw bytes, at least one; 0 after timeout_ms. */
size_t shell_read(void *data, size_t len, uint32_t timeout_ms);

/* transfer.c: commands that move raw bytes */
void shell_cat(const char *args);
void shell_flood(const char *args);
void shell_sink(const char *args);

/* The n-th byte of the pattern; a number, or false after a word to the user. */
uint8_t shell_pattern(uint32_t n);
bool shell_parse_count(const char *command, const char *args, uint32_t *count);

/* umt.c: bulk messages */
void shell_umt(const char *args);

/* rpc.c: calls functions of Linux */
void shell_rpc(const char *args);

/* smp.c */
void shell_smp(const char *args);
/* Before this core powers itself off; session thread. */
void smp_stop(void);

/* log.c */
void shell_log(const char *args);
void shell_logflood(const char *args);
void shell_trace(const char *args);

/* faults.c: misbehaves */
void shell_fault(const char *args);

/* metal_test.c */
void shell_metal(const char *args);

/* selftest.c */
void shell_threads(const char *args);
bool selftest_run(char *line, size_t size); /* line: what was tested, how it went */

#endif /* SHELL_H */
