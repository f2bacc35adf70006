/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Resource table: layout, and a checker that trusts nothing in it. The checker works on a private
 * copy; hand it one, and keep using the same copy, so that nobody changes it after the check.
 */
#ifndef OPENAMP_RSC_TABLE_H
#define OPENAMP_RSC_TABLE_H

#include <stddef.h>
#include <stdint.h>
#include <metal/compiler.h>

METAL_C_BEGIN

#define RSC_NOTIFY_ID_ANY 0xFFFFFFFFU

#define RPROC_MAX_NAME_LEN 32

/* Arrays of no elements, as in OpenAMP: tables are structures that have these in their middle, and
 * in C++ nothing else may stand there. */
METAL_PACKED_BEGIN
struct resource_table {
	uint32_t ver; /* 1 */
	uint32_t num;
	uint32_t reserved[2]; /* reserved[0]: status word, see mica/abi.h */
	__extension__ uint32_t offset[0];
} METAL_PACKED_END;

METAL_PACKED_BEGIN
struct fw_rsc_hdr {
	uint32_t type;
	__extension__ uint8_t data[0];
} METAL_PACKED_END;

enum fw_resource_type {
	RSC_CARVEOUT = 0,
	RSC_DEVMEM = 1,
	RSC_TRACE = 2,
	RSC_VDEV = 3,
	RSC_LAST = 4,
	RSC_VENDOR_START = 128,
	RSC_VENDOR_END = 512,
};

/* Types of older tables, still met in images. */
#define RSC_RPROC_MEM 4
#define RSC_FW_CHKSUM 5
/* Types of MICA images; layouts in mica/abi.h. */
#define RSC_MICA_EPT_TABLE    128
#define RSC_MICA_RING_PAIR    129
#define RSC_MICA_VRING_OFFSET 130
#define RSC_MICA_VENDOR	      160

#define FW_RSC_U64_ADDR_ANY 0xFFFFFFFFFFFFFFFFUL
#define FW_RSC_U32_ADDR_ANY 0xFFFFFFFFUL

METAL_PACKED_BEGIN
struct fw_rsc_carveout {
	uint32_t type;
	uint32_t da;
	uint32_t pa;
	uint32_t len;
	uint32_t flags;
	uint32_t reserved;
	uint8_t name[RPROC_MAX_NAME_LEN];
} METAL_PACKED_END;

METAL_PACKED_BEGIN
struct fw_rsc_devmem {
	uint32_t type;
	uint32_t da;
	uint32_t pa;
	uint32_t len;
	uint32_t flags;
	uint32_t reserved;
	uint8_t name[RPROC_MAX_NAME_LEN];
} METAL_PACKED_END;

METAL_PACKED_BEGIN
struct fw_rsc_trace {
	uint32_t type;
	uint32_t da;
	uint32_t len;
	uint32_t reserved;
	uint8_t name[RPROC_MAX_NAME_LEN];
} METAL_PACKED_END;

METAL_PACKED_BEGIN
struct fw_rsc_vdev_vring {
	uint32_t da; /* FW_RSC_U32_ADDR_ANY: the host allocates */
	uint32_t align;
	uint32_t num;
	uint32_t notifyid;
	uint32_t reserved;
} METAL_PACKED_END;

/* The config space follows the last vring. */
METAL_PACKED_BEGIN
struct fw_rsc_vdev {
	uint32_t type;
	uint32_t id;
	uint32_t notifyid;
	uint32_t dfeatures;
	uint32_t gfeatures;
	uint32_t config_len;
	uint8_t status;
	uint8_t num_of_vrings;
	uint8_t reserved[2];
	__extension__ struct fw_rsc_vdev_vring vring[0];
} METAL_PACKED_END;

METAL_PACKED_BEGIN
struct fw_rsc_rproc_mem {
	uint32_t type;
	uint32_t da;
	uint32_t pa;
	uint32_t len;
	uint32_t reserved;
} METAL_PACKED_END;

METAL_PACKED_BEGIN
struct fw_rsc_fw_chksum {
	uint32_t type;
	uint8_t algo[16];
	uint8_t chksum[64];
} METAL_PACKED_END;

METAL_PACKED_BEGIN
struct fw_rsc_vendor {
	uint32_t type;
	uint32_t len;
} METAL_PACKED_END;

#define RSC_MAX_ENTRIES	  32
#define RSC_MAX_VRINGS	  8
#define RSC_MAX_VRING_NUM 1024 /* more is not a ring of messages but an attack */

enum rsc_fault {
	RSC_OK,
	RSC_TOO_SHORT,	    /* value: bytes there are */
	RSC_BAD_VERSION,    /* value: ver */
	RSC_TOO_MANY,	    /* value: num */
	RSC_BAD_OFFSET,	    /* value: offset that is outside, misaligned or in the header */
	RSC_ENTRY_CUT,	    /* value: bytes the entry needs */
	RSC_OVERLAP,	    /* value: offset */
	RSC_BAD_VRINGS,	    /* value: num_of_vrings */
	RSC_BAD_CONFIG_LEN, /* value: config_len */
	RSC_BAD_ALIGN,	    /* value: align */
	RSC_BAD_NUM,	    /* value: num */
	RSC_BAD_DA,	    /* value: da of a vring whose end wraps */
	RSC_BAD_NAME,	    /* value: 0; a name without its NUL */
	RSC_BAD_LEN,	   /* value: length field of a carveout, trace, ring pair or vendor entry */
	RSC_BAD_EPT_COUNT, /* value: n */
	RSC_FAULTS,
};

struct rsc_entry {
	uint32_t type;
	uint32_t offset; /* from the start of the table, multiple of 4 */
	uint32_t size;	 /* bytes, all inside the table */
};

struct rsc_view {
	unsigned int num;
	struct rsc_entry entry[RSC_MAX_ENTRIES];
	/* Valid when rsc_table_check() failed: */
	enum rsc_fault fault;
	uint32_t value; /* the offending number */
	int index;	/* entry it was in, -1: header */
};

/*
 * Check a table of at most len bytes (the section's size; the table may be shorter). copy:
 * private memory, any alignment. 0, or -1 with out->fault, value, index. Entries of unknown types
 * are listed with size 4 and otherwise left alone, so newer images keep working.
 */
int rsc_table_check(const void *copy, size_t len, struct rsc_view *out);

/* Bytes from the start to the end of the last entry. */
size_t rsc_table_size(const struct rsc_view *view);

/* The nth (0 ...) entry of a type, or NULL. */
const struct rsc_entry *rsc_table_find(const struct rsc_view *view, uint32_t type,
				       unsigned int nth);

/* Plain English: "vring size is not a power of two". The caller adds the value. */
const char *rsc_fault_text(enum rsc_fault fault);

METAL_C_END

#endif /* OPENAMP_RSC_TABLE_H */
