/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside of libmica: what a client and a host are made of. Loop thread only, unless said. */
#ifndef MICA_CLIENT_PRIV_H
#define MICA_CLIENT_PRIV_H

#include <limits.h>
#include <syslog.h>
#include <uv.h>

#include "image.h"
#include "image_known.h"
#include "mica/client.h"
#include "mica/diag.h"
#include "mica/pedestal.h"
#include "op.h"
#include "store.h"
#include "supervise.h"
#include "table.h"

struct mica_link;
struct mica_endpoint;
struct mica_ping;
struct mica_ping_port;
struct mica_total;
struct mica_update;
struct mica_gdb;
struct mica_book;

/* A tty number that stays with an endpoint name for the client's life. */
struct mica_tty_slot {
	char endpoint[32];
	unsigned int number;
	bool open;
};

#define MICA_TTY_SLOTS 16

/* An endpoint that was bound or announced; for clients whose table has no room for it. */
struct mica_kept_endpoint {
	char name[32];
	uint32_t remote, local;
};

struct mica_client {
	struct mica_host *host;
	struct mica_client *next;
	uint64_t serial; /* ascends in order of creation, across processes */
	struct mica_config cfg;
	char *config_text; /* cfg as it is saved; NULL: not yet */
	char dir[PATH_MAX];
	const struct mica_pedestal_ops *ops;
	struct mica_pedestal *ped;
	enum mica_state state;
	char reason[MICA_ERROR_TEXT];
	struct mica_op *op; /* at most one */
	const char *step;   /* saved last: a name of its plan, "" or NULL: none */

	uint8_t token[16];
	bool hidden; /* being created: takes its name, shown to nobody */
	bool parked; /* polling stopped while a worker has the pedestal */
	bool claimed;
	bool give_up; /* taken over in the middle of its start, and did not become ready: stop it */
	struct mica_image_facts facts; /* of the image checked last */
	struct mica_images images;     /* which one is to be checked; written by update.c */
	struct mica_update *update;    /* under way; NULL: none */
	struct mica_supervision sv;
	struct mica_crash_info crash;	  /* of its run */
	char end_reason[MICA_ERROR_TEXT]; /* of that; while its core file is written */
	char core_path[PATH_MAX];	  /* newest core file; empty: none */
	bool crash_seen;		  /* it said that it crashed */
	bool core_begun, core_done;	  /* in this run */
	char fault[MICA_ERROR_TEXT]; /* its end, while an operation was under way; empty: none */
	char start_note[256];	     /* reason of state Running after the next start */
	struct mica_table table;     /* of the image in memory */
	struct mica_link *link;	     /* NULL: no rings in use */
	uint64_t umt_da;	     /* its umt window, 0: none; umt_window.h */
	struct mica_tty_slot tty[MICA_TTY_SLOTS];
	unsigned int n_kept;
	unsigned int n_ttys;
	struct mica_kept_endpoint kept[MICA_SERVICES_MAX];
	struct mica_endpoint *endpoints; /* opened by the program */
	struct mica_ping *pings;	 /* only while there is a link */
	struct mica_ping_port *ping_ports;
	unsigned int n_totals;
	uint32_t ping_wire;	   /* number of the last message */
	struct mica_total *totals; /* of endpoints that ended, by name */
	struct mica_endpoint_counters other_totals;
	uint64_t ping_strays; /* answers that nobody waited for */
	struct mica_gdb *gdb; /* debugger's socket; NULL: none */

	struct mica_book *book; /* its log; NULL: out of memory */
	unsigned int followers; /* of its log */

	uv_poll_t *poll;       /* pedestal's descriptor; NULL: not watched */
	uv_poll_t *bell;       /* its doorbells, where they have one of their own and no worker */
	uv_timer_t *off_timer; /* power() again after an OFF event that was not final */
	uint64_t started_us, doorbells_in, doorbells_out, doorbells_lost;
	uint64_t restarts_total; /* by its policy, since this process knows it */
};

struct mica_host {
	uv_loop_t *loop;
	char run_root[PATH_MAX], dev_root[PATH_MAX];
	char state_root[PATH_MAX]; /* empty: none */
	char key_dir[PATH_MAX];	   /* empty: none */
	uint32_t tty_group;
	void (*on_change)(void *arg, const struct mica_change *change);
	void (*on_log)(void *arg, int level, const char *client, const char *line);
	void (*on_service)(void *arg, struct mica_client *client,
			   const struct mica_service_info *service, bool open);
	void (*on_line)(void *arg, struct mica_client *client, const struct mica_log_line *line);
	void *arg;
	const struct mica_keeper *keeper; /* NULL: none */
	void *keeper_arg;
	struct mica_known known;
	struct mica_client *clients; /* in order of creation */
	struct mica_op *ops;
	uint64_t serial;
	unsigned int refs; /* handles and operations that still point here */
	bool closing;
	uv_timer_t *close_timer;
	void (*closed)(void *arg);
	void *closed_arg;
};

void mica_host_ref(struct mica_host *host);
void mica_host_unref(struct mica_host *host);
/* struct mica_keeper, where there is one. */
void mica_session_keep(struct mica_host *host, const char *name, int fd);
void mica_session_drop(struct mica_host *host, const char *name);
int mica_session_take(struct mica_host *host, const char *name);
void mica_log(struct mica_host *host, int level, const char *client, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* As above, and into the client's log as a line of that source. */
void mica_log_from(struct mica_host *host, int level, const char *client, const char *source,
		   const char *line);
/* Also hidden ones. */
struct mica_client *mica_host_find_any(struct mica_host *host, const char *name);

struct mica_client *mica_client_new(struct mica_host *host, const struct mica_config *cfg);
/* At its place in the order of creation. */
void mica_client_insert(struct mica_client *client, uint64_t serial);
/* Closes what is open without disturbing a running client, takes it off the list, frees it. */
void mica_client_free(struct mica_client *client);
/* One legal transition; an illegal one is logged and refused. reason may be "". */
void mica_client_set_state(struct mica_client *client, enum mica_state to, const char *reason);
/* As mica_client_set_state(), through the states in between, for the way back of a failed start. */
void mica_client_fall_back(struct mica_client *client, enum mica_state to, const char *reason);

/* Watch the pedestal's descriptor. */
int mica_client_watch(struct mica_client *client, struct mica_error *err);
void mica_client_unwatch(struct mica_client *client);
/* A worker step of this client begins, ended. */
void mica_client_park(struct mica_client *client);
void mica_client_unpark(struct mica_client *client);
/* Ends a handle that was allocated by itself; its callbacks are not called any more. NULL is fine.
 */
void mica_handle_free(struct mica_host *host, void *handle);
/* Kick, counted. */
void mica_client_kick(struct mica_client *client);
/* An operation ended: what came meanwhile was left to it. */
void mica_client_look_again(struct mica_client *client);
/* The link found that the client broke the rules. */
void mica_client_quarantine(struct mica_client *client, const char *why);

/* persist.c: state.json in the client's folder; `step` is the operation's step that begins now,
 * "" when none is under way. */
int mica_client_save(struct mica_client *client, const char *step, struct mica_error *err);
/* c->cfg is another one: what is saved of it is made anew. */
void mica_client_config_changed(struct mica_client *client);
/* Something changed within a step: the step stays as it was saved last. */
int mica_client_save_again(struct mica_client *client, struct mica_error *err);
/* Between operations; a failure is logged. */
void mica_client_note(struct mica_client *client);
void mica_client_forget(struct mica_client *client); /* removes the folder */
/* A daemon was killed while it made or removed that client's folder: true, it is gone now. */
bool mica_client_forget_rest(struct mica_host *host, const char *name);
/* A client object out of what was saved; state is as saved, pedestal not yet created. *saved is
 * the pedestal's part, new reference. NULL: unusable. */
struct mica_client *mica_client_restore(struct mica_host *host, const char *name, char step[32],
					struct json_object **pedestal, struct mica_error *err);

/* images.c: which image a client is started with. Worker threads, within an operation; load also
 * on the loop, for one small file. */
/* Reads the store's record into c->images. fresh: no daemon left the client behind, so nothing is
 * on trial any more; note then says so, or that the record is damaged. */
void mica_images_load(struct mica_client *c, bool fresh, char note[256]);
/* One of the images: read once, hashed, its signature checked where it must have one, parsed. */
int mica_images_read_one(struct mica_client *c, const struct mica_stored *which,
			 struct mica_image *img, struct mica_error *err);
/* File of the image in use; empty: not known. */
void mica_images_path(const struct mica_client *c, char out[PATH_MAX]);
/* The image to start: on trial, else in use, else the one before with a note that says why.
 * *checked: these bytes and no others may be run. */
int mica_images_read(struct mica_client *c, struct mica_image *img, bool *checked, char note[256],
		     struct mica_error *err);

/* update.c */
/* An update is under way: what becomes of a client that crashes or hangs is decided there. */
bool mica_update_on_trial(const struct mica_client *c);
/* The state changed, or an operation ended. */
void mica_update_poke(struct mica_client *c);
/* Somebody asked for a stop meanwhile: no reason to start another image. */
void mica_update_stop_asked(struct mica_client *c);
/* Adopted: what an earlier process had begun. */
void mica_update_carry_on(struct mica_client *c);
/* The client object goes. */
void mica_update_abandon(struct mica_client *c);

/* plan_create.c: cores and memory against those of other clients. */
int mica_client_check_others(struct mica_client *c, const struct mica_image_facts *facts,
			     struct mica_error *err);

/* plan_start.c: as mica_client_start(), but by the policy: what was counted so far stays. */
void mica_client_begin_start(struct mica_client *client, mica_done done, void *arg);

/* plan_create.c: a client object of that configuration, hidden, with the plan that makes it one. */
void mica_client_begin_new(struct mica_host *host, const struct mica_config *cfg,
			   const struct mica_plan *plan, pid_t pid, mica_done done, void *arg);

/* Parts of plans that more than one uses. */
int mica_step_check_image(struct mica_op *op);	   /* worker: op->image, against its windows */
int mica_step_folder(struct mica_op *op);	   /* loop: against others; token, folder */
int mica_step_reattach_answer(struct mica_op *op); /* loop: after it was asked, or rung */
int mica_step_reattach_resume(struct mica_op *op); /* loop */
int mica_step_release(struct mica_op *op);	   /* worker */
int mica_step_ask_stop(struct mica_op *op);    /* loop: ask, wait for OFF; always DONE at the end */
int mica_step_force_stop(struct mica_op *op);  /* worker: if it still runs and can be forced */
int mica_step_settle_stop(struct mica_op *op); /* loop: Stopped, or Error and FAILED */

/* plan_stop.c: whether this machine can stop a client that hangs; the words for one it did not. */
bool mica_client_can_force(const struct mica_client *c);
const char *mica_client_no_force(const struct mica_client *c);

#endif /* MICA_CLIENT_PRIV_H */
