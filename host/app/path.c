/* SPDX-License-Identifier: BSD-3-Clause */
/* Paths: the daemon's run-time folder, a client's, an endpoint's socket. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../libmica/socket_path.h"
#include "app.h"
#include "mica/config.h"
#include "mica/control.h"

#define SYSTEM_ROOT "/run/mica"

/* As `mica` does; an application of an ordinary user that has no daemon of its own means the
 * system's. */
static int run_root(char *out, size_t size)
{
	if (mica_run_root(out, size) || (!getenv(MICA_RUN_ROOT_ENV) && access(out, F_OK)))
		return snprintf(out, size, SYSTEM_ROOT) < (int)size ? 0 : -1;
	return 0;
}

static bool name_valid(const char *name)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_.-";
	size_t len = strlen(name);

	return len && len <= MICA_NAME_MAX && strspn(name, chars) == len && strcmp(name, ".") &&
	       strcmp(name, "..");
}

int app_client_dir(const char *client, char *out, size_t size)
{
	char root[PATH_MAX];

	if (!name_valid(client)) {
		errno = EINVAL;
		return -1;
	}
	if (run_root(root, sizeof(root)) ||
	    (size_t)snprintf(out, size, "%s/clients/%s", root, client) >= size) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return 0;
}

int mica_app_path(const char *client, const char *endpoint, char *path, size_t size)
{
	char dir[PATH_MAX];

	if (app_client_dir(client, dir, sizeof(dir)))
		return -1;
	return mica_socket_path(dir, endpoint, path, size);
}
