// SPDX-License-Identifier: BSD-3-Clause
/* The far end of the benchmark (docs/performance.md): features as the reference client's. */
#include "tables.h"

IMAGE_TABLE struct table_vendor table = TABLE_REFERENCE(
	32, 16,
	MICA_F_READY | MICA_F_DOORBELL | MICA_F_CREDIT | MICA_F_LOG | MICA_F_PING | MICA_F_UMT |
		MICA_F_HEARTBEAT | MICA_F_CRASH | MICA_F_SUSPEND | MICA_F_LANES);

const struct mica_variant mica_variant = {
	.name = "mica-bench",
	.table = &table,
	.table_size = sizeof(table),
	.kind = KIND_BENCH,
	.shell = { .tty_name = "rpmsg-tty" },
};
