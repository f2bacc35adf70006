// SPDX-License-Identifier: BSD-3-Clause
/* Static layout, RT-Thread style: echo, onoff, matrix, and pty on request. */
#include "tables.h"

const struct mica_variant mica_variant = {
	.name = "mica-rtthread",
	.kind = KIND_RTTHREAD,
	.comm_limit = MICA_STATIC_LEN,
	.shell = { .tty_name = "pty" },
};
