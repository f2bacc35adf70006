/* SPDX-License-Identifier: BSD-3-Clause */
/* Shapes of resource tables that images have. */
#ifndef TABLES_H
#define TABLES_H

#include <mica/gdb_ring.h>

#include "variant.h"

#define IMAGE_LOG_BYTES 16400u /* head and 16 KiB */

#define OFFSET(type, member) ((uint32_t)offsetof(struct type, member))

/* rpmsg alone: the oldest */
struct table_plain {
	struct mica_rsc_header header;
	uint32_t offset[1];
	struct mica_rsc_rpmsg rpmsg;
};

#define TABLE_PLAIN(num_, align_)                                \
	{                                                        \
		.header = { .ver = MICA_RSC_VERSION, .num = 1 }, \
		.offset = { OFFSET(table_plain, rpmsg) },        \
		.rpmsg = MICA_RSC_RPMSG_VDEV(num_, align_),      \
	}

/* with the endpoint table that the host keeps */
struct table_ept {
	struct mica_rsc_header header;
	uint32_t offset[2];
	struct mica_rsc_rpmsg rpmsg;
	struct mica_rsc_ept_table ept;
};

#define TABLE_EPT(num_, align_)                                                                    \
	{                                                                                          \
		.header = { .ver = MICA_RSC_VERSION, .num = 2 },                                   \
		.offset = { OFFSET(table_ept, rpmsg), OFFSET(table_ept, ept) },                    \
		.rpmsg = MICA_RSC_RPMSG_VDEV(num_, align_), .ept = { .type = MICA_RSC_EPT_TABLE }, \
	}

/* and with a debugger's ring pair */
struct table_gdb {
	struct mica_rsc_header header;
	uint32_t offset[3];
	struct mica_rsc_rpmsg rpmsg;
	struct mica_rsc_ept_table ept;
	struct mica_rsc_ring_pair pair;
};

#define TABLE_GDB(num_, align_)                                                                    \
	{                                                                                          \
		.header = { .ver = MICA_RSC_VERSION, .num = 3 },                                   \
		.offset = { OFFSET(table_gdb, rpmsg), OFFSET(table_gdb, ept),                      \
			    OFFSET(table_gdb, pair) },                                             \
		.rpmsg = MICA_RSC_RPMSG_VDEV(num_, align_), .ept = { .type = MICA_RSC_EPT_TABLE }, \
		.pair = { .type = MICA_RSC_RING_PAIR, .len = 0x2000 },                             \
	}

/* what this SDK gives a new image */
struct table_vendor {
	struct mica_rsc_header header;
	uint32_t offset[5];
	struct mica_rsc_rpmsg rpmsg;
	struct mica_rsc_ept_table ept;
	struct mica_rsc_vendor vendor;
	struct fw_rsc_trace log;
	struct mica_rsc_crash crash;
};

/* without log and crash record, and with them */
#define TABLE_VENDOR(num_, align_, features_)	 TABLE_VENDOR_N(num_, align_, features_, 3)
#define TABLE_REFERENCE(num_, align_, features_) TABLE_VENDOR_N(num_, align_, features_, 5)

#define TABLE_VENDOR_N(num_, align_, features_, entries_)                                          \
	{                                                                                          \
		.header = { .ver = MICA_RSC_VERSION, .num = (entries_) },                          \
		.offset = { OFFSET(table_vendor, rpmsg), OFFSET(table_vendor, ept),                \
			    OFFSET(table_vendor, vendor), OFFSET(table_vendor, log),               \
			    OFFSET(table_vendor, crash) },                                         \
		.rpmsg = MICA_RSC_RPMSG_VDEV(num_, align_), .ept = { .type = MICA_RSC_EPT_TABLE }, \
		.vendor = MICA_RSC_VENDOR_ENTRY(features_), .log = MICA_RSC_LOG(IMAGE_LOG_BYTES),  \
		.crash = MICA_RSC_CRASH_ENTRY,                                                     \
	}

/* with text buffers at places of their own, as other systems have them; no vendor entry */
struct table_trace {
	struct mica_rsc_header header;
	uint32_t offset[4];
	struct mica_rsc_rpmsg rpmsg;
	struct mica_rsc_ept_table ept;
	struct fw_rsc_trace trace[2];
};

#define TABLE_TRACE(num_, align_, da0_, len0_, name0_, da1_, len1_, name1_)                        \
	{                                                                                          \
		.header = { .ver = MICA_RSC_VERSION, .num = 4 },                                   \
		.offset = { OFFSET(table_trace, rpmsg), OFFSET(table_trace, ept),                  \
			    OFFSET(table_trace, trace[0]), OFFSET(table_trace, trace[1]) },        \
		.rpmsg = MICA_RSC_RPMSG_VDEV(num_, align_), .ept = { .type = MICA_RSC_EPT_TABLE }, \
		.trace = { { RSC_TRACE, (da0_), (len0_), 0, name0_ },                              \
			   { RSC_TRACE, (da1_), (len1_), 0, name1_ } },                            \
	}

/* and with a debugger's ring pair */
struct table_debug {
	struct mica_rsc_header header;
	uint32_t offset[4];
	struct mica_rsc_rpmsg rpmsg;
	struct mica_rsc_ept_table ept;
	struct mica_rsc_ring_pair pair;
	struct mica_rsc_vendor vendor;
};

#define TABLE_DEBUG(num_, align_, features_)                                                       \
	{                                                                                          \
		.header = { .ver = MICA_RSC_VERSION, .num = 4 },                                   \
		.offset = { OFFSET(table_debug, rpmsg), OFFSET(table_debug, ept),                  \
			    OFFSET(table_debug, pair), OFFSET(table_debug, vendor) },              \
		.rpmsg = MICA_RSC_RPMSG_VDEV(num_, align_), .ept = { .type = MICA_RSC_EPT_TABLE }, \
		.pair = { .type = MICA_RSC_RING_PAIR,                                              \
			  .flags = MICA_GDB_F_DOORBELL,                                            \
			  .len = 0x2000 },                                                         \
		.vendor = MICA_RSC_VENDOR_ENTRY(features_),                                        \
	}

#define IMAGE_TABLE static MICA_RSC_SECTION

#endif /* TABLES_H */
