/* SPDX-License-Identifier: BSD-3-Clause */
/* The rings of a link, on the library both sides share; Linux is the driver. */
#include <string.h>

#include <metal/atomic.h>
#include <openamp/remoteproc_virtio.h>

#include "client_priv.h"
#include "link_lanes.h"
#include "link_table.h"
#include "ping.h"
#include "service.h"

static struct mica_link *link_of(struct virtio_device *vdev)
{
	struct remoteproc_virtio *rpvdev = metal_container_of(vdev, struct remoteproc_virtio, vdev);

	return rpvdev->priv;
}

static struct mica_link *link_of_rdev(struct rpmsg_device *rdev)
{
	struct rpmsg_virtio_device *rvdev =
		metal_container_of(rdev, struct rpmsg_virtio_device, rdev);

	return metal_container_of(rvdev, struct mica_link, rvdev);
}

/* The entry the library works on is private, so that the client cannot change a constant of it;
 * what the client has to see of it is passed on here. */
static void set_status(struct virtio_device *vdev, uint8_t status)
{
	struct mica_link *link = link_of(vdev);

	link->private_rsc.vdev.status = status;
	mica_link_write_vdev_status(link, status);
}

static void set_features(struct virtio_device *vdev, uint32_t features)
{
	struct mica_link *link = link_of(vdev);

	link->private_rsc.vdev.gfeatures = features;
	if (link->table && !link->calm)
		metal_shared_write32(link->table + link->client->table.vdev +
					     offsetof(struct fw_rsc_vdev, gfeatures),
				     features);
}

static int on_notify(void *priv, uint32_t id)
{
	struct mica_link *link = priv;

	(void)id;
	/* Before the core runs there is nobody to hear it; mica_link_open() rings for all. */
	if (link->open && link->hold)
		link->bell_due = true;
	else if (link->open)
		mica_client_kick(link->client);
	return 0;
}

static void on_bind(struct rpmsg_device *rdev, const char *name, uint32_t remote)
{
	struct mica_link *link = link_of_rdev(rdev);

	mica_services_announced(link, name, remote, link->rvdev.ns_flags & MICA_NS_URGENT);
}

static void on_unbind(struct rpmsg_device *rdev, const char *name, uint32_t remote)
{
	mica_services_gone(link_of_rdev(rdev), name, remote);
}

static int on_control(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct mica_ctrl_credit msg; /* the shortest there is */
	struct mica_link *link = priv;

	(void)ept;
	if (src != MICA_CTRL_ADDR || len < sizeof(msg))
		return RPMSG_ERR_PARAM;
	metal_copy_from_shared(&msg, data, sizeof(msg));
	if (msg.kind == MICA_CTRL_PONG)
		mica_pings_pong(link, data, len);
	else if (msg.kind == MICA_CTRL_CREDIT && link->features & MICA_F_CREDIT)
		mica_services_credit(link, msg.receiver, msg.sender, msg.count);
	return RPMSG_SUCCESS;
}

static int init_vring(struct mica_link *link, unsigned int i, struct mica_error *err)
{
	const struct mica_vring *v = &link->client->table.vring[i];
	uint64_t da = link->pl.vring[i];
	void *va = mica_window_va(link->win, link->n_win, da, link->pl.vring_size[i]);

	if (!va || rproc_virtio_init_vring(link->vdev, i, v->notifyid, va, NULL, v->num, v->align))
		return mica_fail(err, MICA_E_FIRMWARE,
				 "vring %u at 0x%llx (0x%x bytes, align %u) lies outside the "
				 "client's memory or is "
				 "misaligned",
				 i, (unsigned long long)da, link->pl.vring_size[i], v->align);
	return 0;
}

static int make_vdev(struct mica_link *link, struct mica_error *err)
{
	const struct mica_table *t = &link->client->table;

	memset(&link->private_rsc, 0, sizeof(link->private_rsc));
	link->private_rsc.vdev.type = RSC_VDEV;
	link->private_rsc.vdev.id = VIRTIO_ID_RPMSG;
	link->private_rsc.vdev.notifyid = t->notifyid;
	link->private_rsc.vdev.dfeatures = 1u << VIRTIO_RPMSG_F_NS;
	link->private_rsc.vdev.num_of_vrings = 2;
	for (int i = 0; i < 2; i++) {
		link->private_rsc.vring[i].da = (uint32_t)link->pl.vring[i];
		link->private_rsc.vring[i].align = t->vring[i].align;
		link->private_rsc.vring[i].num = t->vring[i].num;
		link->private_rsc.vring[i].notifyid = t->vring[i].notifyid;
	}
	link->vdev = rproc_virtio_create_vdev(VIRTIO_DEV_DRIVER, t->notifyid, &link->private_rsc,
					      NULL, link, on_notify, NULL);
	if (!link->vdev)
		return mica_fail(err, MICA_E_FAILED, "out of memory");
	link->dispatch = *link->vdev->func;
	link->dispatch.set_status = set_status;
	link->dispatch.set_features = set_features;
	link->vdev->func = &link->dispatch;
	return init_vring(link, 0, err) || init_vring(link, 1, err) ? -1 : 0;
}

bool mica_link_rings_drained(struct mica_link *link)
{
	const struct mica_vring *v = &link->client->table.vring[1];
	void *va =
		mica_window_va(link->win, link->n_win, link->pl.vring[1], link->pl.vring_size[1]);
	struct vring vr;

	/* What is wrong with it is found by whoever takes it up. */
	if (!va || (uintptr_t)va % 4)
		return true;
	vring_init(&vr, v->num, va, v->align);
	return metal_shared_read16(&vr.avail->idx) == metal_shared_read16_acquire(&vr.used->idx);
}

/* An earlier process was killed between handing its last message over and giving the buffer back:
 * that one is done with (services.c writes the mark). */
static void skip_handed_over(struct mica_link *link)
{
	struct virtqueue *vq = link->rvdev.rvq;
	uint16_t done = metal_shared_read16(&vring_used_event(&vq->vq_ring));

	if (done == (uint16_t)(vq->vq_used_cons_idx + 1) && virtqueue_pending(vq))
		rpmsg_virtio_rx_skip(&link->rvdev);
}

static int rings_up(struct mica_link *link, bool resume, struct mica_error *err)
{
	void *va = mica_window_va(link->win, link->n_win, link->pl.buffers, link->pl.buffers_size);
	int rc;

	if (!va)
		return mica_fail(err, MICA_E_PLATFORM, "buffers lie outside the client's memory");
	if (make_vdev(link, err)) {
		mica_link_rings_down(link);
		return -1;
	}
	link->io_phys = link->pl.buffers;
	metal_io_init(&link->io, va, &link->io_phys, link->pl.buffers_size, (unsigned int)-1, 0,
		      NULL);
	rpmsg_virtio_init_shm_pool(&link->shpool, va, link->pl.buffers_size);
	rc = resume ? rpmsg_resume_vdev(&link->rvdev, link->vdev, on_bind, &link->io, &link->shpool)
		    : rpmsg_init_vdev(&link->rvdev, link->vdev, on_bind, &link->io, &link->shpool);
	if (rc) {
		mica_link_rings_down(link);
		return mica_fail(err, MICA_E_FAILED, "rpmsg device: error %d", rc);
	}
	if (mica_link_lanes_up(link, resume, err)) {
		rpmsg_deinit_vdev(&link->rvdev);
		mica_link_rings_down(link);
		return -1;
	}
	if (resume)
		skip_handed_over(link);
	link->up = true;
	link->tx_seen = link->rvdev.svq->vq_used_cons_idx;
	rpmsg_virtio_set_tx_timeout(&link->rvdev, 0);
	link->rvdev.show_each = true;
	link->rvdev.tell_again = true;
	link->rvdev.rdev.ns_unbind_cb = on_unbind;
	if (link->features & (MICA_F_CREDIT | MICA_F_PING)) {
		link->ctrl.priv = link;
		rc = rpmsg_create_urgent_ept(&link->ctrl, &link->rvdev.rdev, "", MICA_CTRL_ADDR,
					     MICA_CTRL_ADDR, on_control, NULL, 0);
		link->ctrl_open = rc == 0;
	}
	return 0;
}

int mica_link_rings_up(struct mica_link *link, struct mica_error *err)
{
	return rings_up(link, false, err);
}

int mica_link_rings_resume(struct mica_link *link, struct mica_error *err)
{
	return rings_up(link, true, err);
}

void mica_link_rings_down(struct mica_link *link)
{
	if (link->up)
		rpmsg_deinit_vdev(&link->rvdev);
	link->up = false;
	link->ctrl_open = false;
	if (link->vdev)
		rproc_virtio_remove_vdev(link->vdev);
	link->vdev = NULL;
}
