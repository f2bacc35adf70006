// SPDX-License-Identifier: BSD-3-Clause
/* Resource table with endpoint table and debugger rings. */
#include "tables.h"

IMAGE_TABLE struct table_gdb table = TABLE_GDB(8, 16);

const struct mica_variant mica_variant = {
	.name = "mica-gdbtable",
	.table = &table,
	.table_size = sizeof(table),
	.kind = KIND_PLAIN,
	.shell = { .tty_name = "rpmsg-tty" },
};
