/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reading what a client writes for people to read: plain text buffers of its trace entries, as
 * Linux' remoteproc knows them, and the log ring of struct mica_log_ring. Everything there is
 * copied before it is looked at. Loop thread only.
 */
#ifndef MICA_TRACE_H
#define MICA_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "logbook.h"

#define MICA_TRACE_BUDGET 16384u /* bytes taken in one look */

struct mica_trace {
	char name[32];
	const uint8_t *at; /* shared, len bytes */
	uint32_t len;
	uint32_t pos;	  /* where the next line begins */
	uint8_t *seen;	  /* what it was when it was read last, up to pos; plain buffers only */
	bool mapped;	  /* seen is a mapping of a file, which outlives this process */
	uint32_t partial; /* bytes of the line without an end, at the last look */
	bool lapped;	  /* it was full once */
	/* Log ring only. */
	uint8_t *ring; /* shared head */
	bool cut;      /* its next bytes are the rest of a line that was overwritten */
};

/* One piece of text, level and place behind it. lost: bytes that were overwritten before it, or
 * UINT32_MAX: an unknown number. */
typedef void (*mica_trace_fn)(void *arg, struct mica_trace *t, int level, uint32_t pos,
			      const char *text, size_t len, uint32_t lost);

enum mica_trace_look {
	MICA_LOOK_LINES, /* whole lines */
	MICA_LOOK_STALE, /* and one that has not grown since the last look and seems to end there */
	MICA_LOOK_ALL,	 /* everything */
};

/* file: where the copy of a plain buffer lives on; fresh: the client is about to start, what is
 * in the buffer now is no news. 0, or -1: out of memory. */
int mica_trace_open_plain(struct mica_trace *t, const uint8_t *at, uint32_t len, const char *file,
			  bool fresh, uint32_t pos);
/* ring: shared, len bytes of it. fresh: zero its head. */
void mica_trace_open_ring(struct mica_trace *t, uint8_t *ring, uint32_t len, bool fresh,
			  uint32_t pos);
void mica_trace_close(struct mica_trace *t);
/* At most MICA_TRACE_BUDGET bytes; true: there is more. */
bool mica_trace_look(struct mica_trace *t, enum mica_trace_look how, mica_trace_fn fn, void *arg);

#endif /* MICA_TRACE_H */
