/* SPDX-License-Identifier: BSD-3-Clause */
/* The memory of a process, for a core file of a client that is one. Worker threads. */
#ifndef MICA_CORE_PROCESS_H
#define MICA_CORE_PROCESS_H

#include <stddef.h>
#include <sys/types.h>

#include "core_elf.h"

struct core_process {
	int mem; /* /proc/PID/mem */
	struct core_segment *seg;
	unsigned int n_seg;
	void *auxv;
	size_t auxv_len;
};

/* 0 or -errno; core_process_close() also after an error. The process should stand still. */
int core_process_open(struct core_process *p, pid_t pid);
void core_process_close(struct core_process *p);
/* struct core_image's read(); arg: struct core_process. */
void core_process_read(void *arg, uint64_t va, void *buf, size_t len);

#endif /* MICA_CORE_PROCESS_H */
