// SPDX-License-Identifier: BSD-3-Clause
/* Needs no host: tests the kernel port, prints the result on the UART, switches the machine off. */
#include "tables.h"

const struct mica_variant mica_variant = {
	.name = "mica-standalone",
	.boot = BOOT_STANDALONE,
};
