/* SPDX-License-Identifier: BSD-3-Clause */
/* Wire format of rpmsg, as in Linux and OpenAMP. */
#ifndef OPENAMP_RPMSG_HDR_H
#define OPENAMP_RPMSG_HDR_H

#include <stdint.h>
#include <metal/compiler.h>

METAL_C_BEGIN

struct rpmsg_hdr {
	uint32_t src;
	uint32_t dst;
	uint32_t reserved;
	uint16_t len; /* payload bytes */
	uint16_t flags;
};

#define RPMSG_NS_CREATE	 0
#define RPMSG_NS_DESTROY 1

struct rpmsg_ns_msg {
	char name[32];
	uint32_t addr;
	uint32_t flags;
};

METAL_STATIC_ASSERT(sizeof(struct rpmsg_hdr) == 16, "rpmsg_hdr");
METAL_STATIC_ASSERT(sizeof(struct rpmsg_ns_msg) == 40, "rpmsg_ns_msg");

METAL_C_END

#endif /* OPENAMP_RPMSG_HDR_H */
