/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside of pedestal "baremetal". */
#ifndef MICA_PEDESTAL_BAREMETAL_H
#define MICA_PEDESTAL_BAREMETAL_H

#include <linux/mcs.h>

#include "mica/pedestal.h"

struct mica_pedestal {
	struct mica_config cfg;
	struct mcs_info info;
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

/* baremetal_doorbell.c: ops doorbell to events, watch. */
int mica_bm_doorbell(struct mica_pedestal *p, bool own, struct mica_doorbell *db,
		     struct mica_error *err);
int mica_bm_kick(struct mica_pedestal *p);
int mica_bm_watch(struct mica_pedestal *p, const struct mica_watched *words, unsigned int n,
		  struct mica_error *err);
int mica_bm_event_fd(struct mica_pedestal *p);
uint32_t mica_bm_events(struct mica_pedestal *p);

/* baremetal_force.c: ops can_force, force_stop, stop_memory. */
enum mica_force_stop mica_bm_can_force(struct mica_pedestal *p);
int mica_bm_force_stop(struct mica_pedestal *p, struct mica_error *err);
void mica_bm_stop_memory(struct mica_pedestal *p, uint64_t *da, size_t *size);

#endif /* MICA_PEDESTAL_BAREMETAL_H */
