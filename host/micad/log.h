/* SPDX-License-Identifier: BSD-3-Clause */
/* Log lines on stderr; with the journal's priority prefix when stderr is the journal. */
#ifndef MICAD_LOG_H
#define MICAD_LOG_H

#include <syslog.h>

#include "mica/client.h" /* LOG_ERR ... */

void log_init(void);
/* Also LOG_DEBUG: each step of each operation. */
void log_all(void);
/* client may be NULL. One line; characters that a terminal might act on are replaced. */
void log_line(int level, const char *client, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A line of a client's own log: to the journal only, if there is one. */
void log_client(const char *client, const struct mica_log_line *line);

#endif /* MICAD_LOG_H */
