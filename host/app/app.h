/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside of libmica-app. */
#ifndef MICA_APP_PRIV_H
#define MICA_APP_PRIV_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/un.h>

#include "mica/app.h"

struct mica_app {
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	unsigned int flags;
	int fd;	    /* the connection; -1: none */
	int watch;  /* inotify, while the endpoint is waited for; -1: none */
	int handle; /* epoll instance with either of them: what the application polls */
	uint32_t message_max;
	unsigned int connections;
	int patience; /* SO_RCVTIMEO of the connection, milliseconds; -1: for ever */
};

/* Milliseconds of CLOCK_MONOTONIC at which timeout_ms is over; INT64_MAX: never. */
int64_t app_deadline(int timeout_ms);
/* Left until then, for poll(): -1 for ever. */
int app_left(int64_t deadline);
/* Wait for events on fd. False: the time was over. */
bool app_wait(int fd, short events, int64_t deadline);

/* connect.c: until connected or the time is over. 0, or -1 with errno as mica_app_open(). */
int app_connect(struct mica_app *app, int64_t deadline);
/* Ends the connection; waits for the next one from now on. */
void app_disconnect(struct mica_app *app);
/* Folder of a client. 0, or -1 with errno. */
int app_client_dir(const char *client, char *out, size_t size);

#endif /* MICA_APP_PRIV_H */
