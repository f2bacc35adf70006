/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the host needs to know of a client's resource table: offsets and constants, taken from a
 * private copy that was checked. The shared table is only written, and read where the client
 * answers, never parsed.
 */
#ifndef MICA_TABLE_H
#define MICA_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mica/error.h"

struct mica_vring {
	uint32_t da; /* UINT32_MAX: the host places it */
	uint32_t align;
	uint32_t num;
	uint32_t notifyid;
};

#define MICA_TRACES_MAX 8
#define MICA_TRACE_MAX	(1u << 20) /* bytes of one that are read */
#define MICA_LOG_MIN	1024u	   /* bytes of data a log ring has at least */

/* A trace entry, standard type 2: text that the client writes into its own memory. */
struct mica_trace_entry {
	uint32_t offset; /* of the entry in the table */
	uint32_t da;	 /* UINT32_MAX: the host places it (log ring only) */
	uint32_t len;
	char name[32]; /* plain ASCII */
};

struct mica_table {
	bool present;
	uint64_t da;  /* where the client has it */
	uint32_t len; /* bytes to the end of its last entry */
	/* Offsets of entries, 0: none. */
	uint32_t vdev, ept_table, ring_pair, vring_offset, vendor;
	uint32_t notifyid;
	struct mica_vring vring[2]; /* 0: client to host */
	uint32_t features;	    /* MICA_F_* the client offers */
	struct mica_trace_entry trace[MICA_TRACES_MAX];
	unsigned int n_traces;
};

/* The client offers a log ring, and its first trace entry has room for one. */
bool mica_table_has_log(const struct mica_table *t);

/* copy: len bytes of private memory. image: file name for messages. */
int mica_table_check(const void *copy, size_t len, uint64_t da, const char *image,
		     struct mica_table *t, struct mica_error *err);

/* Placement in a pool of size bytes at da, client-os order: vring 0, vring 1, buffers, debugger,
 * then a log ring that has no place of its own, then lanes. */
struct mica_placement {
	uint64_t vring[2];
	uint32_t vring_size[2];
	uint64_t buffers;
	uint32_t buffers_size; /* both directions */
	uint64_t gdb;	       /* 0: none */
	uint64_t log;	       /* the log ring; 0: none */
	uint64_t lanes;	       /* struct mica_lanes and the lanes; 0: none, or no room for them */
};

#define MICA_GDB_RINGS_SIZE 0x2000u

int mica_place(const struct mica_table *t, uint64_t da, size_t size, bool debug,
	       struct mica_placement *pl, struct mica_error *err);
/* The static layout in a region at da. */
void mica_place_static(uint64_t da, struct mica_table *t, struct mica_placement *pl);

#endif /* MICA_TABLE_H */
