/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What load_fw leaves for the other programs: RUN_ROOT/openamp/cpuN/client, one fact a line
 * ("base=0x90000000"). It is there while the client runs.
 */
#ifndef CLIENT_FILE_H
#define CLIENT_FILE_H

#include <limits.h>
#include <stdint.h>
#include <sys/types.h>

#include "mica/error.h"

#define CLIENT_ANY UINT32_MAX

struct client_file {
	uint32_t cpu;  /* number of Linux */
	uint64_t base; /* of the memory that both sides use */
	pid_t process; /* the client, where it is a process: its descriptors as in mica/native.h */
	pid_t loader;  /* load_fw */
	int events;    /* descriptor of load_fw that is /dev/mcs; -1: the client is a process */
};

/* RUN_ROOT/openamp, or of one CPU. */
int client_folder(char path[PATH_MAX], uint32_t cpu, struct mica_error *err);

int client_file_write(const struct client_file *f, struct mica_error *err);
void client_file_remove(uint32_t cpu);
/* cpu CLIENT_ANY: the only one there is. */
int client_file_read(uint32_t cpu, struct client_file *f, struct mica_error *err);

#endif /* CLIENT_FILE_H */
