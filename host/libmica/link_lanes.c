/* SPDX-License-Identifier: BSD-3-Clause */
/* Lanes instead of the rings' buffers, with a client that knows them. */
#include <metal/io.h>

#include "client_priv.h"
#include "link.h"
#include "link_lanes.h"
#include "service.h"

static uint32_t describe(struct mica_lanes *lanes)
{
	static const uint32_t size[MICA_LANES] = { MICA_LANE_URGENT, MICA_LANE_NORMAL };
	uint32_t at = sizeof(*lanes);

	*lanes = (struct mica_lanes){ .magic = MICA_LANES_MAGIC, .n = MICA_LANES };
	for (unsigned int i = 0; i < MICA_LANES; i++) {
		struct mica_lane_place *p = &lanes->lane[i];

		p->to_host_size = p->to_client_size = size[i];
		p->to_host = at;
		at += (uint32_t)rpmsg_lane_bytes(size[i]);
		p->to_client = at;
		at += (uint32_t)rpmsg_lane_bytes(size[i]);
	}
	lanes->bytes = at;
	return at;
}

int mica_link_lanes_up(struct mica_link *link, bool resume, struct mica_error *err)
{
	uint8_t *at = mica_window_va(link->win, link->n_win, link->pl.lanes, MICA_LANES_BYTES);
	struct rpmsg_virtio_lane_place place[MICA_LANES];
	struct mica_lanes lanes;

	if (!(link->features & MICA_F_LANES))
		return 0;
	if (!at || describe(&lanes) != MICA_LANES_BYTES)
		return mica_fail(err, MICA_E_PLATFORM, "lanes lie outside the client's memory");
	if (!resume) {
		metal_set_shared(at, 0, MICA_LANES_BYTES);
		metal_copy_to_shared(at, &lanes, sizeof(lanes));
	}
	for (unsigned int i = 0; i < MICA_LANES; i++) {
		place[i] = (struct rpmsg_virtio_lane_place){
			.tx = (void *)(at + lanes.lane[i].to_client),
			.rx = (void *)(at + lanes.lane[i].to_host),
			.tx_size = lanes.lane[i].to_client_size,
			.rx_size = lanes.lane[i].to_host_size,
		};
	}
	if (rpmsg_virtio_use_lanes(&link->rvdev, &link->lanes, place, MICA_LANES, MICA_PAYLOAD_MAX))
		return mica_fail(err, MICA_E_FAILED, "out of memory");
	if (resume && rpmsg_virtio_resume_lanes(&link->rvdev))
		return mica_fail(err, MICA_E_CLIENT, "the lanes make no sense");
	return 0;
}
