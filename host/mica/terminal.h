/* SPDX-License-Identifier: BSD-3-Clause */
/* The user's terminal in raw mode, and back in every case. */
#ifndef MICA_TERMINAL_H
#define MICA_TERMINAL_H

#include <signal.h>
#include <stdbool.h>

/* Set by SIGINT, SIGTERM, SIGHUP and SIGQUIT once terminal_raw() has run. */
extern volatile sig_atomic_t terminal_stop;

/* Standard input into raw mode if it is a terminal; restored at exit. */
void terminal_raw(void);
void terminal_restore(void);
/* Whether standard input is a terminal. */
bool terminal_is_one(void);

#endif /* MICA_TERMINAL_H */
