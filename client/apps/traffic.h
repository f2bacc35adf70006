/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Endpoints that say whether messages get lost, changed or held up. All numbers little-endian.
 *
 * mica-sink takes messages {seq, crc, payload}: crc is the CRC-32 of seq's four bytes and the
 * payload. Each one is answered with struct traffic_ack; while the answer cannot be sent, no other
 * message is taken. seq 0 begins a new count. Messages of no bytes are counted and not answered
 * (the host's first one only says who the peer is).
 *
 * mica-source sends such messages when asked to by struct traffic_request, as fast as they are
 * taken. A new request replaces the present one; count 0 ends it.
 */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include <stdint.h>

struct traffic_head {
	uint32_t seq;
	uint32_t crc;
};

struct traffic_ack {
	uint32_t messages;
	uint32_t bad;  /* of these: too short, or with a wrong crc */
	uint32_t lost; /* numbers that were skipped; one that goes back counts as bad */
	uint32_t next; /* seq expected */
};

struct traffic_request {
	uint32_t count; /* messages */
	uint32_t size;	/* bytes of each, with its head, at most as many as fit; 0: of no bytes */
};

/* Session thread: announce both endpoints. */
void traffic_open(void);
/* Shell command: counters; hold or go. */
void shell_traffic(const char *args);

#endif /* TRAFFIC_H */
