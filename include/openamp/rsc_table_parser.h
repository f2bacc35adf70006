/* SPDX-License-Identifier: BSD-3-Clause */
/* OpenAMP's names for working on the resource table of a remoteproc. */
#ifndef OPENAMP_RSC_TABLE_PARSER_H
#define OPENAMP_RSC_TABLE_PARSER_H

#include <metal/compiler.h>
#include <openamp/remoteproc.h>
#include <openamp/rsc_table.h>

METAL_C_BEGIN

#define RSC_TAB_SUPPORTED_VERSION 1
#define RSC_TAB_HEADER_SIZE	  12
#define RSC_TAB_MAX_VRINGS	  2 /* of an rpmsg device; others may have more */

/*
 * Check the table (on a private copy), then give notification ids to VDEV entries that ask for
 * one and vendor entries to rproc->ops->handle_rsc. io may be NULL for local memory. 0 or
 * -RPROC_ERR_RSC_TAB_*.
 */
int handle_rsc_table(struct remoteproc *rproc, struct resource_table *rsc_table, size_t len,
		     struct metal_io_region *io);

/* The same under the name of the architecture document. */
int remoteproc_parse_rsc_table(struct remoteproc *rproc, struct resource_table *rsc_table,
			       size_t rsc_size);

/*
 * One entry, in place and already checked to lie inside its table. 0, or -RPROC_ERR_RSC_TAB_NS: not
 * for us, go on; another -RPROC_*: stop. Carveouts and traces: 0 where they name an address and a
 * length. VDEV: ids are given out, at most RSC_MAX_VRINGS rings. Vendor: rproc->ops->handle_rsc.
 */
typedef int (*rsc_handler)(struct remoteproc *rproc, void *rsc);

int handle_carve_out_rsc(struct remoteproc *rproc, void *rsc);
int handle_trace_rsc(struct remoteproc *rproc, void *rsc);
int handle_vdev_rsc(struct remoteproc *rproc, void *rsc);
int handle_vendor_rsc(struct remoteproc *rproc, void *rsc);

/* Offset of the index-th entry of a type in a table that was checked, 0 when there is none. */
size_t find_rsc(void *rsc_table, unsigned int rsc_type, unsigned int index);

METAL_C_END

#endif /* OPENAMP_RSC_TABLE_PARSER_H */
