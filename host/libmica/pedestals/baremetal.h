/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside of pedestal "baremetal". */
#ifndef MICA_PEDESTAL_BAREMETAL_H
#define MICA_PEDESTAL_BAREMETAL_H

#include <linux/mcs.h>

#include "mica/pedestal.h"

struct mica_pedestal {
	struct mica_config cfg;
	int fd;
	unsigned int n_regions;
	struct mcs_region region[MCS_MAX_REGIONS];
	void *va[MCS_MAX_REGIONS];
	bool claimed;
};

/* The module's facts, checked: this version, with memory and firmware. */
int mica_bm_info(int fd, struct mcs_info *info, struct mica_error *err);
/* 0 or -errno. */
int mica_bm_core(struct mica_pedestal *p, uint32_t id, struct mcs_core *core);
int mica_bm_map(struct mica_pedestal *p, struct mica_error *err);
/* baremetal_claim.c. flags: MCS_CLAIM_* */
int mica_bm_claim(struct mica_pedestal *p, const uint8_t token[16], uint32_t flags, bool *running,
		  struct mica_error *err);

/* Ops look and take. */
int mica_bm_look(struct mica_pedestal *p, pid_t pid, struct mica_error *err);
int mica_bm_take(struct mica_pedestal *p, const uint8_t token[16], struct mica_error *err);

#endif /* MICA_PEDESTAL_BAREMETAL_H */
