/* SPDX-License-Identifier: BSD-3-Clause */
/* Start and end of the library. metal_init() before anything else. */
#ifndef METAL_SYS_H
#define METAL_SYS_H

#include <stddef.h>
#include <stdint.h>
#include <metal/compiler.h>
#include <metal/list.h>
#include <metal/log.h>
#include <metal/sleep.h>
#include <metal/system/string.h>

typedef unsigned long metal_phys_addr_t;
typedef int metal_irq_t;

#define METAL_BAD_OFFSET ((unsigned long)-1)
#define METAL_BAD_PHYS	 ((metal_phys_addr_t)-1)
#define METAL_BAD_VA	 ((void *)-1)
#define METAL_BAD_IRQ	 ((metal_irq_t)-1)

struct metal_init_params {
	metal_log_handler log_handler;
	enum metal_log_level log_level;
};

struct metal_common_state {
	int ref_count; /* metal_init() without metal_finish() */
	enum metal_log_level log_level;
	metal_log_handler log_handler;
	struct metal_list bus_list;
	struct metal_list generic_shmem_list;
	struct metal_list generic_device_list;
};

#include <metal/system/sys.h>

#ifndef METAL_INIT_DEFAULTS
#define METAL_INIT_DEFAULTS                                                            \
	{                                                                              \
		.log_handler = metal_default_log_handler, .log_level = METAL_LOG_INFO, \
	}
#endif

METAL_C_BEGIN

extern struct metal_state _metal;

/*
 * Counted: the first one starts the library, the last metal_finish() ends it; what is registered
 * is forgotten then. 0 or -errno. Not locked.
 */
int metal_init(const struct metal_init_params *params);
void metal_finish(void);

/* The system's part of it, called by the two. */
int metal_sys_init(const struct metal_init_params *params);
void metal_sys_finish(void);

METAL_C_END

#endif /* METAL_SYS_H */
