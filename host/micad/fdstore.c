/* SPDX-License-Identifier: BSD-3-Clause */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fdstore.h"
#include "notify.h"

#define FIRST_FD 3
#define MOST_FDS 4096

static long env_number(const char *name)
{
	const char *text = getenv(name);
	char *end;
	long v;

	if (!text || !*text)
		return -1;
	v = strtol(text, &end, 10);
	return *end ? -1 : v;
}

void fdstore_open(struct fdstore *store)
{
	long n = env_number("LISTEN_FDS"), pid = env_number("LISTEN_PID");
	const char *name = getenv("LISTEN_FDNAMES");

	*store = (struct fdstore){ 0 };
	if (pid == getpid() && n > 0 && n <= MOST_FDS)
		store->entry = calloc((size_t)n, sizeof(*store->entry));
	for (; store->entry && store->n < (unsigned int)n; store->n++) {
		struct fdstore_entry *e = &store->entry[store->n];
		size_t len = name ? strcspn(name, ":") : 0;

		e->fd = FIRST_FD + (int)store->n;
		if (fcntl(e->fd, F_SETFD, FD_CLOEXEC) < 0)
			e->fd = -1;
		if (name)
			snprintf(e->name, sizeof(e->name), "%.*s", (int)len, name);
		name = name && name[len] ? name + len + 1 : NULL;
	}
	/* Not for those whom this process starts. */
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDNAMES");
}

static void keep(void *arg, const char *name, int fd)
{
	char state[128];

	(void)arg;
	/* Without FDPOLL=0 it would drop a terminal that nobody has open at the moment. */
	snprintf(state, sizeof(state), "FDSTORE=1\nFDPOLL=0\nFDNAME=%s", name);
	(void)notify_fd(state, fd);
}

static void drop(void *arg, const char *name)
{
	char state[128];

	(void)arg;
	snprintf(state, sizeof(state), "FDSTOREREMOVE=1\nFDNAME=%s", name);
	notify(state);
}

static int take(void *arg, const char *name)
{
	struct fdstore *store = arg;

	for (unsigned int i = 0; i < store->n; i++) {
		struct fdstore_entry *e = &store->entry[i];
		int fd = e->fd;

		if (fd >= 0 && !strcmp(e->name, name)) {
			e->fd = -1;
			return fd;
		}
	}
	return -1;
}

const struct mica_keeper fdstore_keeper = { .keep = keep, .drop = drop, .take = take };

void fdstore_settle(struct fdstore *store)
{
	for (unsigned int i = 0; i < store->n; i++) {
		if (store->entry[i].fd < 0)
			continue;
		close(store->entry[i].fd);
		drop(store, store->entry[i].name);
	}
	free(store->entry);
	*store = (struct fdstore){ 0 };
}
