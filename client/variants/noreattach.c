// SPDX-License-Identifier: BSD-3-Clause
/* Does not know the re-attach request. */
#include "tables.h"

IMAGE_TABLE struct table_plain table = TABLE_PLAIN(8, 16);

const struct mica_variant mica_variant = {
	.name = "mica-noreattach",
	.table = &table,
	.table_size = sizeof(table),
	.kind = KIND_PLAIN,
	.shell = { .tty_name = "rpmsg-tty" },
	.quirks = { .no_reattach = true },
};
