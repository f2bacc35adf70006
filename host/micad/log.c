/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal.h"
#include "log.h"

static bool to_journal; /* stderr is the journal's */
static int most = LOG_INFO;

/* JOURNAL_STREAM is inherited; it counts only if stderr is still that very stream. */
void log_init(void)
{
	const char *env = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	to_journal = env && sscanf(env, "%llu:%llu", &dev, &ino) == 2 &&
		     !fstat(STDERR_FILENO, &st) && st.st_dev == dev && st.st_ino == ino;
	if (to_journal)
		(void)journal_open(JOURNAL_SOCKET);
}

void log_all(void)
{
	most = LOG_DEBUG;
}

static const char *word(int level)
{
	if (level <= LOG_ERR)
		return "error: ";
	return level == LOG_WARNING ? "warning: " : "";
}

/* With its fields, which stderr cannot carry. */
static bool in_journal(int level, const char *client, const char *text)
{
	struct journal_line line = {
		.identifier = "micad", .client = client, .level = level, .text = text
	};
	char named[1200];

	if (client && *client) {
		snprintf(named, sizeof(named), "%s: %s", client, text);
		line.text = named;
	}
	return journal_send(&line);
}

void log_client(const char *client, const struct mica_log_line *line)
{
	const struct journal_line out = { .identifier = client,
					  .client = client,
					  .source = line->source,
					  .level = line->level,
					  .text = line->text };

	journal_send(&out);
}

void log_line(int level, const char *client, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (level > most)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* Endpoint names and the like come from clients. */
	for (char *p = text; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	if (journal_is_open() && in_journal(level, client, text) && to_journal)
		return;
	if (to_journal)
		fprintf(stderr, "<%d>%s%s%s\n", level, client ? client : "", client ? ": " : "",
			text);
	else
		fprintf(stderr, "micad: %s%s%s%s\n", word(level), client ? client : "",
			client ? ": " : "", text);
}
