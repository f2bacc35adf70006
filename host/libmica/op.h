/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An operation on a client: a sequence of small steps, each with its undo. Steps run on the loop
 * thread or on the worker pool, one at a time; when one fails, those before it are undone in
 * reverse order. A client has at most one operation at a time.
 */
#ifndef MICA_OP_H
#define MICA_OP_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "image.h"
#include "mica/client.h"

struct json_object;
struct mica_op;

enum { MICA_STEP_FAILED = -1, MICA_STEP_DONE = 0, MICA_STEP_WAIT = 1 };

/*
 * Returns MICA_STEP_*; FAILED fills in op->err. On the loop it may answer WAIT: it is called
 * again whenever something happened to the client and when its wait timer ticks. On the worker it
 * may touch only the operation, the pedestal and what belongs to no other client.
 */
typedef int (*mica_step_fn)(struct mica_op *op);

struct mica_step {
	const char *name;  /* NULL ends a plan */
	bool saved;	   /* the name is written to the client's folder before the step runs */
	bool pedestal;	   /* work that is done at once where the pedestal is prompt: on the loop */
	bool while_on;	   /* nothing is to be done, nor undone, once no core is on */
	mica_step_fn work; /* exactly one of work and loop, or neither */
	mica_step_fn loop;
	/* Undo of a step that was done; cannot fail, except that op->stuck ends the roll-back. */
	mica_step_fn undo_work;
	mica_step_fn undo_loop;
};

struct mica_plan {
	const char *verb; /* "start", for messages */
	const struct mica_step *steps;
	/* On the loop, after the last step or the roll-back; op->failed tells which. Optional. */
	void (*finish)(struct mica_op *op);
};

struct mica_op {
	struct mica_host *host;
	struct mica_client *client; /* NULL: refused before there was one, or removed */
	const struct mica_plan *plan;
	struct mica_error err;
	int at;
	bool entered; /* the step at hand was called before */
	bool failed;  /* going back */
	bool stuck;   /* roll-back cannot go on: the client is in state Error */
	bool working; /* on the worker pool */
	bool aborted; /* the host closes: no roll-back, a later process resumes */
	uint64_t deadline_ms;
	int result;
	uv_work_t work;
	uv_timer_t timer;
	mica_done done;
	void *arg;
	struct mica_op *next; /* of the host */

	/* What plans keep between steps. */
	struct mica_image image;
	struct mica_doorbell db;
	enum mica_state origin; /* state before the operation */
	char note[256];		/* about the image */
	bool checked;		/* only the bytes of `image` may be run */
	bool noted;		/* start: saved while it waits */
	bool purge;		/* remove: the store as well */
	char *signature;	/* update: of the image, whole */
	size_t signature_len;
	char *core_path;	    /* core file that was written; NULL: none */
	struct mica_error core_err; /* why none was; empty: none was to be */
	bool claimed_here;
	bool forced;		       /* stop: the pedestal had to */
	bool running;		       /* adopt: a core is on */
	pid_t pid;		       /* attach: of the process, 0: none was named */
	bool fresh;		       /* attach: no driver has been there */
	uint32_t acked, live_doorbell; /* attach: what the client was told before */
	char saved_step[32];
	struct json_object *saved; /* pedestal's part of state.json */
};

/* Begins after the current callback returned. Never fails: an error arrives through done. */
struct mica_op *mica_op_begin(struct mica_host *host, struct mica_client *client,
			      const struct mica_plan *plan, mica_done done, void *arg);
/* Ends at once (again only after the current callback) with this error. */
void mica_op_refuse(struct mica_host *host, struct mica_client *client,
		    const struct mica_error *err, mica_done done, void *arg);
/* Something happened to the client: call a waiting step again. */
void mica_op_poke(struct mica_op *op);
/* The host closes. */
void mica_op_abort(struct mica_op *op);

/* For a waiting step: WAIT, with a call every tick_ms, or FAILED once total_ms have passed since
 * the first call in this step. */
int mica_op_wait(struct mica_op *op, uint64_t total_ms, uint64_t tick_ms);
/* The same for a core that is to go off, which usually takes little: calls come close at first,
 * then a third as far apart as it has taken so far. WAIT, or DONE once the time is over. */
int mica_op_wait_off(struct mica_op *op, uint64_t total_ms);

#endif /* MICA_OP_H */
