// SPDX-License-Identifier: BSD-3-Clause
/* The reference client without credit: its endpoints share the buffers of the rings. */
#include "tables.h"

IMAGE_TABLE struct table_vendor table = TABLE_VENDOR(16, 16, MICA_F_READY | MICA_F_DOORBELL);

const struct mica_variant mica_variant = {
	.name = "mica-nocredit",
	.table = &table,
	.table_size = sizeof(table),
	.kind = KIND_REFERENCE,
	.shell = { .tty_name = "rpmsg-tty" },
};
