/* SPDX-License-Identifier: BSD-3-Clause */
/* The lanes of a link: where they are in the client's pool. */
#ifndef MICA_LINK_LANES_H
#define MICA_LINK_LANES_H

#include <openamp/rpmsg_lane.h>

#include "mica/abi.h"
#include "mica/error.h"

struct mica_link;

/* Bytes of data, each way: control and urgent endpoints; all others. */
#define MICA_LANE_URGENT 2048u
#define MICA_LANE_NORMAL 16384u

#define MICA_LANES_BYTES                                                          \
	(sizeof(struct mica_lanes) + 2 * MICA_LANES * sizeof(struct rpmsg_lane) + \
	 2 * (MICA_LANE_URGENT + MICA_LANE_NORMAL))

/* Zero and describe them, use them: after the rings are up, before the client looks. resume: use
 * them as an earlier process left them, with a client that uses them already. */
int mica_link_lanes_up(struct mica_link *link, bool resume, struct mica_error *err);

#endif /* MICA_LINK_LANES_H */
