/* SPDX-License-Identifier: BSD-3-Clause */
/* The control socket: accepts connections and keeps the list of them. Loop thread only. */
#ifndef MICAD_SERVER_H
#define MICAD_SERVER_H

#include <uv.h>

#include "mica/client.h"
#include "mica/error.h"

struct daemon;
struct conn;
struct json_object;

#define SERVER_CONNS_MAX  64
#define SERVER_GUESTS_MAX 48 /* of these, held by callers other than the owner */

struct server {
	uv_pipe_t pipe;
	struct daemon *daemon;
	struct conn *conns; /* doubly linked */
	unsigned int n_conns, n_guests;
};

/* Takes over the listening descriptor of daemon->instance. */
int server_start(struct server *s, struct daemon *d, struct mica_error *err);
void server_stop(struct server *s);
/* Called by a connection when it goes. */
void server_forget(struct server *s, struct conn *c);
/* One change of a client to everybody who monitors it. Names may be "".
 * pending: not the end. */
void server_change(struct server *s, const char *kind, const char *name, const char *from,
		   const char *to, const char *reason, bool pending);

/* One line of a client's log to everybody who follows it. */
void server_line(struct server *s, const char *name, const struct mica_log_line *line);
/* As replies have it; new reference. */
struct json_object *server_line_json(const struct mica_log_line *line);

#endif /* MICAD_SERVER_H */
