/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "socket_path.h"

#define ENDPOINT_MAX 31u /* bytes of a name in an announcement, without its NUL */

static int plain(unsigned char c, int first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || (c == '.' && !first);
}

int mica_socket_name(const char *endpoint, char out[MICA_SOCKET_NAME_MAX])
{
	size_t len = strnlen(endpoint, ENDPOINT_MAX + 1), at = 0;

	if (!len || len > ENDPOINT_MAX)
		return -1;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)endpoint[i];

		if (plain(c, i == 0))
			out[at++] = (char)c;
		else
			at += (size_t)snprintf(out + at, 4, "%%%02X", (unsigned int)c);
	}
	out[at] = '\0';
	return 0;
}

/* FNV-1a of 64 bits. */
void mica_socket_short_name(const char *endpoint, char out[MICA_SOCKET_NAME_MAX])
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (const char *p = endpoint; *p; p++) {
		hash ^= (unsigned char)*p;
		hash *= 0x100000001b3u;
	}
	snprintf(out, MICA_SOCKET_NAME_MAX, "~%016llx", (unsigned long long)hash);
}

int mica_socket_path(const char *client_dir, const char *endpoint, char *out, size_t size)
{
	const size_t room = sizeof(((struct sockaddr_un *)0)->sun_path);
	char name[MICA_SOCKET_NAME_MAX];
	size_t folder = strlen(client_dir) + sizeof("/" MICA_SOCKET_FOLDER "/") - 1;

	if (mica_socket_name(endpoint, name)) {
		errno = EINVAL;
		return -1;
	}
	if (folder + strlen(name) >= room)
		mica_socket_short_name(endpoint, name);
	if (folder + strlen(name) >= room || folder + strlen(name) >= size) {
		errno = ENAMETOOLONG;
		return -1;
	}
	snprintf(out, size, "%s/" MICA_SOCKET_FOLDER "/%s", client_dir, name);
	return 0;
}
