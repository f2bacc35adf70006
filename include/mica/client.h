/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libmica: clients, seen from Linux. A host object owns clients; a client goes through
 * create -> start -> stop -> remove. All functions are called on the loop thread and never
 * block; what takes time runs on the loop's worker pool and ends in the `done` callback, which
 * is called exactly once, from the loop, never from within the call that was given it.
 */
#ifndef MICA_CLIENT_H
#define MICA_CLIENT_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <uv.h>

#include "mica/config.h"
#include "mica/error.h"

enum mica_state {
	MICA_OFFLINE,	 /* created; nothing taken */
	MICA_CONFIGURED, /* cores and memory taken */
	MICA_READY,	 /* image in memory */
	MICA_RUNNING,
	MICA_STOPPED, /* cores off, still held */
	MICA_SUSPENDED,
	MICA_CRASHED,
	MICA_FAILED, /* restart limit reached */
	MICA_ERROR,  /* cannot be stopped: cores and memory quarantined */
};

const char *mica_state_name(enum mica_state state); /* "Offline" ... */
/* The one table of legal transitions; everything else is an error. */
bool mica_state_allows(enum mica_state from, enum mica_state to);

struct mica_host;
struct mica_client;

/* One thing that happened to a client; strings live only during the call. */
struct mica_change {
	struct mica_client *client;
	const char *name;
	enum mica_state from, to;
	const char *reason; /* one line, empty for an ordinary step */
	bool pending;	    /* not the end: a restart follows, or state Failed */
};

#define MICA_SERVICES_MAX 64

struct mica_service_info {
	char name[32];	  /* endpoint name as announced */
	char device[128]; /* /dev/ttyRPMSG0, socket path, or empty */
	uint64_t rx_messages, rx_bytes, tx_messages, tx_bytes;
	uint64_t dropped_bytes;	   /* bounded backlog overran */
	uint64_t dropped_messages; /* the same, where messages are not just pieces of a stream */
	/* Bulk data: read and written by applications in place, of which nothing is in rx, tx. */
	uint64_t window_rx_bytes, window_tx_bytes;
};

/*
 * Descriptors of sessions (a terminal's pty, an endpoint's connection) that outlive this process
 * in somebody else's hands. name: letters, digits, '_', '-', '.', at most 60. Nobody is told
 * whether keep() worked; what is gone is opened anew.
 */
struct mica_keeper {
	void (*keep)(void *arg, const char *name, int fd); /* a duplicate; fd stays the caller's */
	void (*drop)(void *arg, const char *name);
	/* What an earlier process kept under that name, the caller's from now on; -1: nothing. */
	int (*take)(void *arg, const char *name);
};

/* One line of a client's log; strings live only during the call, clean UTF-8 without controls. */
struct mica_log_line {
	uint64_t usec;	    /* CLOCK_REALTIME */
	int level;	    /* as in syslog(3) */
	const char *source; /* "log": of the client; name of a trace buffer; "rpc"; "micad" */
	const char *text;
};

typedef void (*mica_log_fn)(void *arg, const struct mica_log_line *line);

struct mica_host_options {
	uv_loop_t *loop;
	const char *run_root;	/* /run/mica; clients live below clients/NAME/ */
	const char *state_root; /* images/NAME/, cores/NAME/; NULL: nothing outlives this run */
	const char *key_dir;	/* *.pub: whose signatures of images count; NULL: nobody's */
	const char *dev_root;	/* where ttyRPMSG<n> links go: /dev, without root run_root */
	uint32_t tty_group;	/* its members may open ttys; 0: the host's user only */
	void (*on_change)(void *arg, const struct mica_change *change);
	/* level: as in syslog(3) */
	void (*on_log)(void *arg, int level, const char *client, const char *line);
	/* Optional. A service was bound to an endpoint (open) or ends. Nothing of libmica that
	 * changes the client may be called from here. */
	void (*on_service)(void *arg, struct mica_client *client,
			   const struct mica_service_info *service, bool open);
	/* Optional. A line was added to a client's log. As above, nothing may be changed. */
	void (*on_line)(void *arg, struct mica_client *client, const struct mica_log_line *line);
	void *arg;
	const struct mica_keeper *keeper; /* NULL: sessions end with this process */
	void *keeper_arg;
};

/* Creates run_root (mode 0755) where it is missing. Copies the strings. */
int mica_host_new(const struct mica_host_options *opt, struct mica_host **host,
		  struct mica_error *err);
/* Closes everything without disturbing running clients. Call done from the loop when finished. */
void mica_host_close(struct mica_host *host, void (*done)(void *arg), void *arg);

typedef void (*mica_done)(void *arg, struct mica_client *client, const struct mica_error *err);

/* Find clients that an earlier process left under run_root and take them over. done (client NULL)
 * when all are adopted; each one that fails is logged and reported through on_change. */
void mica_host_adopt(struct mica_host *host, mica_done done, void *arg);

/* err in done is NULL on success. After an error nothing is left behind. */
void mica_client_create(struct mica_host *host, const struct mica_config *cfg, mica_done done,
			void *arg);
/* A client that something else started, and that runs as the configuration's image. pid: its
 * process, pedestal native only, else 0. After success its state is Running, reason "attached";
 * after an error it goes on as before. */
void mica_client_attach(struct mica_host *host, const struct mica_config *cfg, pid_t pid,
			mica_done done, void *arg);
void mica_client_start(struct mica_client *client, mica_done done, void *arg);
/* The same, but should it fail, the client's policy (Restart=) applies as after a crash. */
void mica_client_boot(struct mica_client *client, mica_done done, void *arg);
void mica_client_stop(struct mica_client *client, mica_done done, void *arg);
/* It stops running its threads and keeps its memory, until resume. Only clients that offer it;
 * done has MICA_E_TIMEOUT when it does not answer, and nothing has changed then. */
void mica_client_suspend(struct mica_client *client, mica_done done, void *arg);
void mica_client_resume(struct mica_client *client, mica_done done, void *arg);
/* Stopped, Offline, Crashed, Failed clients only. The client object is gone after success. */
void mica_client_remove(struct mica_client *client, mica_done done, void *arg);
/* The same, and its images in the store go too; otherwise a client of that name finds them again.
 */
void mica_client_purge(struct mica_client *client, mica_done done, void *arg);

enum mica_update_what {
	MICA_UPDATE_FILE,     /* an image file: copied into the store */
	MICA_UPDATE_PREVIOUS, /* the image before */
	MICA_UPDATE_RESET,    /* ClientPath's file again */
};

/* Steps: "verifying", "storing", "stopping", "starting", "healthy", "going back"; "unchanged": the
 * image is in use already, and done follows. */
typedef void (*mica_progress)(void *arg, struct mica_client *client, const char *step);

/*
 * Another image. A client that runs is stopped, started with it, and must run for
 * cfg.healthy_ms; otherwise it is started with the one it had, and done gets the error of the new
 * one. A client that does not run is only switched. file: absolute path, MICA_UPDATE_FILE only,
 * copied. progress may be NULL.
 */
void mica_client_update(struct mica_client *client, enum mica_update_what what, const char *file,
			mica_progress progress, mica_done done, void *arg);

/*
 * What an image is good for, by its file: raw or ELF, with a resource table or for the static
 * layout. Reads the file (up to 256 MiB) and blocks that long; start checks the image again.
 */
int mica_image_kind(const char *path, enum mica_layout *layout, bool *raw, struct mica_error *err);

struct mica_client *mica_host_find(struct mica_host *host, const char *name);
/* In order of creation; returns NULL at the end; start with NULL. */
struct mica_client *mica_host_next(struct mica_host *host, struct mica_client *client);

enum mica_watchdog {
	MICA_WATCHDOG_OFF,  /* WatchdogSec=0 */
	MICA_WATCHDOG_NONE, /* the image has no heartbeat: only a core that goes off is seen */
	MICA_WATCHDOG_IDLE, /* the client does not run */
	MICA_WATCHDOG_ON,
};

/* Buffers of a vring that wait for their receiver: Linux (rx), the client (tx). */
struct mica_ring_fill {
	uint32_t num; /* of either ring; 0: no rings */
	uint32_t rx, tx;
};

#define MICA_CRASH_INFO_REGS 40

/* What a client that crashed says about it, checked for form; it may lie. */
struct mica_crash_info {
	bool found;
	bool panic; /* its own decision; else an exception of the processor */
	uint32_t machine, core;
	uint64_t pc, sp, address, syndrome;
	char text[64];
	unsigned int n_regs;
	uint64_t reg[MICA_CRASH_INFO_REGS];
};

/* Name of register i of the record, empty if it has none. */
const char *mica_crash_register(const struct mica_crash_info *crash, unsigned int i);

struct mica_core_file {
	char client[MICA_NAME_MAX + 1];
	char path[PATH_MAX];
	uint64_t usec; /* CLOCK_REALTIME, of the write */
	uint64_t size; /* bytes; pages of zeros take no room on the disk */
	char reason[MICA_ERROR_TEXT];
};

/* Core files below a state root, newest first; of one client or, name NULL, of all. False: none.
 * Blocks; any thread. */
bool mica_core_files(const char *state_root, const char *name,
		     void (*fn)(void *arg, const struct mica_core_file *file), void *arg);

struct mica_client_info {
	char name[MICA_NAME_MAX + 1];
	struct mica_config config;
	enum mica_state state;
	char reason[MICA_ERROR_TEXT]; /* why it is in that state, empty if ordinary */
	const char *operation;	      /* what is under way: "start", "stop" ...; "" */
	struct mica_cores cores_on;   /* of config.cores; kind NONE: none */
	bool isolates_memory;
	bool can_force_stop;
	char sha256[65];		/* of the image it was started with, or will be */
	bool updated;			/* an image of the store is in use, not ClientPath's file */
	bool has_previous;		/* a roll-back is possible */
	bool on_trial;			/* an update is not final yet */
	char previous_sha256[65];	/* empty: none, or whatever ClientPath's file is */
	uint64_t started_us;		/* CLOCK_MONOTONIC, 0 = never */
	uint32_t restarts;		/* by its policy, since the last start by hand */
	bool restart_pending;		/* it will not stay in that state */
	uint64_t restart_in_us;		/* 0: now, or none is pending */
	char last_end[MICA_ERROR_TEXT]; /* why it ended unexpectedly the last time */
	enum mica_watchdog watchdog;
	char debugger[128];	      /* socket of its debugger; empty: none */
	char image_path[PATH_MAX];    /* of the image in use; empty: not known */
	struct mica_crash_info crash; /* of this run or the one that ended */
	char core_file[PATH_MAX];     /* the newest; empty: none */
	uint64_t doorbells_in, doorbells_out;
	uint64_t doorbells_lost; /* times that messages were found without one */
	struct mica_ring_fill ring;
	uint32_t features; /* acknowledged MICA_F_* */
	unsigned int n_services;
	struct mica_service_info service[MICA_SERVICES_MAX];
};

/* Valid as long as the client is. */
const char *mica_client_name(const struct mica_client *client);
void mica_client_info(const struct mica_client *client, struct mica_client_info *info);

struct mica_setting {
	const char *key, *value;
};

/*
 * Change keys of a client's configuration, all of them or none, until it is removed; a later
 * process keeps them. Only keys that can change while it runs. Changed rpc switches replace the
 * process that executes its calls: files it has open there are closed, calls in flight fail.
 */
int mica_client_set(struct mica_client *client, const struct mica_setting *set, unsigned int n,
		    struct mica_error *err);

/* The newest `lines` (0: all) of what is kept of its log, oldest first; looks for new ones first.
 */
void mica_client_logs(struct mica_client *client, unsigned int lines, mica_log_fn fn, void *arg);
/* Somebody follows its log, or does not any more: while anybody does, plain trace buffers are
 * looked at once a second. */
void mica_client_follow_logs(struct mica_client *client, bool on);

#endif /* MICA_CLIENT_H */
