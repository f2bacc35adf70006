/* SPDX-License-Identifier: BSD-3-Clause */
/* What a queue tells a person. */
#include <metal/log.h>
#include <openamp/rpmsg_lane.h>

#include "virtqueue_internal.h"

const char *virtqueue_breach_name(enum virtqueue_breach breach)
{
	static const char *const names[] = {
		[VQ_BREACH_NONE] = "no breach",
		[VQ_BREACH_AVAIL_IDX] = "available index jumped",
		[VQ_BREACH_USED_IDX] = "used index jumped",
		[VQ_BREACH_DESC_ID] = "descriptor number outside the ring",
		[VQ_BREACH_NOT_OWNED] = "descriptor that was not the peer's to give",
		[VQ_BREACH_DESC_FLAGS] = "chained or indirect descriptor",
		[VQ_BREACH_DESC_ADDR] = "buffer outside the shared memory",
		[VQ_BREACH_DESC_LEN] = "buffer too small",
		[VQ_BREACH_MSG_LEN] = "message longer than its buffer",
	};

	if (breach > VQ_BREACH_LANE)
		return rpmsg_lane_breach_name((enum rpmsg_lane_breach)(breach - VQ_BREACH_LANE));
	if ((unsigned int)breach >= sizeof(names) / sizeof(names[0]))
		return "unknown breach";
	return names[breach];
}

void virtqueue_dump(struct virtqueue *vq)
{
	if (!vq)
		return;
	metal_info("%s: size %u, free %u, published %u, consumed %u, %s\n",
		   vq->vq_name ? vq->vq_name : "vq", (unsigned int)vq->vq_nentries,
		   (unsigned int)vq->vq_free_cnt, (unsigned int)vq->vq_prod_idx,
		   (unsigned int)vq_consumed_idx(vq), virtqueue_breach_name(virtqueue_breach(vq)));
}
