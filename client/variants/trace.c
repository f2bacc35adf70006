// SPDX-License-Identifier: BSD-3-Clause
/* Writes text buffers as Zephyr's RAM console does; knows nothing of the host beyond rpmsg. */
#include "board.h"
#include "tables.h"

/* In the communication memory, beyond all pools and windows: the same bytes on both sides. */
#define BUFFERS ((uint32_t)BOARD_COMM_BASE + 0xF00000u)

IMAGE_TABLE struct table_trace table =
	TABLE_TRACE(16, 16, BUFFERS, 1024u, "ram_console", BUFFERS + 0x1000u, 256u, "events");

const struct mica_variant mica_variant = {
	.name = "mica-trace",
	.table = &table,
	.table_size = sizeof(table),
	.kind = KIND_PLAIN,
	.shell = { .tty_name = "rpmsg-tty" },
};
