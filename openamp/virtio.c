/* SPDX-License-Identifier: BSD-3-Clause */
#include <openamp/virtio.h>

int virtio_create_virtqueues(struct virtio_device *vdev, unsigned int flags, unsigned int nvqs,
			     const char *names[], vq_callback callbacks[], void *callback_args[])
{
	if (!vdev)
		return -EINVAL;
	if (!vdev->func || !vdev->func->create_virtqueues)
		return -ENXIO;
	return vdev->func->create_virtqueues(vdev, flags, nvqs, names, callbacks, callback_args);
}
