/* SPDX-License-Identifier: BSD-3-Clause */
/* A connection to micad. */
#ifndef MICA_LINK_H
#define MICA_LINK_H

#include <json.h>
#include <stdbool.h>
#include <stddef.h>

#include "mica/error.h"

struct link {
	int fd;
	char *buf; /* bytes of the reply under way */
	size_t len, size;
};

#define LINK_FOREVER (-1)

/* Connects and makes sure that both sides speak the same protocol. */
int link_open(struct link *link, const char *socket, struct mica_error *err);
void link_close(struct link *link);
/* Takes its reference of params (may be NULL). *reply (may be NULL) gets the reply's parameters,
 * owned by the caller. Waits as long as the daemon takes: its own time-outs bound that. */
int link_call(struct link *link, const char *method, struct json_object *params,
	      struct json_object **reply, struct mica_error *err);
/* Call with "more", then one link_next() a reply. */
int link_watch(struct link *link, const char *method, struct json_object *params,
	       struct mica_error *err);
/* 1: a reply; 0: time is up; -1: error. A reply may be waiting although fd is not readable. */
int link_next(struct link *link, int timeout_ms, struct json_object **reply,
	      struct mica_error *err);
/* Open, call once, close. */
int link_once(const char *socket, const char *method, struct json_object *params,
	      struct json_object **reply, struct mica_error *err);

#endif /* MICA_LINK_H */
