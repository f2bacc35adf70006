/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mica/group.h"

/* "name:password:gid:members" */
gid_t mica_group_id(const char *file, const char *name)
{
	size_t len = strlen(name), room = 0;
	gid_t gid = MICA_NO_GROUP;
	char *line = NULL, *end;
	FILE *f = fopen(file, "re");

	if (!f)
		return MICA_NO_GROUP;
	while (gid == MICA_NO_GROUP && getline(&line, &room, f) > 0) {
		unsigned long v;
		char *p;

		if (strncmp(line, name, len) != 0 || line[len] != ':')
			continue;
		p = strchr(line + len + 1, ':');
		if (!p)
			continue;
		v = strtoul(p + 1, &end, 10);
		if (end != p + 1 && *end == ':' && v < MICA_NO_GROUP)
			gid = (gid_t)v;
	}
	free(line);
	fclose(f);
	return gid;
}
