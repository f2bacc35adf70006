// SPDX-License-Identifier: BSD-3-Clause
/* Reports used.len 512 for every message. */
#include "tables.h"

IMAGE_TABLE struct table_ept table = TABLE_EPT(8, 16);

const struct mica_variant mica_variant = {
	.name = "mica-fulllen",
	.table = &table,
	.table_size = sizeof(table),
	.kind = KIND_PLAIN,
	.shell = { .tty_name = "rpmsg-tty" },
	.quirks = { .full_used_len = true },
};
