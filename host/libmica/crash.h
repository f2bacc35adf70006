/* SPDX-License-Identifier: BSD-3-Clause */
/* Crash records of clients. Loop thread, but for mica_crash_check(). */
#ifndef MICA_CRASH_H
#define MICA_CRASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mica/abi.h"
#include "mica/client.h"

struct mica_client;

/*
 * What a record says, checked: text ends and is plain ASCII, no more registers than there is room
 * for, none of another machine. raw: private copy. process: it is a process of this machine, so the
 * syndrome is a signal. False: of another version; reason says so.
 */
bool mica_crash_check(const struct mica_crash *raw, uint16_t machine, bool process,
		      struct mica_crash_info *crash, char *reason, size_t size);

/* Has it said that it crashed? Then its record is read, once a run, into c->crash, and
 * mica_client_crashed() is called. */
void mica_crash_look(struct mica_client *c);
/* Before a start. */
void mica_crash_clear(struct mica_client *c);

#endif /* MICA_CRASH_H */
