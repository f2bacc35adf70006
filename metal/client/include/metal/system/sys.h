/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef METAL_SYSTEM_SYS_H
#define METAL_SYSTEM_SYS_H

#define METAL_INVALID_VADDR NULL

struct metal_state {
	struct metal_common_state common;
};

#endif /* METAL_SYSTEM_SYS_H */
