/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A pedestal: how a client's cores are owned, started, stopped and signalled, and which memory it
 * gets. One ops table and one file per pedestal (host/libmica/pedestals/). The client object calls
 * it; it never calls back.
 *
 * Threads: operations marked [worker] may block and run on the worker pool, one at a time per
 * client, never together with another operation of the same client; all others run on the loop
 * thread and must not block.
 */
#ifndef MICA_PEDESTAL_H
#define MICA_PEDESTAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "mica/config.h"
#include "mica/error.h"

struct json_object;

enum mica_force_stop {
	MICA_FORCE_NONE, /* only the client itself can power its cores off */
	MICA_FORCE_HANG, /* stops a client that hangs but left the pedestal's handler intact */
	MICA_FORCE_TRUE, /* always */
};

struct mica_pedestal_caps {
	enum mica_force_stop force_stop;
	bool exclusive_cores;	    /* a core belongs to one client */
	bool isolates_memory;	    /* the client cannot write outside its windows */
	bool gives_cpu_back;	    /* cores return to Linux at release */
	bool survives_host_restart; /* client goes on while micad is away, adopt works */
	bool reads_memory_running;  /* windows may be read while the client runs */
	bool table_in_place;	    /* resource table used where the image has it; otherwise it is
				       copied to the start of window 0 */
	uint16_t elf_machine[2];    /* EM_* accepted, 0 ends; none given: the host's own */
	bool needs_table_address; /* image segments are addresses in the windows (not a process) */
	bool prompt; /* claim, release, load, doorbell never wait for anything: called on the loop
		      */
};

enum mica_mem_attr { MICA_MEM_NONCACHED, MICA_MEM_CACHED };

/* Memory both sides see. The same byte: va here, pa for Linux's bus view, da in the client's words.
 */
struct mica_window {
	void *va;
	uint64_t pa;
	uint64_t da;
	size_t size;
	enum mica_mem_attr attr;
	char name[16]; /* "comm", "image" ... */
};

#define MICA_WINDOWS_MAX 8

/* One piece of an image, checked by the ELF loader: filesz <= memsz, no overflow. */
struct mica_segment {
	uint64_t da; /* p_paddr */
	const void *data;
	size_t filesz;
	size_t memsz;
	unsigned int flags; /* PF_* */
};

struct mica_entry {
	uint64_t entry, arg0, arg1;
};

enum mica_power { MICA_POWER_OFF, MICA_POWER_ON, MICA_POWER_PENDING, MICA_POWER_UNKNOWN };

/* A doorbell as a client is told of it (vendor entry) and as kick() raises it. */
struct mica_doorbell {
	uint32_t kind;		 /* MCS_DB_* of <linux/mcs.h>: client to host */
	uint32_t kind_to_client; /* the same; 0: as kind */
	uint32_t to_host, to_client;
	uint64_t addr, target;
	uint32_t value;
	bool legacy; /* the client knows it without being told */
};

struct mica_watched {
	uint64_t da;
	uint32_t width;
};

#define MICA_PEV_DOORBELL (1u << 0)
#define MICA_PEV_OFF	  (1u << 1) /* power() is worth asking; every core of the client went off */
#define MICA_PEV_REBOOT	  (1u << 2) /* Linux goes down */

struct mica_pedestal; /* instance, private to each file; embeds nothing public */

struct mica_pedestal_ops {
	const char *name;
	struct mica_pedestal_caps caps;

	/* Is it usable here at all? Says what is missing ("module mcs_km is not loaded ..."). */
	int (*probe)(struct mica_error *err);
	/* Check cores and memory of a configuration without taking anything; *p owned by the
	 * caller, ended by destroy. cfg is copied where needed. */
	int (*create)(const struct mica_config *cfg, const char *run_dir, struct mica_pedestal **p,
		      struct mica_error *err);
	void (*destroy)(struct mica_pedestal *p);

	/* [worker] Take cores and memory; afterwards windows() is valid. token: 16 random bytes. */
	int (*claim)(struct mica_pedestal *p, const uint8_t token[16], struct mica_error *err);
	/* [worker] Take over what an earlier holder left. state: what save() gave. *running: a core
	 * is on. -1 with MICA_E_UNKNOWN: nothing there any more. */
	int (*adopt)(struct mica_pedestal *p, const uint8_t token[16],
		     const struct json_object *state, bool *running, struct mica_error *err);
	/*
	 * Optional, all three for attach: a client that something else started. create_running: as
	 * create, which refuses cores that run already; NULL: create does not.
	 * look [worker]: see that it runs, and map its memory; nothing changes. pid: its process,
	 * 0: none was named. MICA_E_STATE: nothing runs there. take [worker]: own it, after look.
	 */
	int (*create_running)(const struct mica_config *cfg, const char *run_dir,
			      struct mica_pedestal **p, struct mica_error *err);
	int (*look)(struct mica_pedestal *p, pid_t pid, struct mica_error *err);
	int (*take)(struct mica_pedestal *p, const uint8_t token[16], struct mica_error *err);
	/* [worker] Give cores back. Fails with MICA_E_STATE while the client runs. */
	int (*release)(struct mica_pedestal *p, struct mica_error *err);
	/* [worker] Own doorbell (negotiated) or the legacy one; before start and after adopt. */
	int (*doorbell)(struct mica_pedestal *p, bool own, struct mica_doorbell *db,
			struct mica_error *err);

	/* Before claim: addresses and sizes where known, va NULL. w[0] is the communication memory.
	 */
	unsigned int (*windows)(struct mica_pedestal *p, struct mica_window w[MICA_WINDOWS_MAX]);
	/* Bytes at the start of window "comm" that are this client's pool. */
	void (*pool)(struct mica_pedestal *p, uint64_t *da, size_t *size);

	/* Optional. A descriptor for an application that maps [da, da + len) of window "comm" and
	 * nothing else; owned by the caller. -1 and err. */
	int (*share)(struct mica_pedestal *p, uint64_t da, size_t len, struct mica_error *err);
	/* Optional. Nobody sees the client's memory through descriptors of share() any more. */
	void (*unshare)(struct mica_pedestal *p);

	/* [worker] Optional, before load(): no cache holds anything of [da, da + len) any more,
	 * which client and host are going to share. What is not in the windows is left alone. */
	int (*clean)(struct mica_pedestal *p, uint64_t da, uint64_t len, struct mica_error *err);
	/* [worker] Place one segment, or a piece of one / finish (cache maintenance). Not called
	 * when needs_table_address is false: there, start() runs the file itself. */
	int (*load)(struct mica_pedestal *p, const struct mica_segment *seg,
		    struct mica_error *err);
	int (*load_done)(struct mica_pedestal *p, struct mica_error *err);
	/* [worker] Optional, and only where load() is not called: the next start() runs these bytes
	 * instead of the file. */
	int (*program)(struct mica_pedestal *p, const void *data, size_t len,
		       struct mica_error *err);
	/* [worker] */
	int (*start)(struct mica_pedestal *p, const struct mica_entry *e, struct mica_error *err);
	/* Optional: what this machine can force, where caps.force_stop depends on its firmware.
	 * After create. */
	enum mica_force_stop (*can_force)(struct mica_pedestal *p);
	/* [worker] Only where something can be forced. */
	int (*force_stop)(struct mica_pedestal *p, struct mica_error *err);
	/* Optional. Memory the client maps to itself so that it can be forced; *size 0: none. */
	void (*stop_memory)(struct mica_pedestal *p, uint64_t *da, size_t *size);

	/* Optional. What the client wrote to len bytes at va of a window becomes visible there, for
	 * memory that the client has cached and Linux has not. */
	void (*refresh)(struct mica_pedestal *p, const void *va, size_t len);
	enum mica_power (*power)(struct mica_pedestal *p);
	/* Optional. Which of the configured cores are on: bit i for cores.id[i]. */
	uint32_t (*cores_on)(struct mica_pedestal *p);
	int (*kick)(struct mica_pedestal *p); /* 0 or -errno */
	/*
	 * For doorbells of kind MCS_DB_POLL: a change of one of these n words, each of `width`
	 * bytes (2 or 4) at a device address in the windows, counts as a doorbell from now on.
	 * Replaces earlier ones. Required of pedestals that have that kind.
	 */
	int (*watch)(struct mica_pedestal *p, const struct mica_watched *words, unsigned int n,
		     struct mica_error *err);
	int (*event_fd)(
		struct mica_pedestal *p); /* one descriptor, readable when events() has some */
	uint32_t (*events)(struct mica_pedestal *p); /* take all: MICA_PEV_* */
	/* Optional: an eventfd that counts doorbells, which events() then leaves out; -1: none now.
	 * It stays open until the next worker call begins. */
	int (*bell_fd)(struct mica_pedestal *p);
	/* Facts a later process needs for adopt; new reference. */
	struct json_object *(*save)(struct mica_pedestal *p);
	/* Optional, any thread: the client is this process of Linux; 0: not running. After a crash
	 * it waits for MICA_STATUS_STOP, so that its memory can be read. */
	pid_t (*process)(struct mica_pedestal *p);
	/* Optional: how the client went off if that was not in order ("killed by signal 11"), empty
	 * if it was or is not known. */
	void (*why_off)(struct mica_pedestal *p, char *buf, size_t size);
};

extern const struct mica_pedestal_ops mica_pedestal_baremetal;
extern const struct mica_pedestal_ops mica_pedestal_native;

/* By configuration name; fails with the names there are. */
const struct mica_pedestal_ops *mica_pedestal_find(const char *name, struct mica_error *err);

#endif /* MICA_PEDESTAL_H */
