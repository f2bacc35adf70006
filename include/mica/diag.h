/* SPDX-License-Identifier: BSD-3-Clause */
/* What a client's link looks like inside, and what it has done so far. Loop thread only; nothing is
 * changed by looking. Words that the client writes are read once each and may be anything. */
#ifndef MICA_DIAG_H
#define MICA_DIAG_H

#include <stdbool.h>
#include <stdint.h>

#include "mica/abi.h"
#include "mica/client.h"

#define MICA_VENDOR_WORDS (sizeof(struct mica_rsc_vendor) / sizeof(uint32_t))

/* One vring, Linux being the driver: it offers (avail), the client gives back (used). */
struct mica_ring_dump {
	uint64_t da;
	uint32_t size; /* bytes */
	uint32_t num, align, notifyid;
	uint16_t offered, taken;      /* this side's own indices */
	uint16_t avail_idx, used_idx; /* as they stand in shared memory */
	uint16_t avail_flags, used_flags;
	uint32_t waiting;     /* given back by the client, not taken yet */
	uint32_t with_client; /* buffers in the client's hands */
	uint32_t with_host;
	const char *breach; /* how the client broke the rules; NULL: it did not */
	uint64_t breach_value;
};

/* Both directions of one lane, in bytes; positions count from the client's start, modulo 2^32. */
struct mica_lane_dump {
	uint32_t size;		   /* of each ring */
	uint32_t written, freed;   /* to the client: our position, what it gave back */
	uint32_t read, given_back; /* from the client: our position, all before it is free */
	uint32_t lent;		   /* buffers that senders have of the ring */
	uint32_t client_head, client_wake, client_want; /* the client's words as they stand */
};

struct mica_endpoint_dump {
	struct mica_service_info info;
	bool bound;
	uint32_t remote, local; /* addresses; local only if bound */
	uint32_t tx_credit;	/* messages that may be sent; of clients with credit */
	uint32_t rx_owed;	/* messages whose credit the client does not have back */
};

struct mica_dump {
	uint64_t table_da, buffers_da;
	uint32_t table_len, buffers_size; /* table_len 0: static layout */
	bool in_place;			  /* the table is where the image has it */
	uint32_t status_word;
	uint8_t status_byte;	 /* of the virtio device */
	uint32_t offered, acked; /* MICA_F_* */
	bool has_vendor;
	uint32_t vendor[MICA_VENDOR_WORDS]; /* struct mica_rsc_vendor */
	uint32_t db_kind, db_to_host, db_to_client;
	uint64_t doorbells_in, doorbells_out, doorbells_lost;
	uint64_t pongs_unexpected;
	uint32_t no_endpoint, bad_ns, refused; /* messages that were dropped by the rpmsg device */
	unsigned int n_rings;		       /* 0: a client without */
	struct mica_ring_dump ring[2];	       /* client to host, host to client */
	unsigned int n_lanes;		       /* 0: messages lie in the rings */
	struct mica_lane_dump lane[MICA_LANES];
	unsigned int n_endpoints;
	struct mica_endpoint_dump endpoint[MICA_SERVICES_MAX];
};

/* MICA_E_STATE: there is no link, the client does not run. */
int mica_client_dump(const struct mica_client *client, struct mica_dump *dump,
		     struct mica_error *err);

void mica_client_fill(const struct mica_client *client, struct mica_ring_fill *fill);

/* Sums since this process knows the client, over all its starts; they never go back. */
struct mica_endpoint_counters {
	char name[32]; /* "": all beyond the first MICA_SERVICES_MAX names */
	uint64_t rx_messages, rx_bytes, tx_messages, tx_bytes, dropped_bytes, dropped_messages;
};

struct mica_counters {
	uint64_t doorbells_in, doorbells_out, doorbells_lost;
	uint64_t restarts; /* by Restart= */
	unsigned int n_endpoints;
	struct mica_endpoint_counters endpoint[MICA_SERVICES_MAX + 1];
};

void mica_client_counters(const struct mica_client *client, struct mica_counters *counters);

#endif /* MICA_DIAG_H */
