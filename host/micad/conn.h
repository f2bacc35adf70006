/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One connection to the control socket. Calls are answered one after the other; while one is at
 * work, or replies wait to be written, nothing more is read, so a caller can neither pile up work
 * nor replies. Loop thread only.
 */
#ifndef MICAD_CONN_H
#define MICAD_CONN_H

#include <stdbool.h>
#include <uv.h>

#include "access.h"
#include "frame.h"
#include "mica/config.h"
#include "mica/error.h"

struct daemon;

struct conn {
	uv_pipe_t pipe;
	uv_timer_t turn; /* goes on with buffered calls in the loop's next turn */
	struct daemon *daemon;
	struct conn *prev, *next;
	struct frame in;
	enum right right;
	unsigned int refs; /* one for each open handle, one for the request at work */
	bool closed;	   /* no more input, output is dropped */
	bool closing;	   /* closes once everything is written */
	bool busy;	   /* a request is at work */
	bool reading;
	bool monitor;			/* gets changes until it goes */
	bool logs;			/* instead, lines of the log of the client `filter` */
	char filter[MICA_NAME_MAX + 1]; /* of the monitor; empty: every client */
	void (*gone)(void *arg);	/* see conn_stream() */
	void *gone_arg;
};

struct conn *conn_new(struct daemon *d);
/* For one that was never accepted. */
void conn_discard(struct conn *c);
void conn_begin(struct conn *c);
/* Answer with one error and close. */
void conn_refuse(struct conn *c, const char *text);
void conn_end(struct conn *c, enum mica_code code, const char *text);
void conn_close(struct conn *c);
/* Takes the malloc'd string (NULL: out of memory, the connection is closed). */
void conn_send(struct conn *c, char *text);
/* The request at work sends replies for a while: the caller's end shows, gone() is called once
 * then, from within whatever noticed it. NULL: no more. conn_idle() ends it, too. */
void conn_stream(struct conn *c, void (*gone)(void *arg), void *arg);
/* Bytes of replies that the caller has not taken yet. */
size_t conn_backlog(const struct conn *c);
/* The request at work is done: go on with the next one, and drop its reference. */
void conn_idle(struct conn *c);
/* It never will be: the connection gets changes until it goes. Drops the reference too. */
void conn_monitor(struct conn *c);

#endif /* MICAD_CONN_H */
