// SPDX-License-Identifier: BSD-3-Clause
/* Writes text buffers as Zephyr's RAM console does; knows nothing of the host beyond rpmsg. */
#include "tables.h"

/* In the communication memory, beyond all pools and windows: the same bytes on both sides. */
IMAGE_TABLE struct table_trace table =
	TABLE_TRACE(16, 16, 0x70F00000u, 1024u, "ram_console", 0x70F01000u, 256u, "events");

const struct mica_variant mica_variant = {
	.name = "mica-trace",
	.table = &table,
	.table_size = sizeof(table),
	.kind = KIND_PLAIN,
	.shell = { .tty_name = "rpmsg-tty" },
};
