/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages without a copy: buffers to fill, and whether a received one has left this process. */
#include <metal/atomic.h>

#include "link.h"
#include "mica/abi.h"
#include "service.h"

void *mica_service_buffer(struct mica_service *s, size_t *len)
{
	uint32_t room;
	void *buf;

	if (!mica_service_can_send(s))
		return NULL;
	mica_service_note_returned(s->link);
	buf = rpmsg_get_tx_payload_buffer(&s->ept, &room, false);
	if (!buf) {
		s->want_send = true;
		mica_link_again(s->link, s->link->retry_ms);
		return NULL;
	}
	*len = room < MICA_PAYLOAD_MAX ? room : MICA_PAYLOAD_MAX;
	return buf;
}

unsigned int mica_service_room(struct mica_service *s)
{
	unsigned int n;

	if (!s->link->rvdev.lanes)
		return 1;
	n = rpmsg_virtio_room(&s->link->rvdev, MICA_PAYLOAD_MAX);
	return n < s->tx_credit ? n : s->tx_credit;
}

int mica_service_send_buffer(struct mica_service *s, void *buf, size_t len)
{
	int rc;

	mica_link_cork(s->link);
	rc = rpmsg_send_nocopy(&s->ept, buf, (int)len) < 0 ? -1 : 0;
	if (rc) {
		rpmsg_release_tx_buffer(&s->ept, buf);
		mica_link_again(s->link, 0);
	} else {
		mica_service_sent(s, len);
		mica_service_paid(s, len);
	}
	mica_link_uncork(s->link);
	return rc;
}

void mica_service_release_buffer(struct mica_service *s, void *buf)
{
	rpmsg_release_tx_buffer(&s->ept, buf);
}

/*
 * A later process that takes the rings up as they are finds the message that this one had at work
 * in them: used, its buffer not given back. The word that the driver owns at the end of the
 * available ring, of no meaning without event indices, says whether it had left this process.
 */
void mica_service_mark(struct mica_link *link, bool handed_over)
{
	struct virtqueue *vq = link->rvdev.rvq;

	if (!(link->features & MICA_F_CREDIT))
		metal_shared_write16_release(&vring_used_event(&vq->vq_ring),
					     (uint16_t)(vq->vq_used_cons_idx - !handed_over));
}

void mica_service_handed_over(struct mica_service *s)
{
	mica_service_mark(s->link, true);
}
