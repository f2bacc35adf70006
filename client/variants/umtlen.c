// SPDX-License-Identifier: BSD-3-Clause
/* UniProton style, of the older kind that answers bulk messages with their length alone. */
#include "tables.h"

IMAGE_TABLE struct table_ept table = TABLE_EPT(8, 16);

const struct mica_variant mica_variant = {
	.name = "mica-umtlen",
	.table = &table,
	.table_size = sizeof(table),
	.kind = KIND_UNIPROTON,
	.umt_short = true,
	.shell = { .tty_name = "rpmsg-tty" },
};
