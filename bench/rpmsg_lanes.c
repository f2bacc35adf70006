/* SPDX-License-Identifier: BSD-3-Clause */
/* What only this implementation has: links whose messages lie in lanes (docs/lanes.md), and
 * floods that are corked. */
#include "rpmsg_link.h"

#define LANE_SIZE 16384u

/* As the daemon places the ordinary one. */
static void lanes_up(struct rlink_end *e, uint8_t *at, bool host)
{
	struct rpmsg_lane *lane[2] = { (void *)at, (void *)(at + rpmsg_lane_bytes(LANE_SIZE)) };
	struct rpmsg_virtio_lane_place place = {
		.tx = lane[!host], .rx = lane[host], .tx_size = LANE_SIZE, .rx_size = LANE_SIZE
	};

	if (rpmsg_virtio_use_lanes(&e->rvdev, e->format, &place, 1, 0))
		bench_fail("rpmsg_virtio_use_lanes");
}

static bool lanes_left(struct rlink_end *e)
{
	return rpmsg_virtio_rx_pending(&e->rvdev);
}

static bool lanes_want_room(struct rlink_end *e, bool want)
{
	return rpmsg_virtio_want_room(&e->rvdev, want);
}

static void cork(struct rlink_end *e, bool on)
{
	if (on)
		rpmsg_virtio_cork(&e->rvdev);
	else
		rpmsg_virtio_uncork(&e->rvdev);
}

void bench_lanes(void)
{
	static const struct rlink_format lanes = {
		.name = "lane",
		.room = 2 * LANE_SIZE + 4096,
		.end_size = sizeof(struct rpmsg_virtio_lanes),
		.up = lanes_up,
		.left = lanes_left,
		.want_room = lanes_want_room,
	};

	bench_rpmsg_format(&lanes);
	bench_rpmsg_corked(&lanes, cork);
	bench_rpmsg_corked(NULL, cork);
}
