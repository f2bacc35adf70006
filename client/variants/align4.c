// SPDX-License-Identifier: BSD-3-Clause
/* Rings of 8 with align 4. */
#include "tables.h"

IMAGE_TABLE struct table_ept table = TABLE_EPT(8, 4);

const struct mica_variant mica_variant = {
	.name = "mica-align4",
	.table = &table,
	.table_size = sizeof(table),
	.kind = KIND_PLAIN,
	.shell = { .tty_name = "rpmsg-tty" },
};
