/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rpmsg device of one client: rings, name service, endpoint table, vendor entry. Lives on the
 * loop thread, from just before the client starts until it is off.
 */
#ifndef MICA_LINK_H
#define MICA_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include <metal/io.h>
#include <openamp/remoteproc_virtio.h>
#include <openamp/rpmsg_virtio.h>
#include <openamp/rsc_table.h>

#include "mica/client.h"
#include "mica/pedestal.h"
#include "table.h"

struct mica_client;
struct mica_service;
struct mica_logs;

struct mica_link {
	struct mica_client *client;
	struct mica_window win[MICA_WINDOWS_MAX];
	struct mica_placement pl;
	uint8_t *table;	      /* shared; NULL: static layout */
	uint8_t *static_base; /* shared; NULL: resource table */
	bool in_place;
	unsigned int n_win;
	uint32_t features;     /* MICA_F_* acknowledged */
	uint32_t heartbeat_ms; /* as it was written into the table */
	struct mica_doorbell db;

	/* The virtio device entry; for the static layout a private one stands in. */
	struct {
		struct fw_rsc_vdev vdev;
		struct fw_rsc_vdev_vring vring[2];
	} private_rsc;
	struct virtio_device *vdev; /* NULL: client without rings */
	struct virtio_dispatch dispatch;
	struct metal_io_region io; /* the buffers, nothing else */
	metal_phys_addr_t io_phys;
	struct rpmsg_virtio_shm_pool shpool;
	struct rpmsg_virtio_device rvdev;
	struct rpmsg_virtio_lanes lanes; /* with feature LANES */
	struct rpmsg_endpoint ctrl;
	bool ctrl_open;
	bool up;	     /* rvdev is initialised */
	bool open;	     /* the client runs: doorbells make sense */
	bool hold, bell_due; /* doorbells wait; there is one that does */
	bool dead;	     /* the client broke the rules, see why */
	bool asks;	     /* taken over by asking */
	bool unanswered;  /* ... and the client has not answered yet: its rings stay as they are */
	bool stopping;	  /* it was asked to stop */
	bool asked;	  /* in a way it can understand */
	bool calm;	  /* leave shared memory alone */
	uint16_t tx_seen; /* used index of vring 1 up to which returned messages were noted */
	char why[128];

	struct mica_service *services;
	unsigned int n_services;
	unsigned int n_refused; /* announcements beyond MICA_SERVICES_MAX */
	bool announced;		/* something came from the client */
	struct mica_logs *logs; /* NULL: nothing to read */
	uv_timer_t *again;	/* next turn */
	uint64_t retry_ms;
	bool more;   /* the last turn left messages for the next one */
	bool rung;   /* a doorbell came after the ring was looked at */
	bool missed; /* messages were there and no doorbell; it may be on its way */
	uint64_t missed_ms;
};

/* Called in this order at a start: new, prepare (rings and table ready), the core starts, open.
 * db: NULL or kind 0 = there is none. */
struct mica_link *mica_link_new(struct mica_client *client, const struct mica_doorbell *db,
				struct mica_error *err);
/* table_bytes: of the image, for pedestals that do not load it in place; may be NULL. */
int mica_link_prepare(struct mica_link *link, const void *table_bytes, struct mica_error *err);
/* The same with a client that runs already and waits for its driver: its table is there. */
int mica_link_begin(struct mica_link *link, struct mica_error *err);
void mica_link_open(struct mica_link *link);

/*
 * Or, with a client that runs already: new, then take it over. One with credit is asked to begin
 * anew, because both sides count messages: reattach_ask, wait for reattach_answered, resume; one
 * that does not answer in time is resumed by the turn in which it does. Any other notices nothing:
 * wait for drained, take_up; after -1 it can only be asked, too.
 */
bool mica_link_asks(const struct mica_link *link);
void mica_link_reattach_ask(struct mica_link *link);
bool mica_link_reattach_answered(struct mica_link *link);
/* Not answered yet: until it does, doorbells and the debugger only. */
void mica_link_await(struct mica_link *link);
int mica_link_resume(struct mica_link *link, struct mica_error *err);
/* The client says so itself (feature CRASH). */
bool mica_link_crashed(struct mica_link *link);
bool mica_link_drained(struct mica_link *link);
int mica_link_take_up(struct mica_link *link, struct mica_error *err);

/* A doorbell came, or something is to be looked at: at most one ring's worth of work. */
void mica_link_turn(struct mica_link *link);

/* Around the sending of several messages: one doorbell for them. */
static inline void mica_link_cork(struct mica_link *link)
{
	if (link->up)
		rpmsg_virtio_cork(&link->rvdev);
}

static inline void mica_link_uncork(struct mica_link *link)
{
	if (link->up)
		rpmsg_virtio_uncork(&link->rvdev);
}
/* A doorbell came; the turn follows. */
void mica_link_rang(struct mica_link *link);
/* 1: messages lie there that no doorbell came for, and that was not counted yet. */
unsigned int mica_link_doorbells_missed(const struct mica_link *link);
/* The client is off: take what it left in the ring. */
void mica_link_last_turns(struct mica_link *link);
/* Have a turn soon. */
void mica_link_again(struct mica_link *link, uint64_t ms);
bool mica_link_ready(struct mica_link *link);

/* Endpoints are taken back, as far as the client has room to be told, after it was asked by message
 * where that is the way. True: all of them. */
bool mica_link_take_leave(struct mica_link *link);
/* The rest of that, status word and doorbell: ask the client to power itself off. Services are gone
 * afterwards. */
void mica_link_ask_stop(struct mica_link *link);
/* The client wrote that it is off. */
bool mica_link_says_off(struct mica_link *link);
/* calm: leave shared memory as it is, somebody will take the client over. */
void mica_link_free(struct mica_link *link, bool calm);

#endif /* MICA_LINK_H */
