// SPDX-License-Identifier: BSD-3-Clause
/* Lanes (MICA_F_LANES): where the host placed them. Its words are checked like anybody's. */
#include <metal/atomic.h>

#include "session.h"

/* Header and both rings of a direction inside the `bytes` at `base`. */
static struct rpmsg_lane *lane(uint8_t *base, uint32_t bytes, uint32_t offset, uint32_t size)
{
	if (size > RPMSG_LANE_SIZE_MAX || offset > bytes || rpmsg_lane_bytes(size) > bytes - offset)
		return NULL;
	return (void *)(base + offset);
}

int sdk_lanes_up(struct session *s)
{
	struct rpmsg_virtio_lane_place place[MICA_LANES];
	struct mica_lanes lanes;
	uint8_t *base;

	if (!(s->acked & MICA_F_LANES))
		return 0;
	base = mica_chip_to_va(s->lanes_da, sizeof(lanes));
	if (!base)
		return -1;
	metal_copy_from_shared(&lanes, base, sizeof(lanes));
	if (lanes.magic != MICA_LANES_MAGIC || lanes.n != MICA_LANES ||
	    !mica_chip_to_va(s->lanes_da, lanes.bytes))
		return -1;
	for (unsigned int i = 0; i < MICA_LANES; i++) {
		const struct mica_lane_place *p = &lanes.lane[i];

		place[i] = (struct rpmsg_virtio_lane_place){
			.tx = lane(base, lanes.bytes, p->to_host, p->to_host_size),
			.rx = lane(base, lanes.bytes, p->to_client, p->to_client_size),
			.tx_size = p->to_host_size,
			.rx_size = p->to_client_size,
		};
	}
	/* Refuses what is not there, has an odd size, or is not aligned. */
	return rpmsg_virtio_use_lanes(&s->rvdev, &s->lanes, place, MICA_LANES, s->lanes_max) ==
			       RPMSG_SUCCESS
		       ? 0
		       : -1;
}
