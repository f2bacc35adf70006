/* SPDX-License-Identifier: BSD-3-Clause */
/* Stopping cores that do not listen, where firmware has a way. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "baremetal.h"

#define OFF_MS 2000 /* a few instructions of the core's own, whatever else it does */

enum mica_force_stop mica_bm_can_force(struct mica_pedestal *p)
{
	return p->info.caps & MCS_CAP_FORCE_STOP ? MICA_FORCE_HANG : MICA_FORCE_NONE;
}

int mica_bm_force_stop(struct mica_pedestal *p, struct mica_error *err)
{
	struct mcs_wait_off wait = { .size = sizeof(wait), .timeout_ms = OFF_MS };

	/* A core that may not hear of it may do so all the same. */
	if (ioctl(p->fd, MCS_IOC_FORCE_STOP) < 0 && errno != EOPNOTSUPP)
		return mica_fail(err, MICA_E_PLATFORM,
				 "client '%s' cannot be forced: %s (see dmesg)", p->cfg.name,
				 strerror(errno));
	if (ioctl(p->fd, MCS_IOC_WAIT_OFF, &wait) < 0)
		return mica_fail(err, MICA_E_TIMEOUT, "client '%s' was forced and did not stop: %s",
				 p->cfg.name, strerror(errno));
	return 0;
}

void mica_bm_stop_memory(struct mica_pedestal *p, uint64_t *da, size_t *size)
{
	*da = p->info.stop_base;
	*size = p->info.stop_length;
}
