/* SPDX-License-Identifier: BSD-3-Clause */
/* The virtio transport of remoteproc: a VDEV entry of the resource table and its vrings. */
#ifndef OPENAMP_REMOTEPROC_VIRTIO_H
#define OPENAMP_REMOTEPROC_VIRTIO_H

#include <metal/cache.h>
#include <metal/compiler.h>
#include <metal/io.h>
#include <metal/list.h>
#include <openamp/virtio.h>

METAL_C_BEGIN

#define RPROC_MAX_VRING_DESC 0xffff

#if defined(VIRTIO_CACHED_RSC_TABLE) || defined(VIRTIO_USE_DCACHE)
#define RSC_TABLE_FLUSH(x, s)	   CACHE_FLUSH(x, s)
#define RSC_TABLE_INVALIDATE(x, s) CACHE_INVALIDATE(x, s)
#else
#define RSC_TABLE_FLUSH(x, s) \
	do {                  \
	} while (0)
#define RSC_TABLE_INVALIDATE(x, s) \
	do {                       \
	} while (0)
#endif

/* Raise the doorbell for notification id. */
typedef int (*rpvdev_notify_func)(void *priv, uint32_t id);

struct remoteproc_virtio {
	void *priv;
	void *vdev_rsc;
	struct metal_io_region *vdev_rsc_io;
	rpvdev_notify_func notify;
	struct virtio_device vdev;
	struct metal_list node;
	uint32_t config_len; /* read once at creation */
};

/*
 * rsc: the VDEV entry in place (struct fw_rsc_vdev), already checked by the caller to have room
 * for its vrings and config space; aligned to 4. rsc_io may be NULL for local memory. notify is
 * called with priv. NULL: no memory, the entry lies outside rsc_io, or the library was built
 * without what is asked for.
 */
struct virtio_device *rproc_virtio_create_vdev(unsigned int role, unsigned int notifyid, void *rsc,
					       struct metal_io_region *rsc_io, void *priv,
					       rpvdev_notify_func notify,
					       virtio_dev_reset_cb rst_cb);
void rproc_virtio_remove_vdev(struct virtio_device *vdev);

/*
 * Place ring `index` at va. 0, or -RPROC_EINVAL for a ring that is misaligned, whose size is no
 * power of two or, in the driver's role and in a minimal client, that is not wholly in io (may be
 * NULL).
 */
int rproc_virtio_init_vring(struct virtio_device *vdev, unsigned int index, unsigned int notifyid,
			    void *va, struct metal_io_region *io, unsigned int num_descs,
			    unsigned int align);

/* A doorbell came: handle every ring with that id, RSC_NOTIFY_ID_ANY for all of them. */
int rproc_virtio_notified(struct virtio_device *vdev, uint32_t notifyid);

/* Device: wait, up to 15 s, for the driver. */
void rproc_virtio_wait_remote_ready(struct virtio_device *vdev);

METAL_C_END

#endif /* OPENAMP_REMOTEPROC_VIRTIO_H */
