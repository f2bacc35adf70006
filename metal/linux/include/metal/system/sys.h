/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef METAL_SYSTEM_SYS_H
#define METAL_SYSTEM_SYS_H

/* Programs that were written for libmetal find these through it. */
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>
#include <metal/cpu.h>
#include <metal/errno.h>

#define METAL_INVALID_VADDR NULL
#define MAX_PAGE_SIZES	    32

struct metal_state {
	struct metal_common_state common;
	unsigned long page_size;
	unsigned long page_shift;
};

#endif /* METAL_SYSTEM_SYS_H */
