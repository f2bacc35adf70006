/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One message of the socket is one request or one reply. Calls that return at once run here, in
 * the order in which they came; one that may wait gets a thread of its own, so it holds up nobody
 * but its caller. Never more threads than clients have slots.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "call.h"
#include "handles.h"
#include "server.h"

#define STACK_BYTES (256u << 10) /* resolving names takes most */

static int sock = -1;
static atomic_uint waiting;

static void answer(const struct call *c)
{
	while (c->reply_len && send(sock, c->reply, c->reply_len, MSG_NOSIGNAL) < 0) {
		if (errno != EINTR)
			return; /* the daemon is gone: server_run() sees it too */
	}
}

static void *run_slow(void *arg)
{
	struct call *c = arg;

	call_run(c);
	/* First: whoever gets the answer may have the next one at once. */
	atomic_fetch_sub(&waiting, 1);
	answer(c);
	free(c);
	return NULL;
}

/* False: no thread to be had. */
static bool start_slow(const struct call *c)
{
	struct call *own = malloc(sizeof(*own));
	pthread_attr_t attr;
	pthread_t thread;
	int rc = ENOMEM;

	if (!own)
		return false;
	if (atomic_fetch_add(&waiting, 1) < MICA_RPC_SLOTS) {
		*own = *c;
		pthread_attr_init(&attr);
		pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
		pthread_attr_setstacksize(&attr, STACK_BYTES);
		rc = pthread_create(&thread, &attr, run_slow, own);
		pthread_attr_destroy(&attr);
	}
	if (!rc)
		return true;
	atomic_fetch_sub(&waiting, 1);
	free(own);
	return false;
}

static void serve(struct call *c)
{
	if (call_is_quick(c))
		call_run(c);
	else if (start_slow(c))
		return;
	else
		ret_fail(c, EAGAIN);
	answer(c);
}

void server_run(int socket)
{
	struct call c;
	ssize_t n;

	sock = socket;
	for (;;) {
		n = recv(socket, c.req, sizeof(c.req), 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		if (call_begin(&c, (size_t)n))
			serve(&c);
	}
	stream_flush_files();
}
