// SPDX-License-Identifier: BSD-3-Clause
/* Static layout, Zephyr style: no resource table, a shell on endpoint uart; ends with its host. */
#include "tables.h"

const struct mica_variant mica_variant = {
	.name = "mica-static",
	.kind = KIND_PLAIN,
	.comm_limit = MICA_STATIC_LEN,
	.shell = { .tty_name = "uart" },
	.quirks = { .stop_on_withdraw = true },
};
