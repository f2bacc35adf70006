/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Configuration of one client: section [Mica] of an INI file, mica.conf(5). What the file says,
 * checked for form and range; whether cores, memory and image exist is checked at create.
 */
#ifndef MICA_CONFIG_H
#define MICA_CONFIG_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "mica/error.h"

#define MICA_NAME_MAX  64 /* characters, of [A-Za-z0-9_.-] */
#define MICA_CORES_MAX 16

/* A set of cores. kind: "cpu" = Linux CPU numbers; "riscv" = a small core behind a mailbox. */
enum mica_core_kind { MICA_CORES_NONE, MICA_CORES_CPU, MICA_CORES_SMALL };

struct mica_cores {
	enum mica_core_kind kind;
	unsigned int n;
	uint32_t id[MICA_CORES_MAX]; /* ascending, no duplicates */
};

enum mica_layout { MICA_LAYOUT_TABLE, MICA_LAYOUT_STATIC };
enum mica_restart { MICA_RESTART_NO, MICA_RESTART_ON_FAILURE, MICA_RESTART_ALWAYS };

#define MICA_ADDRESS_NONE UINT64_MAX

#define MICA_COMM_OFFSET_AUTO UINT64_MAX /* core number * 128 KiB */

struct mica_config {
	char file[PATH_MAX]; /* where it came from, for messages; empty for the short form */
	char name[MICA_NAME_MAX + 1];
	char image[PATH_MAX];	 /* ClientPath */
	struct mica_cores cores; /* CPU */
	char pedestal[32];	 /* Pedestal; default "baremetal" */
	char pedestal_conf[PATH_MAX];
	bool auto_boot;
	bool debug;
	int64_t vcpu, max_vcpu, cpu_weight, cpu_capacity; /* -1: not given */
	int64_t memory, max_memory;			  /* MiB, -1: not given */
	char iomem[512];
	char network[512];
	/* Keys of this project, all optional. */
	enum mica_layout layout;   /* Layout=table|static */
	uint64_t comm_offset;	   /* CommOffset=, bytes from the start of region 0 */
	uint64_t load_address;	   /* LoadAddress=, of a raw image; MICA_ADDRESS_NONE: not given */
	uint64_t entry;		   /* Entry=, instead of the image's own; MICA_ADDRESS_NONE */
	uint32_t start_timeout_ms; /* StartTimeoutSec=, default 20 */
	uint32_t stop_timeout_ms;  /* StopTimeoutSec=, default 10 */
	/* Supervision, in systemd's words. */
	enum mica_restart restart;  /* Restart= */
	uint32_t restart_ms;	    /* RestartSec=, default 100 ms */
	uint32_t restart_max_ms;    /* RestartMaxDelaySec=, default 30 s; doubles up to there */
	uint32_t start_limit_burst; /* StartLimitBurst=, default 5; 0: no limit */
	uint32_t start_limit_ms;    /* StartLimitIntervalSec=, default 10 s; 0: no limit */
	uint32_t watchdog_ms;	    /* WatchdogSec=, 0 (default): off */
	bool core_dump;		    /* CoreDump=, default yes */
	uint32_t core_dump_keep;    /* CoreDumpKeep=, default 3 files */
	uint32_t core_dump_mib;	    /* CoreDumpSizeMax=, default 256 MiB */
	unsigned int log_level;	    /* LogLevel=, as in syslog(3), default info: what is kept of the
				       client's log */
	bool endpoint_sockets;	    /* EndpointSockets=, default yes */
	char endpoint_group[64];    /* EndpointGroup=, empty: the group of the control socket */
	char endpoints[512];	    /* Endpoints=, patterns; empty: all */
	bool require_signature;	    /* RequireSignature= */
	uint32_t healthy_ms;	    /* HealthySec=, default 10 s */
	char rpc_root[PATH_MAX];    /* RpcRoot=, empty: a folder of the client's own */
	uint32_t rpc_user;	    /* RpcUser=, 0: a number of the client's own */
	bool rpc_system;	    /* RpcSystem= */
	bool rpc_network;	    /* RpcNetwork= */
	bool rpc_power_off;	    /* RpcPowerOff=: told so on rpmsg-rpc when it is to stop */
};

/* `warn` is called once per accepted oddity (a key the pedestal does not use), one line each. */
typedef void (*mica_warn_fn)(void *arg, const char *line);

void mica_config_defaults(struct mica_config *cfg);
int mica_config_read(const char *path, struct mica_config *cfg, mica_warn_fn warn, void *arg,
		     struct mica_error *err);
/* The same from memory; `file` is used in messages ("FILE:LINE: ..."). */
int mica_config_parse(const char *text, const char *file, struct mica_config *cfg,
		      mica_warn_fn warn, void *arg, struct mica_error *err);
/*
 * One key of a configuration that is in use, as `mica set` changes it. MICA_E_USAGE: no such key;
 * MICA_E_STATE: it cannot change while the client runs; MICA_E_CONFIG: bad value. *cfg is
 * unchanged after an error.
 */
int mica_config_set(struct mica_config *cfg, const char *key, const char *value, bool running,
		    struct mica_error *err);
/* Every key that has a value, in the words of the file; live: mica_config_set() takes it while the
 * client runs. */
void mica_config_each(const struct mica_config *cfg,
		      void (*fn)(void *arg, const char *key, const char *value, bool live),
		      void *arg);
bool mica_name_valid(const char *name);
/* "3", "2-3", "1,3", "riscv". */
int mica_cores_parse(const char *text, struct mica_cores *cores, struct mica_error *err);
/* The inverse, for status: "3", "2-3", "riscv", "-" for none. Truncates never for MICA_CORES_MAX.
 */
void mica_cores_format(const struct mica_cores *cores, char out[64]);

#endif /* MICA_CONFIG_H */
