/* SPDX-License-Identifier: BSD-3-Clause */
/* From a received message to the endpoint it is for. */
#include "rpmsg_internal.h"

void rpmsg_delivery_find(struct rpmsg_virtio_device *rvdev, uint32_t src, uint32_t dst,
			 struct rpmsg_delivery *d)
{
	struct rpmsg_endpoint *ept =
		dst == RPMSG_ADDR_ANY ? NULL : rpmsg_get_ept_from_addr(&rvdev->rdev, dst);

	RPMSG_COUNT(rvdev, rx_messages);
	d->ept = ept;
	d->counted = false;
	if (!ept) {
		RPMSG_COUNT(rvdev, rx_no_endpoint);
		return;
	}
	/* The first message tells who is on the other side. */
	if (ept->dest_addr == RPMSG_ADDR_ANY)
		ept->dest_addr = src;
	d->cb = ept->cb;
	d->priv = ept->priv;
	/* A minimal client has one thread: who destroys an endpoint in its callback knows. */
	d->counted = !METAL_IS_MINIMAL && ept->release_cb != NULL;
	if (d->counted)
		ept->refcnt++;
}

void rpmsg_deliver(struct rpmsg_virtio_device *rvdev, const struct rpmsg_delivery *d, void *payload,
		   size_t len, uint32_t src)
{
	if (d->ept && d->cb(d->ept, payload, len, src, d->priv) < 0)
		RPMSG_COUNT(rvdev, rx_cb_errors);
}

rpmsg_ept_release_cb rpmsg_delivery_done(struct rpmsg_delivery *d)
{
	return d->counted && --d->ept->refcnt == 0 ? d->ept->release_cb : NULL;
}
