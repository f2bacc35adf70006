/* SPDX-License-Identifier: BSD-3-Clause */
/* One demo program: what all of them do around their own part. */
#ifndef DEMO_H
#define DEMO_H

#include <metal/errno.h>
#include <stddef.h>
#include <stdint.h>
#include <openamp/rpmsg.h>

#include "map.h"
#include "platform_info.h"
#include "port.h"

struct demo {
	const char *prefix; /* of the closing lines: "" or "CLIENT> " */
	unsigned int role;  /* VIRTIO_DEV_DRIVER, VIRTIO_DEV_DEVICE */
	/* 0, an exit code, or what platform_poll() gave. */
	int (*run)(struct rpmsg_device *rdev, void *platform);
};

/* init, create, run, release, cleanup. Exit status: 0, 1 for wrong results, as in mica(1). */
int demo_run(const struct demo *demo, int argc, char *argv[]);

/* Exit status for what platform_poll() or port_trouble() gave. */
int demo_exit_code(int ret);

/* Poll until *flag or trouble; 0, or what platform_poll() gave. */
int demo_wait(void *platform, const volatile int *flag);

/* "****", "Test Results: Error count = N", "****" */
void demo_results(const char *prefix, unsigned int errors);

/*
 * The programs' own parts. Each works in either role; its other half is named.
 */
int demo_sample_ping(struct rpmsg_device *rdev, void *platform); /* demo_sample_echo */
int demo_sample_echo(struct rpmsg_device *rdev, void *platform);
int demo_ping(struct rpmsg_device *rdev, void *platform);	 /* these three: demo_update, */
int demo_nocopy_ping(struct rpmsg_device *rdev, void *platform); /* demo_nocopy_echo */
int demo_flood_ping(struct rpmsg_device *rdev, void *platform);
extern unsigned int demo_flood_count; /* messages of each size */
int demo_update(struct rpmsg_device *rdev, void *platform);
int demo_nocopy_echo(struct rpmsg_device *rdev, void *platform);
int demo_matrix(struct rpmsg_device *rdev, void *platform); /* demo_matrixd */
int demo_matrixd(struct rpmsg_device *rdev, void *platform);

#define DEMO_PAYLOAD  496u	  /* most bytes of one message */
#define DEMO_SHUTDOWN 0xEF56A55Au /* a message of this word alone: end */

/* A message of at most DEMO_PAYLOAD bytes, out of shared memory; its bytes. */
size_t demo_take(uint8_t to[DEMO_PAYLOAD], const void *data, size_t len);

#define DEMO_STARS "**********************************"

#endif /* DEMO_H */
