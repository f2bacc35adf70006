// SPDX-License-Identifier: BSD-3-Clause
/* Has a vendor entry, yet knows only the legacy doorbell. */
#include "tables.h"

IMAGE_TABLE struct table_vendor table = TABLE_VENDOR(16, 16, MICA_F_READY);

const struct mica_variant mica_variant = {
	.name = "mica-sgi7",
	.table = &table,
	.table_size = sizeof(table),
	.kind = KIND_REFERENCE,
	.shell = { .tty_name = "rpmsg-tty" },
};
