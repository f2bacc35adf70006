/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "access.h"

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif

/* "name:password:gid:members" */
gid_t access_group(const char *file, const char *name)
{
	size_t len = strlen(name), room = 0;
	gid_t gid = NO_GROUP;
	char *line = NULL, *end;
	FILE *f = fopen(file, "re");

	if (!f)
		return NO_GROUP;
	while (gid == NO_GROUP && getline(&line, &room, f) > 0) {
		unsigned long v;
		char *p;

		if (strncmp(line, name, len) != 0 || line[len] != ':')
			continue;
		p = strchr(line + len + 1, ':');
		if (!p)
			continue;
		v = strtoul(p + 1, &end, 10);
		if (end != p + 1 && *end == ':' && v < NO_GROUP)
			gid = (gid_t)v;
	}
	free(line);
	fclose(f);
	return gid;
}

static int in_groups(int fd, gid_t group)
{
	socklen_t len = 0;
	gid_t *list;
	int found = 0;

	/* First call: how much room; the kernel answers ERANGE and the size. */
	getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, NULL, &len);
	if (!len || !(list = malloc(len)))
		return 0;
	if (!getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, list, &len))
		for (size_t i = 0; i < len / sizeof(gid_t); i++)
			found |= list[i] == group;
	free(list);
	return found;
}

enum right access_peer(int fd, gid_t group)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len))
		return RIGHT_NONE;
	if (cred.uid == 0 || cred.uid == geteuid())
		return RIGHT_OWN;
	if (group != NO_GROUP && (cred.gid == group || in_groups(fd, group)))
		return RIGHT_OPERATE;
	return RIGHT_NONE;
}
