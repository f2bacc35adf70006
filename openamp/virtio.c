/* SPDX-License-Identifier: BSD-3-Clause */
#include <openamp/virtio.h>

const char *virtio_dev_name(uint16_t devid)
{
	static const struct {
		uint16_t id;
		const char *name;
	} names[] = {
		{ VIRTIO_ID_NETWORK, "Network" }, { VIRTIO_ID_BLOCK, "Block" },
		{ VIRTIO_ID_CONSOLE, "Console" }, { VIRTIO_ID_ENTROPY, "Entropy" },
		{ VIRTIO_ID_BALLOON, "Balloon" }, { VIRTIO_ID_IOMEMORY, "IOMemory" },
		{ VIRTIO_ID_RPMSG, "RPMsg" },	  { VIRTIO_ID_SCSI, "SCSI" },
		{ VIRTIO_ID_9P, "9P Transport" }, { VIRTIO_ID_RPROC_SERIAL, "Remoteproc serial" },
		{ VIRTIO_ID_GPU, "GPU" },	  { VIRTIO_ID_INPUT, "Input" },
		{ VIRTIO_ID_VSOCK, "Vsock" },	  { VIRTIO_ID_I2C_ADAPTER, "I2C adapter" },
		{ VIRTIO_ID_GPIO, "GPIO" },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].id == devid)
			return names[i].name;
	}
	return NULL;
}

int virtio_create_virtqueues(struct virtio_device *vdev, unsigned int flags, unsigned int nvqs,
			     const char *names[], vq_callback callbacks[], void *callback_args[])
{
	if (!vdev)
		return -EINVAL;
	if (!vdev->func || !vdev->func->create_virtqueues)
		return -ENXIO;
	return vdev->func->create_virtqueues(vdev, flags, nvqs, names, callbacks, callback_args);
}
