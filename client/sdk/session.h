/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the SDK: the one session of this image. */
#ifndef SDK_SESSION_H
#define SDK_SESSION_H

#include <openamp/remoteproc_virtio.h>
#include <openamp/rpmsg_virtio.h>

#include "mica/abi.h"
#include "mica_chip.h"
#include "mica_client.h"
#include "mica_rsc.h"

/* PAUSED: the host asked to re-attach and has not said RUNNING yet; the rings are not ours. */
enum session_state { SESSION_BOOT, SESSION_READY, SESSION_PAUSED, SESSION_STOPPING };

/* As many PINGs wait for a buffer; a host has fewer on their way. */
#define SDK_PINGS_HELD 8u

struct session {
	struct mica_session_config config;
	struct mica_quirks quirks;
	struct mica_os_thread thread;
	struct mica_os_sem wake; /* doorbell, poke, stop */
	volatile bool stop_asked;
	volatile enum session_state state;

	struct mica_rsc_header *table; /* NULL: static layout */
	size_t table_size;
	struct mica_rsc_rpmsg *rsc;
	struct mica_rsc_vendor *vendor;	      /* NULL: none */
	struct fw_rsc_trace *trace;	      /* the first; NULL: none */
	struct mica_rsc_ring_pair *ring_pair; /* of a debugger; NULL: none */
	struct mica_rsc_crash *crash;	      /* NULL: none */
	uint32_t acked;
	uint32_t lanes_max;    /* payload of a message in a lane */
	uint64_t lanes_da;     /* as the host said when it acknowledged */
	volatile bool crashed; /* nobody says anything else any more */
	bool suspended;	       /* by the host's request; session thread */
	uint32_t unrung;  /* counted up while ready() runs: 1 + doorbells that wait for its end */
	uint64_t beat_us; /* time of the next heartbeat */

	struct mica_chip_doorbell doorbell;
	struct metal_io_region shm_io;
	metal_phys_addr_t shm_da;
	struct metal_io_region rsc_io;
	metal_phys_addr_t rsc_da;
	struct virtio_device *vdev;
	struct rpmsg_virtio_device rvdev;
	struct rpmsg_virtio_lanes lanes; /* with feature LANES */

	struct mica_ept *epts;	  /* critical section */
	volatile bool wants_room; /* a sender found none; the host was asked to ring */
	uint32_t in_send;	  /* senders inside rpmsg, critical section */
	bool let_go_due;	  /* the host took the rings back while a debugger had the core */
	uint32_t status_handled;  /* request of the status word that was served already */
	struct rpmsg_endpoint ctrl;
	struct sdk_ping {
		void *data;
		size_t len;
	} ping[SDK_PINGS_HELD]; /* held, oldest first */
	uint32_t n_pings;
	struct mica_session_stats stats;
};

extern struct session sdk_session;

/* session.c: there is something in the rings or the log. Any context. */
void sdk_ring(struct session *s);

/* layout.c: find the table's parts, or build a private one for the static layout. 0 or -1. */
int sdk_layout_find(struct session *s);
/* What the host wrote into the vendor entry: acknowledged features, doorbell. */
void sdk_layout_read_vendor(struct session *s);
/* The host's driver is ready (virtio status DRIVER_OK). */
bool sdk_layout_driver_ok(struct session *s);
/* The status word; 0 and nothing where there is no table. */
uint32_t sdk_status_read(const struct session *s);
void sdk_status_write(struct session *s, uint32_t word);
/* Heartbeat of the vendor entry, counted up when it is due; milliseconds until the next one is, as
 * the host asks now; MICA_OS_FOREVER: it does not. */
uint32_t sdk_heartbeat(struct session *s);
/* The host wants this client suspended. */
bool sdk_suspend_asked(const struct session *s);
/* client_state of the vendor entry, if that was agreed. */
void sdk_client_state(struct session *s, uint32_t state);

/* log.c: the log ring, if it was agreed. */
void sdk_log_open(struct session *s);

/* vdev.c, session thread: rings and rpmsg over them, device role. 0 or -1. */
int sdk_vdev_up(struct session *s);
void sdk_vdev_down(struct session *s);
void sdk_vdev_poll(struct session *s);

/* lanes.c, session thread: use those the host placed, if that was agreed. 0 or -1. */
int sdk_lanes_up(struct session *s);

/* endpoint.c, session thread */
bool sdk_ept_redeliver(struct session *s); /* true: some message is still kept */
void sdk_ept_wake_senders(struct session *s);
/* As mica_ept_open(), any thread. window: struct mica_ept. */
int sdk_ept_open(struct mica_ept *ept, const char *name, mica_ept_cb cb, void *arg, bool urgent,
		 uint32_t window);
/* Endpoints keep their names and addresses while the device under them goes away and returns. */
int sdk_ept_restart(struct session *s);
void sdk_ept_close_all(struct session *s);

/* umt.c, session thread: say what was read. False: it could not be sent now. */
bool sdk_umt_flush(void);

/* ctrl.c, session thread: the control endpoint. 0 or -1. */
int sdk_ctrl_open(struct session *s);
/* False: some PING waits for its answer. */
bool sdk_ctrl_answer(struct session *s);

/* credit.c, session thread unless said. data: struct mica_ctrl_credit, unaligned. */
void sdk_credit_came(struct session *s, const void *data);
/* False: something could not be sent now. */
bool sdk_credit_give_back(struct session *s);
/* A message goes to the host anyway: credit goes with it. Any thread, in_send. */
void sdk_credit_ride(struct mica_ept *ept);
/* What the host has beyond MICA_CREDIT_INITIAL. */
uint32_t sdk_credit_window(const struct mica_ept *ept);
/* A message of len bytes to dest costs credit. Any thread. */
bool sdk_credit_counts(const struct session *s, uint32_t dest, size_t len);

#endif /* SDK_SESSION_H */
