/* SPDX-License-Identifier: BSD-3-Clause */
/* Sending without a copy. Linked only into programs that do so. */
#include "rpmsg_internal.h"

void *rpmsg_get_tx_payload_buffer(struct rpmsg_endpoint *ept, uint32_t *len, int wait)
{
	if (!ept || !ept->rdev || !len || !ept->rdev->ops.get_tx_payload_buffer)
		return NULL;
	return ept->rdev->ops.get_tx_payload_buffer(ept->rdev, len, wait);
}

int rpmsg_release_tx_buffer(struct rpmsg_endpoint *ept, void *txbuf)
{
	if (!ept || !ept->rdev || !txbuf)
		return RPMSG_ERR_PARAM;
	return ept->rdev->ops.release_tx_buffer ? ept->rdev->ops.release_tx_buffer(ept->rdev, txbuf)
						: RPMSG_ERR_PERM;
}

int rpmsg_send_offchannel_nocopy(struct rpmsg_endpoint *ept, uint32_t src, uint32_t dst,
				 const void *data, int len)
{
	struct rpmsg_device *rdev;

	if (!ept || !ept->rdev || !data || len < 0 || dst == RPMSG_ADDR_ANY)
		return RPMSG_ERR_PARAM;
	rdev = ept->rdev;
	return rdev->ops.send_offchannel_nocopy
		       ? rdev->ops.send_offchannel_nocopy(rdev, src, dst, data, len)
		       : RPMSG_ERR_PERM;
}

static struct vq_desc_extra *try_lend(struct rpmsg_virtio_device *rvdev)
{
	struct vq_desc_extra *slot;

	metal_mutex_acquire(&rvdev->rdev.lock);
	slot = rpmsg_virtio_take_slot(rvdev);
	if (slot)
		slot->state = SLOT_FILLING;
	metal_mutex_release(&rvdev->rdev.lock);
	return slot;
}

void *rpmsg_virtio_get_tx_payload_buffer(struct rpmsg_device *rdev, uint32_t *len, int wait)
{
	struct rpmsg_virtio_device *rvdev = to_rvdev(rdev);
	uint32_t steps = wait ? rpmsg_virtio_wait_steps(rvdev) : 0;
	struct vq_desc_extra *slot;

	for (;;) {
		if (!rpmsg_virtio_link_up(rvdev))
			return NULL;
		slot = try_lend(rvdev);
		if (slot)
			break;
		if (!steps-- || !rpmsg_virtio_wait_step(rvdev))
			return NULL;
	}
	*len = slot->len - sizeof(struct rpmsg_hdr);
	return (uint8_t *)slot->addr + sizeof(struct rpmsg_hdr);
}

/* The slot of a buffer that was lent; NULL: it was not. */
static struct vq_desc_extra *filling_slot(struct rpmsg_virtio_device *rvdev, const void *txbuf)
{
	const uint8_t *buf = (const uint8_t *)txbuf - sizeof(struct rpmsg_hdr);

	for (uint16_t i = 0; rvdev->svq && i < rvdev->tx_count; i++) {
		struct vq_desc_extra *slot = &rvdev->tx_slots[i];

		if (slot->addr == buf && slot->state == SLOT_FILLING)
			return slot;
	}
	return NULL;
}

int rpmsg_virtio_send_nocopy(struct rpmsg_device *rdev, uint32_t src, uint32_t dst,
			     const void *data, int len)
{
	struct rpmsg_virtio_device *rvdev = to_rvdev(rdev);
	struct vq_desc_extra *slot;
	int ret;

	metal_mutex_acquire(&rdev->lock);
	slot = filling_slot(rvdev, data);
	if (!slot)
		ret = RPMSG_ERR_PARAM;
	else if ((uint32_t)len > slot->len - sizeof(struct rpmsg_hdr) || len > UINT16_MAX)
		ret = RPMSG_ERR_BUFF_SIZE;
	else
		ret = rpmsg_virtio_submit(rvdev, slot, src, dst, len);
	metal_mutex_release(&rdev->lock);
	return ret;
}

int rpmsg_virtio_release_tx_buffer(struct rpmsg_device *rdev, void *txbuf)
{
	struct rpmsg_virtio_device *rvdev = to_rvdev(rdev);
	struct vq_desc_extra *slot;

	metal_mutex_acquire(&rdev->lock);
	slot = filling_slot(rvdev, txbuf);
	if (slot)
		rpmsg_virtio_unsent(rvdev, slot);
	metal_mutex_release(&rdev->lock);
	return slot ? RPMSG_SUCCESS : RPMSG_ERR_PARAM;
}
