// SPDX-License-Identifier: BSD-3-Clause
/* The rpmsg virtio device in the client's role: vrings where the host placed them. */
#include <metal/atomic.h>

#include "session.h"

/* As many descriptors as the wire format's smallest counters and this image's memory bear. */
#define VRING_NUM_MAX 1024u

static int notify_host(void *priv, uint32_t id)
{
	struct session *s = priv;

	(void)id; /* one doorbell stands for all rings */
	sdk_ring(s);
	return 0;
}

static int init_vring(struct session *s, unsigned int i)
{
	uint32_t da = metal_shared_read32(&s->rsc->vring[i].da);
	uint32_t num = metal_shared_read32(&s->rsc->vring[i].num);
	uint32_t align = metal_shared_read32(&s->rsc->vring[i].align);
	void *va;

	if (num == 0 || num > VRING_NUM_MAX || (num & (num - 1)) || align < 4 || align > 4096 ||
	    (align & (align - 1)))
		return -1;
	va = mica_chip_to_va(da, (size_t)vring_size(num, align));
	if (!va)
		return -1;
	return rproc_virtio_init_vring(s->vdev, i, s->rsc->vring[i].notifyid, va, &s->shm_io, num,
				       align);
}

static void init_regions(struct session *s)
{
	size_t size;

	s->shm_da = (metal_phys_addr_t)mica_chip_comm(&size);
	metal_io_init(&s->shm_io, mica_chip_to_va(s->shm_da, size), &s->shm_da, size,
		      (unsigned int)-1, 0, NULL);
	s->rsc_da = 0;
	metal_io_init(&s->rsc_io, s->rsc, &s->rsc_da, sizeof(*s->rsc), (unsigned int)-1, 0, NULL);
}

int sdk_vdev_up(struct session *s)
{
	init_regions(s);
	s->vdev = rproc_virtio_create_vdev(VIRTIO_DEV_DEVICE, s->rsc->notifyid, s->rsc, &s->rsc_io,
					   s, notify_host, NULL);
	if (!s->vdev)
		return -1;
	if (init_vring(s, 0) == 0 && init_vring(s, 1) == 0 &&
	    rpmsg_init_vdev(&s->rvdev, s->vdev, NULL, &s->shm_io, NULL) == RPMSG_SUCCESS) {
		/* Nobody in here waits inside rpmsg: the SDK waits where it can be woken. */
		rpmsg_virtio_set_tx_timeout(&s->rvdev, 0);
		s->rvdev.full_used_len = s->quirks.full_used_len;
		if (sdk_lanes_up(s) == 0)
			return 0;
		sdk_vdev_down(s);
		return -1;
	}
	rproc_virtio_remove_vdev(s->vdev);
	s->vdev = NULL;
	return -1;
}

void sdk_vdev_down(struct session *s)
{
	/* Not a word of it into the rings, which may be the host's again. */
	s->rvdev.rdev.support_ns = false;
	rpmsg_deinit_vdev(&s->rvdev);
	rproc_virtio_remove_vdev(s->vdev);
	s->vdev = NULL;
}

void sdk_vdev_poll(struct session *s)
{
	rproc_virtio_notified(s->vdev, RSC_NOTIFY_ID_ANY);
	/* One notification handles at most a ring of messages; the others get their turn. */
	if (rpmsg_virtio_rx_pending(&s->rvdev))
		mica_session_poke();
}
