// SPDX-License-Identifier: BSD-3-Clause
/* Maps only the first 0x30000 bytes of the region: its pool must lie there. */
#include "tables.h"

IMAGE_TABLE struct table_plain table = TABLE_PLAIN(8, 4);

const struct mica_variant mica_variant = {
	.name = "mica-lowpool",
	.table = &table,
	.table_size = sizeof(table),
	.kind = KIND_PLAIN,
	.shell = { .tty_name = "rpmsg-tty" },
	.comm_limit = 0x30000,
};
