// SPDX-License-Identifier: BSD-3-Clause
/* UniProton style: boot waits for one message on rpmsg-rpc and one on rpmsg-umt. */
#include "tables.h"

IMAGE_TABLE struct table_ept table = TABLE_EPT(8, 16);

const struct mica_variant mica_variant = {
	.name = "mica-uniproton",
	.table = &table,
	.table_size = sizeof(table),
	.kind = KIND_UNIPROTON,
	.shell = { .tty_name = "rpmsg-tty" },
};
