/* SPDX-License-Identifier: BSD-3-Clause */
/* States of one client as they come, by the daemon's Monitor method. */
#ifndef MICA_WATCH_H
#define MICA_WATCH_H

#include <stdbool.h>

#include "link.h"

struct watch_event {
	char state[32]; /* "Removed" when the client is no more */
	char reason[MICA_ERROR_TEXT];
	bool pending; /* not the end: a restart follows, or state Failed */
};

/* The first event is the state as it is now. */
int watch_open(struct link *link, const char *socket, const char *name, struct mica_error *err);
/* 1: an event; 0: time is up; -1: error. */
int watch_next(struct link *link, int timeout_ms, struct watch_event *e, struct mica_error *err);
/* No more running, nor on its way there. */
bool watch_is_end(const char *state);
bool watch_went_wrong(const char *state);

#endif /* MICA_WATCH_H */
