/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A debugger's way to a client: a socket in the client's folder, joined to the ring pair of the
 * image (docs/debugging.md). Loop thread only. Outlives the link while a debugger restarts the
 * client.
 */
#ifndef MICA_GDB_H
#define MICA_GDB_H

#include <stdbool.h>
#include <sys/un.h>
#include <uv.h>

#include "gdb_filter.h"
#include "mica/gdb_ring.h"

struct mica_client;
struct mica_link;

struct mica_gdb {
	struct mica_client *client;
	uint8_t *state;		     /* shared; NULL: between two runs */
	struct mica_gdb_ring rx, tx; /* from and to the client */
	bool bell;		     /* the client rings when it has written */

	int listener, conn; /* -1: none */
	uv_poll_t *listen_poll, *conn_poll;
	uv_timer_t *timer; /* looks at rings that nobody rings for */
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];

	struct mica_gdb_filter in, back; /* from the debugger; from the client */
	uint8_t out[2048];		 /* towards the debugger */
	size_t out_len;
	bool ended; /* it has gone; `rest` still goes to the client */
	uint8_t rest[2 * 512 + MICA_GDB_HELD];
	size_t n_rest; /* read from it, waits for room in the ring */
	uint64_t wait_ms;
	unsigned int unanswered_ms; /* since the first byte of this connection */
	bool expects;		    /* an answer */
	bool heard;		    /* something from the client since it connected */
	bool broke_in; /* Ctrl-C on behalf of a debugger that came to a running client */
	bool skip_packet, skip_acks; /* not meant for the debugger */
	enum mica_gdb_event restarting;
};

/* Before a start: fresh rings. Nothing where the image or the configuration has no debugger. */
void mica_gdb_prepare(struct mica_link *link);
/* The client runs: rings as they are now, socket. A failure is logged and costs the socket only. */
void mica_gdb_open(struct mica_link *link);
/* A doorbell came. */
void mica_gdb_turn(struct mica_client *c);
/* It is to power itself off: one that is stopped in its stub has to be let go. */
void mica_gdb_ask_stop(struct mica_client *c);
/* The link goes. */
void mica_gdb_down(struct mica_client *c);
/* The client object goes. */
void mica_gdb_abandon(struct mica_client *c);
/* A debugger is there, which may hold the client up. */
bool mica_gdb_holds(const struct mica_client *c);

/* gdb_relay.c */
void mica_gdb_pump(struct mica_gdb *g);
void mica_gdb_hang_up(struct mica_gdb *g);
void mica_gdb_from_socket(struct mica_gdb *g);
/* The client was started afresh for the debugger. */
void mica_gdb_restarted(struct mica_gdb *g);
/* gdb.c */
void mica_gdb_events(struct mica_gdb *g, bool read, bool write);
void mica_gdb_restart(struct mica_gdb *g, enum mica_gdb_event how);

#endif /* MICA_GDB_H */
