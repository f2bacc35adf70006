/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "access.h"
#include "mica/group.h"

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif

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
	if (group != MICA_NO_GROUP && (cred.gid == group || in_groups(fd, group)))
		return RIGHT_OPERATE;
	return RIGHT_NONE;
}
