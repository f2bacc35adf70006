/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The platform layer of OpenAMP's demo programs, under the names it has everywhere. The same code
 * at both ends: Linux is the virtio driver, the client the device. One thread.
 */
#ifndef DEMO_PLATFORM_H
#define DEMO_PLATFORM_H

#include <openamp/rpmsg.h>
#include <openamp/virtio.h>

/* The memory and whatever else the port needs. 0, or an exit code after a line that says why. */
int platform_init(int argc, char *argv[], void **platform);
/*
 * role VIRTIO_DEV_DRIVER: fills in the table and the rings. VIRTIO_DEV_DEVICE: puts its own table
 * there and waits for the driver. NULL after a line that says why.
 */
struct rpmsg_device *platform_create_rpmsg_vdev(void *platform, unsigned int vdev_index,
						unsigned int role,
						void (*rst_cb)(struct virtio_device *vdev),
						rpmsg_ns_bind_cb ns_bind_cb);
/*
 * Handle what came; when there was nothing, wait a moment. To be called until what one waits for
 * has happened. Negative after a line that says why there is no point in going on: -EINTR the
 * user asked for the end, -ETIMEDOUT nothing came for too long, -ENODEV the other side is gone,
 * -EPROTO it broke the rules of the rings.
 */
int platform_poll(void *platform);
void platform_release_rpmsg_vdev(struct rpmsg_device *rpdev, void *platform);
void platform_cleanup(void *platform);

#endif /* DEMO_PLATFORM_H */
