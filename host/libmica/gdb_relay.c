/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bytes between the debugger's socket and the ring pair. Nothing is read that has no room on the
 * other side. Images that ring no doorbell for what they write are looked at by a timer, at most
 * while a debugger waits for them, less and less often.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client_priv.h"
#include "gdb.h"

#define PIECE	    512u
#define WAIT_MIN_MS 1u
#define WAIT_MAX_MS 50u
#define BREAK_IN_MS 500u /* a client in its stub has taken the first bytes by then */

static void on_timer(uv_timer_t *timer)
{
	mica_gdb_pump(timer->data);
}

static void set_state(struct mica_gdb *g, uint8_t state)
{
	/* A Ctrl-C that the client has not seen yet is not written over. */
	if (state == MICA_GDB_DATA && metal_shared_read8_acquire(g->state) == MICA_GDB_INTERRUPT)
		return;
	metal_shared_write8_release(g->state, state);
	metal_full_barrier();
}

static void interrupt(struct mica_gdb *g)
{
	set_state(g, MICA_GDB_INTERRUPT);
	mica_client_kick(g->client);
	g->expects = true;
	g->wait_ms = WAIT_MIN_MS;
}

/* ---- from the client ---- */

/* What is not meant for the debugger goes, the rest moves up; the number of bytes left. */
static size_t look_back(struct mica_gdb *g, uint8_t *p, size_t len)
{
	size_t kept = 0;

	for (size_t i = 0; i < len; i++) {
		bool skip = g->skip_packet || (g->skip_acks && p[i] != '$');

		if (p[i] == '$')
			g->skip_acks = false;
		if (mica_gdb_from_client(&g->back, p[i]) == MICA_GDB_PACKET) {
			g->skip_packet = false;
			if (!g->in.resumes || strchr("TSWXE", g->back.head[0]))
				g->expects = false;
		}
		if (!skip)
			p[kept++] = p[i];
	}
	return kept;
}

static bool flush_out(struct mica_gdb *g)
{
	while (g->out_len) {
		ssize_t n = send(g->conn, g->out, g->out_len, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN;
		g->out_len -= (size_t)n;
		memmove(g->out, g->out + n, g->out_len);
	}
	return true;
}

/* False: the debugger is gone. */
static bool from_client(struct mica_gdb *g)
{
	bool broken = false;

	/* One ring's worth in one go: a client that writes on and on has to wait its turn. */
	for (unsigned int i = 0; i < 4; i++) {
		uint32_t n;

		if (!flush_out(g))
			return false;
		if (g->out_len)
			return true;
		n = mica_gdb_ring_read(&g->rx, g->out, sizeof(g->out), &broken);
		if (broken)
			mica_log(g->client->host, LOG_WARNING, g->client->cfg.name,
				 "debugger's ring: an index that makes no sense");
		if (!n)
			return true;
		g->heard = true;
		g->wait_ms = WAIT_MIN_MS;
		g->out_len = look_back(g, g->out, n);
	}
	return true;
}

/* ---- from the debugger ---- */

static void to_ring(struct mica_gdb *g)
{
	uint32_t room = mica_gdb_ring_room(&g->tx);
	uint32_t n = g->n_rest < room ? (uint32_t)g->n_rest : room;

	if (!n)
		return;
	mica_gdb_ring_write(&g->tx, g->rest, n);
	g->n_rest -= n;
	memmove(g->rest, g->rest + n, g->n_rest);
	set_state(g, MICA_GDB_DATA);
	mica_client_kick(g->client);
	g->wait_ms = WAIT_MIN_MS;
}

static void take_byte(struct mica_gdb *g, uint8_t byte)
{
	unsigned int n = 0;

	switch (mica_gdb_from_debugger(&g->in, byte, g->rest + g->n_rest, &n)) {
	case MICA_GDB_INTERRUPTED:
		if (g->state)
			interrupt(g);
		break;
	case MICA_GDB_RUN:
		mica_gdb_restart(g, MICA_GDB_RUN);
		break;
	case MICA_GDB_RESTART:
		mica_gdb_restart(g, MICA_GDB_RESTART);
		break;
	case MICA_GDB_PACKET:
		g->expects = true;
		break;
	case MICA_GDB_NOTHING:
		break;
	}
	g->n_rest += n;
}

void mica_gdb_from_socket(struct mica_gdb *g)
{
	uint8_t buf[PIECE];
	ssize_t n;

	/* Each byte gives one, but for those held back, which come out at once. */
	if (g->n_rest + PIECE + MICA_GDB_HELD > sizeof(g->rest)) {
		mica_gdb_pump(g);
		return;
	}
	n = recv(g->conn, buf, sizeof(buf), MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0)
		g->ended = true;
	for (ssize_t i = 0; i < n; i++)
		take_byte(g, buf[i]);
	mica_gdb_pump(g);
}

/* An existing image that runs does not look at its ring: a debugger that comes now is to find it
 * stopped. Its word that it stopped is not what the debugger asked for. */
static void break_in(struct mica_gdb *g)
{
	if (g->bell || g->heard || g->broke_in || mica_gdb_ring_room(&g->tx) == MICA_GDB_RING_LEN)
		return;
	g->unanswered_ms += (unsigned int)g->wait_ms;
	if (g->unanswered_ms < BREAK_IN_MS)
		return;
	g->broke_in = true;
	g->skip_packet = true;
	interrupt(g);
}

static void wait_again(struct mica_gdb *g)
{
	bool full = g->n_rest != 0;

	if (!full && (g->bell || !g->expects)) {
		uv_timer_stop(g->timer);
		return;
	}
	break_in(g);
	uv_timer_start(g->timer, on_timer, g->wait_ms, 0);
	g->wait_ms = g->wait_ms * 2 < WAIT_MAX_MS ? g->wait_ms * 2 : WAIT_MAX_MS;
}

void mica_gdb_pump(struct mica_gdb *g)
{
	if (!g->state || g->conn < 0)
		return;
	to_ring(g);
	if (!from_client(g) || (g->ended && (!g->n_rest || g->wait_ms >= WAIT_MAX_MS))) {
		mica_gdb_hang_up(g);
		return;
	}
	mica_gdb_events(g, !g->ended && !g->n_rest, g->out_len != 0);
	/* The socket has taken all, and there may be more: after the others had their turn. */
	if (!g->out_len && mica_gdb_ring_any(&g->rx)) {
		uv_timer_start(g->timer, on_timer, 0, 0);
		return;
	}
	wait_again(g);
}

void mica_gdb_restarted(struct mica_gdb *g)
{
	static const char why[] = "$?#3f";
	bool run = g->restarting == MICA_GDB_RUN;

	g->restarting = MICA_GDB_NOTHING;
	memset(&g->back, 0, sizeof(g->back));
	g->skip_packet = false;
	g->heard = false;
	g->expects = run;
	g->wait_ms = WAIT_MIN_MS;
	if (run && g->conn >= 0) {
		/* The client's own word on why it stopped is the answer to vRun. */
		memcpy(g->rest, why, sizeof(why) - 1);
		g->n_rest = sizeof(why) - 1;
		g->skip_acks = true;
	}
	mica_gdb_pump(g);
}
