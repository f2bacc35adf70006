/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Endpoints that no other service serves: each is a SOCK_SEQPACKET socket of the file system, one
 * packet a message, for one application at a time. docs/services.md is its description.
 *
 * The file appears under its name when it can be connected to and goes with the endpoint. A file
 * that a killed micad left is replaced.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../client_priv.h"
#include "../files.h"
#include "../link.h"
#include "../socket_path.h"
#include "mica/app.h"
#include "mica/group.h"
#include "socket.h"

#define GROUPS	"/etc/group"
#define BACKLOG 64
#define ACCEPTS 8u /* in one go */
/* Not the name of any endpoint: theirs begin with no dot. */
#define NEW_NAME ".new"

/* ---- applications come ---- */

/* Whoever took a name that says so is told how it went; others see the end, or messages. */
static bool wants_answer(const struct sockaddr_un *peer, socklen_t len)
{
	const size_t at = offsetof(struct sockaddr_un, sun_path) + 1;
	const size_t n = sizeof(MICA_APP_NAME) - 1;

	return len >= at + n && !peer->sun_path[0] && !memcmp(peer->sun_path + 1, MICA_APP_NAME, n);
}

static void answer(int fd, int error)
{
	struct mica_app_answer a = { .error = error, .message_max = MICA_PAYLOAD_MAX };

	(void)send(fd, &a, sizeof(a), MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* False: nobody else wants to connect at the moment. */
static bool accept_one(struct mica_socket *k)
{
	struct sockaddr_un peer = { 0 };
	socklen_t len = sizeof(peer);
	bool busy = mica_socket_busy(k);
	int fd = accept4(k->listener, (struct sockaddr *)&peer, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return false;
	if (wants_answer(&peer, len))
		answer(fd, busy ? EBUSY : 0);
	if (busy)
		close(fd);
	else
		(void)mica_socket_take(k, fd);
	return true;
}

static void on_listener(uv_poll_t *poll, int status, int events)
{
	struct mica_socket *k = poll->data;

	(void)events;
	if (status < 0) {
		uv_poll_stop(poll);
		return;
	}
	for (unsigned int i = 0; i < ACCEPTS && accept_one(k); i++)
		;
}

/* ---- the file ---- */

/* Who may connect: the group that is configured, else that of the terminals. */
static gid_t group_of(const struct mica_client *c)
{
	gid_t gid = c->host->tty_group ? c->host->tty_group : MICA_NO_GROUP;

	if (!c->cfg.endpoint_group[0])
		return gid;
	gid = mica_group_id(GROUPS, c->cfg.endpoint_group);
	if (gid == MICA_NO_GROUP)
		mica_log(c->host, LOG_WARNING, c->cfg.name,
			 "EndpointGroup=%s: no such group; only micad's user may connect",
			 c->cfg.endpoint_group);
	return gid;
}

int mica_socket_rights(const struct mica_client *c, const char *path)
{
	gid_t gid = group_of(c);

	if (chmod(path, 0600))
		return -1;
	if (gid == MICA_NO_GROUP)
		return 0;
	if (chown(path, (uid_t)-1, gid)) {
		mica_log(c->host, LOG_WARNING, c->cfg.name,
			 "cannot give sockets to group %u: %s; only micad's user may connect", gid,
			 strerror(errno));
		return 0;
	}
	return chmod(path, 0660);
}

/* The folder may not be there yet; a file of that name, of a daemon that was killed, may be. */
static int name_it(int fd, const struct sockaddr_un *addr)
{
	char folder[sizeof(addr->sun_path)];
	int rc = bind(fd, (const struct sockaddr *)addr, sizeof(*addr));

	if (rc && errno == ENOENT) {
		memcpy(folder, addr->sun_path, sizeof(folder));
		*strrchr(folder, '/') = '\0';
		rc = mkdir(folder, 0755);
	} else if (rc && errno == EADDRINUSE) {
		rc = unlink(addr->sun_path);
	} else {
		return rc;
	}
	return rc ? rc : bind(fd, (const struct sockaddr *)addr, sizeof(*addr));
}

/* Nobody gets in before rights and listener are right: the name comes last. */
static int publish(struct mica_socket *k, struct mica_error *err)
{
	const struct mica_client *c = k->service->link->client;
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	char path[sizeof(k->path)];
	int on = 1;

	if (mica_socket_path(c->dir, k->service->info.name, path, sizeof(path)) ||
	    strlen(c->dir) + sizeof("/" MICA_SOCKET_FOLDER "/" NEW_NAME) > sizeof(addr.sun_path))
		return mica_fail(err, MICA_E_FAILED,
				 "%.200s leaves no room for the path of a socket; give a shorter "
				 "--run-root",
				 c->dir);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/" MICA_SOCKET_FOLDER "/" NEW_NAME,
		 c->dir);
	k->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (k->listener < 0 || setsockopt(k->listener, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) ||
	    name_it(k->listener, &addr) || mica_socket_rights(c, addr.sun_path) ||
	    listen(k->listener, BACKLOG) || rename(addr.sun_path, path)) {
		mica_fail(err, MICA_E_FAILED, "cannot make socket %s: %s", path, strerror(errno));
		unlink(addr.sun_path);
		return -1;
	}
	memcpy(k->path, path, sizeof(path));
	return 0;
}

void mica_sockets_clear(const struct mica_client *c)
{
	char path[PATH_MAX + 16];
	struct dirent *de;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/" MICA_SOCKET_FOLDER, c->dir);
	dir = opendir(path);
	while (dir && (de = readdir(dir))) {
		if (strcmp(de->d_name, ".") && strcmp(de->d_name, ".."))
			unlinkat(dirfd(dir), de->d_name, 0);
	}
	if (dir)
		closedir(dir);
}

/* ---- the service ---- */

static int listen_for(struct mica_socket *k, struct mica_error *err)
{
	int rc;

	k->listen_poll = calloc(1, sizeof(*k->listen_poll));
	if (!k->listen_poll)
		return mica_fail(err, MICA_E_FAILED, "out of memory");
	rc = uv_poll_init(k->loop, k->listen_poll, k->listener);
	if (rc) {
		free(k->listen_poll);
		k->listen_poll = NULL;
		return mica_fail(err, MICA_E_FAILED, "cannot watch a socket: %s", uv_strerror(rc));
	}
	k->listen_poll->data = k;
	uv_poll_start(k->listen_poll, UV_READABLE, on_listener);
	return 0;
}

static void socket_close(struct mica_service *s)
{
	struct mica_socket *k = s->priv;

	if (!k)
		return;
	if (k->path[0])
		unlink(k->path);
	if (k->listen_poll)
		uv_poll_stop(k->listen_poll);
	mica_handle_free(s->link->client->host, k->listen_poll);
	k->listen_poll = NULL;
	if (k->listener >= 0)
		close(k->listener);
	mica_socket_end(k);
	mica_socket_forget(k);
	mica_held_free(&k->held);
	free(k);
	s->priv = NULL;
	s->info.device[0] = '\0';
}

static int socket_open(struct mica_service *s, struct mica_error *err)
{
	struct mica_socket *k = calloc(1, sizeof(*k));

	if (!k)
		return mica_fail(err, MICA_E_FAILED, "out of memory");
	k->service = s;
	k->loop = s->link->client->host->loop;
	k->listener = k->conn = -1;
	s->priv = k;
	if (publish(k, err) || listen_for(k, err)) {
		socket_close(s);
		return -1;
	}
	snprintf(s->info.device, sizeof(s->info.device), "%s", k->path);
	return 0;
}

static const char *const names[] = { NULL };

static const struct mica_service_ops greeting_ops = {
	.names = names,
	.empty = true,
	.open = socket_open,
	.message = mica_socket_message,
	.writable = mica_socket_writable,
	.close = socket_close,
};

/* Images of the static layout take every message for a request, also one of no bytes. */
static const struct mica_service_ops silent_ops = {
	.names = names,
	.silent = true,
	.empty = true,
	.open = socket_open,
	.message = mica_socket_message,
	.writable = mica_socket_writable,
	.close = socket_close,
};

static bool wanted(const char *patterns, const char *name)
{
	char list[sizeof(((struct mica_config *)0)->endpoints)], *rest = list, *pattern;

	if (!*patterns)
		return true;
	snprintf(list, sizeof(list), "%s", patterns);
	while ((pattern = strsep(&rest, " \t"))) {
		if (*pattern && !fnmatch(pattern, name, 0))
			return true;
	}
	return false;
}

bool mica_socket_wanted(const struct mica_client *c, const char *name)
{
	return c->cfg.endpoint_sockets && *name && wanted(c->cfg.endpoints, name);
}

const struct mica_service_ops *mica_socket_service(const struct mica_client *c, const char *name)
{
	if (!mica_socket_wanted(c, name))
		return NULL;
	return c->cfg.layout == MICA_LAYOUT_STATIC ? &silent_ops : &greeting_ops;
}

bool mica_socket_serves(const struct mica_service *s)
{
	return s->ops && s->ops->close == socket_close;
}

bool mica_socket_connected(const struct mica_service *s)
{
	const struct mica_socket *k = s->priv;

	return s->bound && mica_socket_serves(s) && k && k->conn >= 0;
}
