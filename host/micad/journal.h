/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * systemd's journal, by its native protocol: one datagram a line, one KEY=VALUE a row. Never
 * blocks; what the journal does not take is lost.
 */
#ifndef MICAD_JOURNAL_H
#define MICAD_JOURNAL_H

#include <stdbool.h>

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

struct journal_line {
	const char *identifier; /* SYSLOG_IDENTIFIER */
	const char *client;	/* MICA_CLIENT; NULL or "": about none */
	const char *source;	/* MICA_SOURCE; NULL or "": of the daemon */
	int level;
	const char *text;
};

/* -1: path is too long. */
int journal_open(const char *path);
bool journal_is_open(void);
/* False: it was not taken. Control characters become '?'. */
bool journal_send(const struct journal_line *line);

#endif /* MICAD_JOURNAL_H */
