// SPDX-License-Identifier: BSD-3-Clause
/*
 * As the RT-Thread image of OpenAMP's demos: linked 2 MiB above the memory it shares, no table that
 * the host would look at, a shell with the demos' commands on the board's console.
 */
#include <metal/system/port.h>

#include "map.h"
#include "openamp.h"
#include "variant.h"

/* Two rings of 256. */
METAL_ARENA(24u * 1024u);

const struct mica_variant mica_variant = {
	.name = "mica-openamp",
	.comm_below = DEMO_IMAGE,
	.boot = BOOT_OPENAMP,
	.shell = { .console = true, .more = openamp_commands },
};
