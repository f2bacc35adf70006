/* SPDX-License-Identifier: BSD-3-Clause */
#include "until.h"

int until_set(struct until *u, const char *regex, char *why, size_t size)
{
	int ret;

	until_free(u);
	ret = regcomp(&u->re, regex, REG_EXTENDED | REG_NOSUB);
	if (ret) {
		regerror(ret, &u->re, why, size);
		return -1;
	}
	u->set = true;
	return 0;
}

static void match(struct until *u)
{
	u->line[u->len] = '\0';
	u->seen = u->seen || !regexec(&u->re, u->line, 0, NULL, 0);
}

void until_look(struct until *u, const char *text, size_t len)
{
	if (!u->set)
		return;
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n') {
			match(u);
			u->len = 0;
		} else if (text[i] && text[i] != '\r' && u->len < sizeof(u->line) - 1) {
			u->line[u->len++] = text[i];
		}
	}
	/* A prompt has no end of line. */
	match(u);
}

void until_free(struct until *u)
{
	if (u->set)
		regfree(&u->re);
	u->set = u->seen = false;
	u->len = 0;
}
