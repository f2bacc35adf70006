// SPDX-License-Identifier: BSD-3-Clause
/* Endpoints of RT-Thread images with a resource table and all that is negotiated by it. */
#include "tables.h"

IMAGE_TABLE struct table_vendor table =
	TABLE_VENDOR(32, 16, MICA_F_READY | MICA_F_DOORBELL | MICA_F_CREDIT);

const struct mica_variant mica_variant = {
	.name = "mica-rttable",
	.table = &table,
	.table_size = sizeof(table),
	.kind = KIND_RTTHREAD,
	.shell = { .tty_name = "pty" },
};
