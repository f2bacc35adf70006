/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "journal.h"

static struct sockaddr_un to = { .sun_family = AF_UNIX };
static int fd = -1;

int journal_open(const char *path)
{
	if (strlen(path) >= sizeof(to.sun_path))
		return -1;
	strcpy(to.sun_path, path);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return 0;
}

bool journal_is_open(void)
{
	return fd >= 0;
}

static size_t row(char *buf, size_t size, size_t len, const char *key, const char *value)
{
	size_t from = len + strlen(key) + 1;
	int n = snprintf(buf + len, size - len, "%s=%s\n", key, value);

	if (n < 0 || len + (size_t)n >= size)
		return len; /* a row that does not fit is left out */
	len += (size_t)n;
	/* A row ends at its newline: none may be inside. */
	for (size_t i = from; i + 1 < len; i++)
		if ((unsigned char)buf[i] < 0x20 || buf[i] == 0x7f)
			buf[i] = '?';
	return len;
}

bool journal_send(const struct journal_line *line)
{
	char buf[2048], level[2] = { (char)('0' + (line->level & 7)), '\0' };
	size_t len = 0;

	if (fd < 0)
		return false;
	len = row(buf, sizeof(buf), len, "PRIORITY", level);
	len = row(buf, sizeof(buf), len, "SYSLOG_IDENTIFIER", line->identifier);
	if (line->client && *line->client)
		len = row(buf, sizeof(buf), len, "MICA_CLIENT", line->client);
	if (line->source && *line->source)
		len = row(buf, sizeof(buf), len, "MICA_SOURCE", line->source);
	len = row(buf, sizeof(buf), len, "MESSAGE", line->text);
	/* By address each time: a journal that was restarted is found again. */
	return sendto(fd, buf, len, MSG_NOSIGNAL, (struct sockaddr *)&to, sizeof(to)) ==
	       (ssize_t)len;
}
