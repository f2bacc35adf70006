/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The debugger's socket: RUN-ROOT/clients/NAME/gdb.sock, mode 0600, one connection at a time. It
 * is there while the client runs. A debugger that restarts the client keeps its connection.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client_priv.h"
#include "gdb.h"
#include "link.h"
#include "mica/abi.h"

#define SOCKET_NAME "gdb.sock"
#define NEW_NAME    "gdb.new"
#define LAST_WORDS  16u /* pieces */

/* ---- the socket ---- */

static void on_conn(uv_poll_t *poll, int status, int events)
{
	struct mica_gdb *g = poll->data;

	if (status < 0)
		mica_gdb_hang_up(g);
	else if (events & UV_READABLE)
		mica_gdb_from_socket(g);
	else
		mica_gdb_pump(g);
}

void mica_gdb_events(struct mica_gdb *g, bool read, bool write)
{
	int events = (read ? UV_READABLE : 0) | (write ? UV_WRITABLE : 0);

	if (!g->conn_poll)
		return;
	if (events)
		uv_poll_start(g->conn_poll, events, on_conn);
	else
		uv_poll_stop(g->conn_poll);
}

void mica_gdb_hang_up(struct mica_gdb *g)
{
	if (g->conn_poll)
		uv_poll_stop(g->conn_poll);
	mica_handle_free(g->client->host, g->conn_poll);
	g->conn_poll = NULL;
	if (g->conn >= 0)
		close(g->conn);
	g->conn = -1;
	g->out_len = g->n_rest = 0;
	g->expects = false;
	uv_timer_stop(g->timer);
}

static uv_poll_t *watch(struct mica_gdb *g, int fd, uv_poll_cb cb)
{
	uv_poll_t *poll = calloc(1, sizeof(*poll));

	if (poll && uv_poll_init(g->client->host->loop, poll, fd)) {
		free(poll);
		poll = NULL;
	}
	if (!poll)
		return NULL;
	poll->data = g;
	uv_poll_start(poll, UV_READABLE, cb);
	return poll;
}

static void on_listener(uv_poll_t *poll, int status, int events)
{
	struct mica_gdb *g = poll->data;
	int fd;

	(void)events;
	if (status < 0) {
		uv_poll_stop(poll);
		return;
	}
	fd = accept4(g->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return;
	/* One that has gone may not have been noticed yet; its last words still count. */
	for (unsigned int i = 0; g->conn >= 0 && !g->ended && i < LAST_WORDS; i++)
		mica_gdb_from_socket(g);
	if (g->conn >= 0 && g->ended)
		mica_gdb_hang_up(g);
	/* A second debugger sees the end of its connection at once. */
	if (g->conn >= 0) {
		close(fd);
		return;
	}
	memset(&g->in, 0, sizeof(g->in));
	memset(&g->back, 0, sizeof(g->back));
	g->conn = fd;
	g->ended = g->heard = g->broke_in = g->skip_packet = g->skip_acks = false;
	g->unanswered_ms = 0;
	g->wait_ms = 1;
	g->conn_poll = watch(g, fd, on_conn);
	if (!g->conn_poll) {
		mica_gdb_hang_up(g);
		return;
	}
	/* What the client said to one that has gone is of no use to the next. */
	for (bool broken; g->state && mica_gdb_ring_read(&g->rx, g->out, sizeof(g->out), &broken);)
		;
}

static int make_socket(struct mica_gdb *g)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	const struct mica_client *c = g->client;

	if (strlen(c->dir) + sizeof("/" SOCKET_NAME) > sizeof(addr.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%.90s/" NEW_NAME, c->dir);
	snprintf(g->path, sizeof(g->path), "%.90s/" SOCKET_NAME, c->dir);
	unlink(addr.sun_path);
	g->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* Nobody gets in before the rights are right: the name comes last. */
	if (g->listener < 0 || bind(g->listener, (struct sockaddr *)&addr, sizeof(addr)) ||
	    chmod(addr.sun_path, 0600) || listen(g->listener, 1) || rename(addr.sun_path, g->path))
		return -1;
	g->listen_poll = watch(g, g->listener, on_listener);
	return g->listen_poll ? 0 : -1;
}

static void destroy(struct mica_gdb *g)
{
	struct mica_host *host = g->client->host;

	mica_gdb_hang_up(g);
	if (g->listen_poll)
		uv_poll_stop(g->listen_poll);
	mica_handle_free(host, g->listen_poll);
	if (g->listener >= 0)
		close(g->listener);
	if (g->path[0])
		unlink(g->path);
	mica_handle_free(host, g->timer);
	g->client->gdb = NULL;
	free(g);
}

static struct mica_gdb *create(struct mica_client *c)
{
	struct mica_gdb *g = calloc(1, sizeof(*g));

	if (g)
		g->timer = calloc(1, sizeof(*g->timer));
	if (!g || !g->timer) {
		free(g);
		return NULL;
	}
	uv_timer_init(c->host->loop, g->timer);
	g->timer->data = g;
	g->client = c;
	g->listener = g->conn = -1;
	c->gdb = g;
	if (!make_socket(g))
		return g;
	mica_log(c->host, LOG_WARNING, c->cfg.name, "no socket for a debugger: %s",
		 strerror(errno));
	destroy(g);
	return NULL;
}

/* ---- the rings ---- */

static uint8_t *rings(const struct mica_link *link)
{
	if (!link->table || !link->client->table.ring_pair || !link->pl.gdb)
		return NULL;
	return mica_window_va(link->win, link->n_win, link->pl.gdb, MICA_GDB_RINGS_SIZE);
}

static uint8_t *pair_at(const struct mica_link *link, size_t field)
{
	return link->table + link->client->table.ring_pair + field;
}

static bool rings_bell(const struct mica_link *link)
{
	return metal_shared_read32(pair_at(link, offsetof(struct mica_rsc_ring_pair, flags))) &
	       MICA_GDB_F_DOORBELL;
}

void mica_gdb_prepare(struct mica_link *link)
{
	const struct mica_gdb *g = link->client->gdb;
	uint8_t *base = rings(link), state = MICA_GDB_READY;

	if (!base)
		return;
	mica_gdb_ring_make(base);
	mica_gdb_ring_make(base + MICA_GDB_RING_SIZE);
	/* Existing images wait for READY, and for their debugger, in any case. */
	if (g && g->restarting != MICA_GDB_NOTHING && rings_bell(link))
		state = MICA_GDB_INTERRUPT;
	metal_shared_write8_release(pair_at(link, offsetof(struct mica_rsc_ring_pair, state)),
				    state);
}

void mica_gdb_open(struct mica_link *link)
{
	struct mica_client *c = link->client;
	uint8_t *base = rings(link);
	struct mica_gdb *g = c->gdb;

	if (!base)
		return;
	if (!g)
		g = create(c);
	if (!g)
		return;
	mica_gdb_ring_take(&g->rx, base, false);
	mica_gdb_ring_take(&g->tx, base + MICA_GDB_RING_SIZE, true);
	g->bell = rings_bell(link);
	g->state = pair_at(link, offsetof(struct mica_rsc_ring_pair, state));
	if (g->restarting != MICA_GDB_NOTHING)
		mica_gdb_restarted(g);
}

void mica_gdb_turn(struct mica_client *c)
{
	if (c->gdb)
		mica_gdb_pump(c->gdb);
}

bool mica_gdb_holds(const struct mica_client *c)
{
	return c->gdb && c->gdb->conn >= 0;
}

void mica_gdb_ask_stop(struct mica_client *c)
{
	static const char let_go[] = "$k#6b";
	struct mica_gdb *g = c->gdb;

	/* Those that ring see the stop request in their stub, too. */
	if (!g || !g->state || g->bell || mica_gdb_ring_room(&g->tx) < sizeof(let_go))
		return;
	if (g->conn < 0 && !g->heard)
		return;
	mica_gdb_ring_write(&g->tx, let_go, sizeof(let_go) - 1);
}

void mica_gdb_down(struct mica_client *c)
{
	struct mica_gdb *g = c->gdb;

	if (!g)
		return;
	g->state = NULL;
	uv_timer_stop(g->timer);
	if (g->restarting == MICA_GDB_NOTHING || g->conn < 0)
		destroy(g);
}

void mica_gdb_abandon(struct mica_client *c)
{
	if (c->gdb)
		destroy(c->gdb);
}

/* ---- a debugger restarts its client ---- */

static void refuse(struct mica_client *c)
{
	static const char error[] = "$E01#a6";
	struct mica_gdb *g = c->gdb;

	if (!g)
		return;
	g->restarting = MICA_GDB_NOTHING;
	if (g->conn >= 0)
		(void)send(g->conn, error, sizeof(error) - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (!g->state)
		destroy(g);
}

static void started(void *arg, struct mica_client *c, const struct mica_error *err)
{
	(void)arg;
	if (!c || !err)
		return;
	mica_log(c->host, LOG_WARNING, c->cfg.name, "restart by the debugger: %s", err->text);
	refuse(c);
}

static void stopped(void *arg, struct mica_client *c, const struct mica_error *err)
{
	(void)arg;
	if (!c)
		return;
	if (err || c->state != MICA_STOPPED) {
		mica_log(c->host, LOG_WARNING, c->cfg.name, "restart by the debugger: %s",
			 err ? err->text : "the client did not stop");
		refuse(c);
		return;
	}
	mica_client_start(c, started, NULL);
}

void mica_gdb_restart(struct mica_gdb *g, enum mica_gdb_event how)
{
	struct mica_client *c = g->client;

	(void)send(g->conn, "+", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (g->restarting != MICA_GDB_NOTHING)
		return;
	g->n_rest = 0;
	if (c->op) {
		refuse(c);
		return;
	}
	mica_log(c->host, LOG_NOTICE, c->cfg.name, "restarted by the debugger");
	mica_gdb_ask_stop(c);
	g->restarting = how;
	mica_client_stop(c, stopped, NULL);
}
