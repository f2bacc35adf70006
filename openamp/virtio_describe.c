/* SPDX-License-Identifier: BSD-3-Clause */
/* Devices and features by their names. */
#include <metal/log.h>
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

/* Bits that mean the same for all devices (2.2, 6). */
static const struct virtio_feature_desc common_features[] = {
	{ VIRTIO_F_NOTIFY_ON_EMPTY, "NotifyOnEmpty" },	 { VIRTIO_F_ANY_LAYOUT, "AnyLayout" },
	{ VIRTIO_RING_F_INDIRECT_DESC, "RingIndirect" }, { VIRTIO_RING_F_EVENT_IDX, "EventIdx" },
	{ VIRTIO_F_BAD_FEATURE, "BadFeature" },		 { 0, NULL },
};

static const char *feature_name(const struct virtio_feature_desc *desc, uint32_t bit)
{
	for (; desc && desc->vfd_val; desc++) {
		if (desc->vfd_val == bit)
			return desc->vfd_str;
	}
	return NULL;
}

void virtio_describe(struct virtio_device *dev, const char *msg, uint32_t features,
		     struct virtio_feature_desc *feature_desc)
{
	const char *device = dev ? virtio_dev_name((uint16_t)dev->id.device) : NULL;
	const char *name;
	unsigned int i;

	metal_info("%s %s features 0x%lx\n", device ? device : "virtio", msg ? msg : "",
		   (unsigned long)features);
	for (i = 0; i < 32; i++) {
		if (!((features >> i) & 1))
			continue;
		name = feature_name(feature_desc, 1u << i);
		if (!name)
			name = feature_name(common_features, 1u << i);
		metal_info("  %u %s\n", i, name ? name : "?");
	}
}
