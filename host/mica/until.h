/* SPDX-License-Identifier: BSD-3-Clause */
/* The line of a client's output that somebody waits for. */
#ifndef MICA_UNTIL_H
#define MICA_UNTIL_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#define UNTIL_LINE 4096 /* of a longer line the beginning counts */

/* Zeros: waits for nothing. */
struct until {
	bool set, seen;
	regex_t re;
	char line[UNTIL_LINE];
	size_t len;
};

/* 0, or -1 with a line that says why in why. */
int until_set(struct until *u, const char *regex, char *why, size_t size);
/* What the client said, as it came. */
void until_look(struct until *u, const char *text, size_t len);
void until_free(struct until *u);

#endif /* MICA_UNTIL_H */
