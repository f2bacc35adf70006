// SPDX-License-Identifier: BSD-3-Clause
/* Ignores every doorbell while the status word is 0. */
#include "tables.h"

IMAGE_TABLE struct table_ept table = TABLE_EPT(8, 16);

const struct mica_variant mica_variant = {
	.name = "mica-zeroword",
	.table = &table,
	.table_size = sizeof(table),
	.kind = KIND_PLAIN,
	.shell = { .tty_name = "rpmsg-tty" },
	.quirks = { .ignore_while_zero = true },
};
