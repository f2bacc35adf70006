// SPDX-License-Identifier: BSD-3-Clause
/* Answers the first bulk message with everything that the rules forbid, then with one in order. */
#include "tables.h"

IMAGE_TABLE struct table_vendor table =
	TABLE_VENDOR(32, 16, MICA_F_READY | MICA_F_DOORBELL | MICA_F_CREDIT | MICA_F_UMT);

const struct mica_variant mica_variant = {
	.name = "mica-umtbad",
	.table = &table,
	.table_size = sizeof(table),
	.kind = KIND_UMT_HOSTILE,
	.shell = { .tty_name = "rpmsg-tty" },
};
