/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting for room without looking for it all the time. Linked only into programs that do so. */
#include "rpmsg_internal.h"

bool rpmsg_virtio_want_room(struct rpmsg_virtio_device *rvdev, bool want)
{
	bool room = false;

	metal_mutex_acquire(&rvdev->rdev.lock);
	if (rvdev->lanes)
		room = rvdev->lanes->want_room(rvdev, want);
	else if (want)
		room = virtqueue_enable_cb(rvdev->svq);
	else
		virtqueue_disable_cb(rvdev->svq);
	metal_mutex_release(&rvdev->rdev.lock);
	return room;
}
