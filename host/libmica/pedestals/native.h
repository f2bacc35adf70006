/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside of pedestal "native": process handling apart from the pedestal's operations. */
#ifndef MICA_PEDESTAL_NATIVE_H
#define MICA_PEDESTAL_NATIVE_H

#include <sys/types.h>

#include "mica/pedestal.h"

struct mica_pedestal {
	struct mica_config cfg;
	char run_dir[PATH_MAX];
	uint8_t token[16];
	int mem_fd, to_client, to_host; /* -1: not there */
	int program;   /* bytes to run instead of the configuration's file; -1: the file */
	int window_fd; /* umt window; -1: none */
	int pidfd;
	int epoll; /* pidfd behind a descriptor that stays */
	pid_t pid;
	uint64_t mark; /* tells a reused pid: see mica_native_mark() */
	bool dead;     /* pidfd said so; reaped */
	char how[96];  /* how it ended, if it was our child */
	void *va;
	size_t size;
};

/* How a later micad finds a process whose pid was not saved. */
#define MICA_NATIVE_TOKEN_ENV	"MICA_NATIVE_TOKEN"
#define MICA_NATIVE_MEMORY_NAME 100

void mica_native_token(const uint8_t token[16], char hex[33]);
/* Of the memfd: says whose it is in /proc/PID/fd. */
void mica_native_memory_name(const struct mica_pedestal *p, char name[MICA_NATIVE_MEMORY_NAME]);
/* In clock ticks since boot; 0 if there is no such process. */
uint64_t mica_native_start_time(pid_t pid);
/* What tells this process from a later one with its pid: where pidfds have inodes (Linux 6.9), that
 * number, with the highest bit but one set; else its start time, which takes longer to get. */
uint64_t mica_native_mark(pid_t pid, int pidfd);
/* Is it the process that has this mark? */
bool mica_native_marked(pid_t pid, int pidfd, uint64_t mark);
/* Start the image; fills in pid, mark, pidfd. May run on a worker thread. */
int mica_native_spawn(struct mica_pedestal *p, struct mica_error *err);
/* Ops program: see mica/pedestal.h. */
int mica_native_program(struct mica_pedestal *p, const void *data, size_t len,
			struct mica_error *err);
/* Find the process of an earlier micad, by what was saved or by the token in its environment. On a
 * worker thread: waits up to 2 s for one that was forked and has not begun. */
int mica_native_find(struct mica_pedestal *p, const struct json_object *state,
		     struct mica_error *err);
/* Get shared memory, doorbells and, if it has one, the window out of the process that find() found.
 */
int mica_native_fetch(struct mica_pedestal *p, struct mica_error *err);

/* The process `pid` that something else started by the contract: what it shares, checked. Worker.
 */
int mica_native_look(struct mica_pedestal *p, pid_t pid, struct mica_error *err);

#endif /* MICA_PEDESTAL_NATIVE_H */
