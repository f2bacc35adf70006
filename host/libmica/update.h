/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An update of a client's image, from the check to the end of the healthy period. It is a row of
 * operations (check and store, record, stop, start, record ...); each begins in the callback of
 * the one before, so nobody gets in between, except while the new image is on trial.
 */
#ifndef MICA_UPDATE_H
#define MICA_UPDATE_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "mica/client.h"
#include "store.h"

enum update_phase {
	UPDATE_WORKING,	 /* an operation is under way */
	UPDATE_TRIAL,	 /* the new image runs */
	UPDATE_RESUMING, /* adopted: waiting until the take-over has ended */
};

struct mica_update {
	struct mica_client *client;
	enum update_phase phase;
	enum mica_update_what what;
	char file[PATH_MAX];
	bool was_on;
	bool by_hand; /* somebody stopped it on trial */
	/* Of the check, written by its worker steps. */
	struct mica_stored target, kept;
	bool unchanged;
	struct mica_images next; /* what the record is to be */
	struct mica_error err;	 /* why it goes back */
	uv_timer_t *timer;
	mica_progress progress;
	mica_done done;
	void *arg;
};

void update_tell(struct mica_update *u, const char *step);
/* plan_update.c: operations of client->update. */
/* Read and check the new image, keep it and the present one: target, kept, unchanged. */
void update_begin_check(struct mica_update *u, mica_done done);
/* Write `next`; on success it is client->images, and what it does not name is removed. */
void update_begin_record(struct mica_update *u, mica_done done);

#endif /* MICA_UPDATE_H */
