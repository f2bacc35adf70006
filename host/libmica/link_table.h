/* SPDX-License-Identifier: BSD-3-Clause */
/* What a link writes to and reads from memory that the client shares: table words and rings. */
#ifndef MICA_LINK_TABLE_H
#define MICA_LINK_TABLE_H

#include "link.h"
#include "mica/abi.h"

/* Of what the client offers, what this host and the link's doorbell can do. */
uint32_t mica_link_features(const struct mica_link *link);

/* Only those that the client was told of before, for one that is told nothing new. */
void mica_link_keep_features(struct mica_link *link);

/* Everything the host fills in before a start; status word 0, status byte 0, no endpoints. */
void mica_link_write_table(struct mica_link *link);
void mica_link_write_vendor(struct mica_link *link);
/* The log ring's address, where the host has chosen it. */
void mica_link_write_log(struct mica_link *link);
/* Ordered after all that was written before. Nothing in the static layout. */
void mica_link_write_status(struct mica_link *link, uint32_t word);
uint32_t mica_link_read_status(struct mica_link *link);
void mica_link_write_vdev_status(struct mica_link *link, uint8_t status);
uint32_t mica_link_client_state(const struct mica_link *link);
/* MICA_REQUEST_* and a doorbell; feature SUSPEND only. */
void mica_link_write_request(struct mica_link *link, uint32_t request);
/* Feature HEARTBEAT: the period asked for, with a doorbell if that is another one; the count. */
void mica_link_write_heartbeat(struct mica_link *link);
uint32_t mica_link_heartbeat(struct mica_link *link);

/* Endpoint table: n entries, or what is there (private copy; returns how many). */
void mica_link_write_endpoints(struct mica_link *link, const struct mica_ept_entry *ept,
			       unsigned int n);
unsigned int mica_link_read_endpoints(struct mica_link *link,
				      struct mica_ept_entry ept[MICA_EPT_TABLE_MAX]);

/* Rings zeroed, buffers posted, status byte written: the handshake of virtio and rpmsg. */
int mica_link_rings_up(struct mica_link *link, struct mica_error *err);
/* Or as an earlier process left them: nothing in shared memory changes. */
int mica_link_rings_resume(struct mica_link *link, struct mica_error *err);
/* The client has returned every message that was sent to it. */
bool mica_link_rings_drained(struct mica_link *link);
/* With a doorbell that is looked for: which words to look at (link_watch.c). */
int mica_link_watch(struct mica_link *link, struct mica_error *err);
void mica_link_rings_down(struct mica_link *link);

#endif /* MICA_LINK_TABLE_H */
