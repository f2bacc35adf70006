// SPDX-License-Identifier: BSD-3-Clause
/* No vendor entry: legacy doorbell, no credit, no ready word. */
#include "tables.h"

IMAGE_TABLE struct table_ept table = TABLE_EPT(8, 16);

const struct mica_variant mica_variant = {
	.name = "mica-novendor",
	.table = &table,
	.table_size = sizeof(table),
	.kind = KIND_PLAIN,
	.shell = { .tty_name = "rpmsg-tty" },
};
