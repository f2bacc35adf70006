/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Building a resource table at link time. The table stands in section .resource_table, where the
 * host's loader finds it, and is used in place: the port maps it so that host and client see the
 * same bytes.
 */
#ifndef MICA_RSC_H
#define MICA_RSC_H

#include <stdint.h>

#include <mica/abi.h>
#include <openamp/rsc_table.h>

#define MICA_RSC_VERSION 1u
#define MICA_RSC_ANY	 0xFFFFFFFFu /* da: the host allocates */

/* status is reserved[0] of the standard header: the status word. */
struct mica_rsc_header {
	uint32_t ver;
	uint32_t num;
	uint32_t status;
	uint32_t reserved;
};

/* A VDEV entry with two vrings: struct fw_rsc_vdev of OpenAMP, naturally aligned. */
struct mica_rsc_vring {
	uint32_t da;
	uint32_t align;
	uint32_t num;
	uint32_t notifyid;
	uint32_t reserved;
};

struct mica_rsc_rpmsg {
	uint32_t type;
	uint32_t id;
	uint32_t notifyid;
	uint32_t dfeatures;
	uint32_t gfeatures;
	uint32_t config_len;
	uint8_t status;
	uint8_t num_of_vrings;
	uint8_t reserved[2];
	struct mica_rsc_vring vring[2];
};

_Static_assert(sizeof(struct mica_rsc_rpmsg) ==
		       sizeof(struct fw_rsc_vdev) + 2 * sizeof(struct fw_rsc_vdev_vring),
	       "VDEV entry");

#define MICA_RSC_SECTION __attribute__((used, section(".resource_table"), aligned(16)))

/* rpmsg with the name service; rings and buffers come from the host. */
#define MICA_RSC_RPMSG_VDEV(vring_num, vring_align)                                           \
	{                                                                                     \
		.type = RSC_VDEV, .id = 7, .notifyid = 2, .dfeatures = 1, .num_of_vrings = 2, \
		.vring = { { MICA_RSC_ANY, (vring_align), (vring_num), 0, 0 },                \
			   { MICA_RSC_ANY, (vring_align), (vring_num), 1, 0 } },              \
	}

#define MICA_RSC_VENDOR_ENTRY(wanted)                                           \
	{                                                                       \
		.type = MICA_RSC_VENDOR, .len = sizeof(struct mica_rsc_vendor), \
		.version = MICA_VENDOR_VERSION, .features = (wanted),           \
	}

/* Room for the record of feature CRASH. */
#define MICA_RSC_CRASH_ENTRY                                                  \
	{                                                                     \
		.type = MICA_RSC_CRASH, .len = sizeof(struct mica_rsc_crash), \
	}

/* The log ring of feature LOG: bytes with its head of 16; the host gives it a place. */
#define MICA_RSC_LOG(bytes)                                                           \
	{                                                                             \
		.type = RSC_TRACE, .da = MICA_RSC_ANY, .len = (bytes), .name = "log", \
	}

#endif /* MICA_RSC_H */
