/* SPDX-License-Identifier: BSD-3-Clause */
/* Several messages for one doorbell. Linked only into programs that want that. */
#include "rpmsg_internal.h"

void rpmsg_virtio_cork(struct rpmsg_virtio_device *rvdev)
{
	metal_mutex_acquire(&rvdev->rdev.lock);
	rvdev->corked++;
	metal_mutex_release(&rvdev->rdev.lock);
}

void rpmsg_virtio_uncork(struct rpmsg_virtio_device *rvdev)
{
	metal_mutex_acquire(&rvdev->rdev.lock);
	if (rvdev->corked && !--rvdev->corked) {
		if (rvdev->lanes)
			rvdev->lanes->kick(rvdev);
		else if (rvdev->svq)
			virtqueue_kick(rvdev->svq);
	}
	metal_mutex_release(&rvdev->rdev.lock);
}
