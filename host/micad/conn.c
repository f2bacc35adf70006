/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "conn.h"
#include "daemon.h"
#include "message.h"
#include "request.h"

#define CALLS_PER_TURN 8
/* A monitor that lets this much wait does not read any more. */
#define BACKLOG_MAX (256u * 1024u)

struct outgoing {
	uv_write_t req;
	struct conn *conn;
	char *text;
};

static void conn_pump(struct conn *c);

static void unref(struct conn *c)
{
	if (--c->refs)
		return;
	frame_free(&c->in);
	free(c);
}

static void on_closed(uv_handle_t *handle)
{
	unref(handle->data);
}

struct conn *conn_new(struct daemon *d)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->daemon = d;
	c->refs = 2;
	uv_pipe_init(&d->loop, &c->pipe, 0);
	uv_timer_init(&d->loop, &c->turn);
	c->pipe.data = c->turn.data = c;
	return c;
}

void conn_discard(struct conn *c)
{
	c->closed = true;
	uv_close((uv_handle_t *)&c->pipe, on_closed);
	uv_close((uv_handle_t *)&c->turn, on_closed);
}

void conn_close(struct conn *c)
{
	if (c->closed)
		return;
	server_forget(&c->daemon->server, c);
	conn_discard(c);
	if (c->gone)
		c->gone(c->gone_arg);
	c->gone = NULL;
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct conn *c = handle->data;
	size_t room;

	(void)suggested;
	buf->base = frame_room(&c->in, &room);
	buf->len = room; /* 0 makes libuv report UV_ENOBUFS */
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct conn *c = stream->data;

	(void)buf;
	if (n == UV_ENOBUFS)
		conn_refuse(c, "malformed message: larger than 64 KiB or without its final NUL");
	else if (n < 0)
		conn_close(c);
	if (n <= 0)
		return;
	frame_filled(&c->in, (size_t)n);
	conn_pump(c);
}

static void set_reading(struct conn *c, bool on)
{
	if (c->closed || c->reading == on)
		return;
	c->reading = on;
	if (on)
		uv_read_start((uv_stream_t *)&c->pipe, on_alloc, on_read);
	else
		uv_read_stop((uv_stream_t *)&c->pipe);
}

static void on_turn(uv_timer_t *timer)
{
	conn_pump(timer->data);
}

static bool may_take(const struct conn *c)
{
	return !c->busy && !c->closed && !c->closing &&
	       !uv_stream_get_write_queue_size((const uv_stream_t *)&c->pipe);
}

/* Where replies come by themselves the connection is read on, although it is busy: that is how its
 * end shows. */
static void conn_pump(struct conn *c)
{
	unsigned int budget = CALLS_PER_TURN;
	const char *text;
	size_t len;

	c->refs++;
	while (budget && may_take(c) && (text = frame_take(&c->in, &len))) {
		budget--;
		c->busy = true;
		c->refs++;
		request_begin(c, text, len);
	}
	if (may_take(c) && frame_ready(&c->in))
		uv_timer_start(&c->turn, on_turn, 0, 0);
	set_reading(c, !c->closing &&
			       (c->monitor || c->gone || (may_take(c) && !frame_ready(&c->in))));
	unref(c);
}

void conn_begin(struct conn *c)
{
	set_reading(c, true);
}

/* Never goes on with the next call from here: whoever replied may itself be within conn_pump(). */
void conn_idle(struct conn *c)
{
	c->busy = false;
	c->gone = NULL;
	if (!c->closed)
		uv_timer_start(&c->turn, on_turn, 0, 0);
	unref(c);
}

void conn_stream(struct conn *c, void (*gone)(void *arg), void *arg)
{
	c->gone = gone;
	c->gone_arg = arg;
	if (!c->closed)
		uv_timer_start(&c->turn, on_turn, 0, 0);
}

size_t conn_backlog(const struct conn *c)
{
	return c->closed ? 0 : uv_stream_get_write_queue_size((const uv_stream_t *)&c->pipe);
}

void conn_monitor(struct conn *c)
{
	c->monitor = true;
	if (!c->closed)
		uv_timer_start(&c->turn, on_turn, 0, 0);
	unref(c);
}

static void on_written(uv_write_t *req, int status)
{
	struct outgoing *out = (struct outgoing *)req;
	struct conn *c = out->conn;

	free(out->text);
	free(out);
	if (c->closed)
		return;
	if (status < 0 || (c->closing && !uv_stream_get_write_queue_size((uv_stream_t *)&c->pipe)))
		conn_close(c);
	else
		conn_pump(c);
}

void conn_send(struct conn *c, char *text)
{
	struct outgoing *out = NULL;
	uv_buf_t buf;

	if (c->closed) {
		free(text);
		return;
	}
	if (uv_stream_get_write_queue_size((uv_stream_t *)&c->pipe) < BACKLOG_MAX)
		out = text ? malloc(sizeof(*out)) : NULL;
	if (!out) {
		free(text);
		conn_close(c);
		return;
	}
	out->conn = c;
	out->text = text;
	buf = uv_buf_init(text, (unsigned int)strlen(text) + 1);
	if (uv_write(&out->req, (uv_stream_t *)&c->pipe, &buf, 1, on_written)) {
		free(text);
		free(out);
		conn_close(c);
	}
}

void conn_refuse(struct conn *c, const char *text)
{
	conn_end(c, MICA_E_PROTOCOL, text);
}

void conn_end(struct conn *c, enum mica_code code, const char *text)
{
	set_reading(c, false);
	c->closing = true;
	conn_send(c, request_error_text(code, text));
}
