/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The resource table that both sides put at base + DEMO_TABLE. The client's comes with its rings
 * open; Linux fills them in, wherever the client's table has its VDEV entry.
 */
#ifndef DEMO_TABLE_H
#define DEMO_TABLE_H

#include <stdbool.h>
#include <metal/io.h>

/* Bytes of it that are looked at: it has one entry. */
#define TABLE_BYTES 512u

struct demo_table {
	struct metal_io_region *io;
	metal_phys_addr_t base;
	uint32_t vdev; /* offset of the entry in the table */
	uint32_t num[2], align[2];
	bool lost; /* at the last look, what was filled in was gone */
};

/* driver: take the table that is there, or put one there, and fill it in; not ready yet. Device:
 * put ours there. 0, or -EPROTO after a line that says why. */
int table_open(struct demo_table *t, struct metal_io_region *io, metal_phys_addr_t base,
	       bool driver);
/* Device: the rings are filled in and the driver is there. */
bool table_driver_ok(struct demo_table *t);
/* Driver: what table_open() filled in is still there. */
bool table_filled_in(struct demo_table *t);
/* Driver: a client that started after us has put its own table over ours: fill that in. 0, or
 * -EPROTO after a line that says why. */
int table_restore(struct demo_table *t);
/* Driver: it has ended. */
void table_close(struct demo_table *t);

#endif /* DEMO_TABLE_H */
