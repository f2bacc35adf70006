/* SPDX-License-Identifier: BSD-3-Clause */
#include <json.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access.h"
#include "conn.h"
#include "daemon.h"
#include "log.h"
#include "message.h"
#include "server.h"

/* The client may have gone, and the host with all of them. */
static void end_following(struct conn *c)
{
	struct mica_client *client = NULL;

	if (c->logs && c->daemon->host)
		client = mica_host_find(c->daemon->host, c->filter);
	c->logs = false;
	if (client)
		mica_client_follow_logs(client, false);
}

void server_forget(struct server *s, struct conn *c)
{
	end_following(c);
	if (c->prev)
		c->prev->next = c->next;
	else
		s->conns = c->next;
	if (c->next)
		c->next->prev = c->prev;
	c->prev = c->next = NULL;
	s->n_conns--;
	if (c->right != RIGHT_OWN)
		s->n_guests--;
}

static void admit(struct server *s, struct conn *c)
{
	uv_os_fd_t fd;

	if (uv_fileno((uv_handle_t *)&c->pipe, &fd) == 0)
		c->right = access_peer(fd, s->daemon->instance.group);
	c->next = s->conns;
	if (c->next)
		c->next->prev = c;
	s->conns = c;
	s->n_conns++;
	if (c->right != RIGHT_OWN)
		s->n_guests++;
	if (s->n_conns > SERVER_CONNS_MAX || s->n_guests > SERVER_GUESTS_MAX)
		conn_refuse(c, "too many connections to micad; end some of them and try again");
	else
		conn_begin(c);
}

static void on_connection(uv_stream_t *stream, int status)
{
	struct server *s = stream->data;
	struct conn *c;

	if (status < 0) {
		log_line(LOG_WARNING, NULL, "control socket: %s", uv_strerror(status));
		return;
	}
	c = conn_new(s->daemon);
	if (!c)
		return;
	status = uv_accept(stream, (uv_stream_t *)&c->pipe);
	if (status < 0) {
		conn_discard(c);
		return;
	}
	admit(s, c);
}

int server_start(struct server *s, struct daemon *d, struct mica_error *err)
{
	int ret;

	s->daemon = d;
	s->pipe.data = s;
	uv_pipe_init(&d->loop, &s->pipe, 0);
	ret = uv_pipe_open(&s->pipe, d->instance.listener);
	if (!ret) {
		d->instance.listener = -1;
		ret = uv_listen((uv_stream_t *)&s->pipe, 2 * SERVER_CONNS_MAX, on_connection);
	}
	if (ret) {
		uv_close((uv_handle_t *)&s->pipe, NULL);
		s->daemon = NULL;
		return mica_fail(err, MICA_E_FAILED, "control socket: %s", uv_strerror(ret));
	}
	return 0;
}

void server_stop(struct server *s)
{
	if (!s->daemon)
		return; /* ended before it began */
	uv_close((uv_handle_t *)&s->pipe, NULL);
	while (s->conns)
		conn_close(s->conns);
}

static struct json_object *change_json(const char *kind, const char *name, const char *from,
				       const char *to, const char *reason, bool pending)
{
	struct json_object *change = json_object_new_object();
	struct json_object *params = json_object_new_object();

	json_object_object_add(change, "kind", json_object_new_string(kind));
	json_object_object_add(change, "name", json_object_new_string(name));
	json_object_object_add(change, "from", json_object_new_string(from));
	json_object_object_add(change, "to", json_object_new_string(to));
	json_object_object_add(change, "reason", json_object_new_string(reason));
	json_object_object_add(change, "pending", json_object_new_boolean(pending));
	json_object_object_add(params, "change", change);
	return params;
}

void server_change(struct server *s, const char *kind, const char *name, const char *from,
		   const char *to, const char *reason, bool pending)
{
	struct conn *next;

	for (struct conn *c = s->conns; c; c = next) {
		next = c->next; /* a slow reader is closed on the way */
		if (c->logs && !strcmp(kind, "removed") && !strcmp(c->filter, name)) {
			c->logs = false;
			conn_end(c, MICA_E_UNKNOWN, "the client was removed");
			continue;
		}
		if (!c->monitor || c->logs || (c->filter[0] && strcmp(c->filter, name) != 0))
			continue;
		conn_send(c,
			  reply_format(change_json(kind, name, from, to, reason, pending), true));
	}
}

struct json_object *server_line_json(const struct mica_log_line *line)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "usec", json_object_new_int64((int64_t)line->usec));
	json_object_object_add(o, "level", json_object_new_int(line->level));
	json_object_object_add(o, "source", json_object_new_string(line->source));
	json_object_object_add(o, "text", json_object_new_string(line->text));
	return o;
}

void server_line(struct server *s, const char *name, const struct mica_log_line *line)
{
	struct conn *next;

	for (struct conn *c = s->conns; c; c = next) {
		struct json_object *params, *list;

		next = c->next; /* a slow reader is closed on the way */
		if (!c->logs || strcmp(c->filter, name) != 0)
			continue;
		params = json_object_new_object();
		list = json_object_new_array();
		json_object_array_add(list, server_line_json(line));
		json_object_object_add(params, "lines", list);
		conn_send(c, reply_format(params, true));
	}
}
