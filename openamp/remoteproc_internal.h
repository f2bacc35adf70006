/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef REMOTEPROC_INTERNAL_H
#define REMOTEPROC_INTERNAL_H

#include <openamp/remoteproc.h>

#define RSC_TABLE_MAX 0x10000u /* bytes; far more than 32 entries need */

/*
 * A private copy of a table in shared memory, checked. *copy is metal_free_memory()d by the
 * caller. 0 or -RPROC_*.
 */
int rsc_table_snapshot(const void *table, size_t len, void **copy, struct rsc_view *view);

/* Error code of the OpenAMP API for a fault. */
int rsc_fault_code(enum rsc_fault fault);

/* The table at its place, checked, becomes the remote's. With the lock held. */
int remoteproc_adopt_rsc_table(struct remoteproc *rproc, void *table, size_t len,
			       struct metal_io_region *io);

#endif /* REMOTEPROC_INTERNAL_H */
