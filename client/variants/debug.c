// SPDX-License-Identifier: BSD-3-Clause
/* The reference client with a debugger's stub; Debug=yes belongs into its configuration. */
#include "mica_gdb.h"
#include "tables.h"

IMAGE_TABLE struct table_debug table =
	TABLE_DEBUG(16, 16, MICA_F_READY | MICA_F_DOORBELL | MICA_F_CREDIT | MICA_F_HEARTBEAT);

const struct mica_variant mica_variant = {
	.name = "mica-debug",
	.table = &table,
	.table_size = sizeof(table),
	.kind = KIND_REFERENCE,
	.debug = mica_gdb_enable,
	.shell = { .tty_name = "rpmsg-tty" },
};
