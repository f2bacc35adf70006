/* SPDX-License-Identifier: BSD-3-Clause */
/* Claims: new ones, those that an earlier process left, cores that something else has started. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "baremetal.h"

static int claim_failed(struct mica_pedestal *p, int error, bool adopt, struct mica_error *err)
{
	char cores[64];

	mica_cores_format(&p->cfg.cores, cores);
	switch (error) {
	case ENOENT:
		return mica_fail(err, adopt ? MICA_E_UNKNOWN : MICA_E_BUSY,
				 "no claim of client '%s' is left on CPU %s", p->cfg.name, cores);
	case EBUSY:
		return mica_fail(
			err, MICA_E_BUSY,
			"CPU %s or the name '%s' is in use by another client: choose another one",
			cores, p->cfg.name);
	case EALREADY:
		return mica_fail(
			err, MICA_E_BUSY,
			"client '%s' is held by another running process: end that one first",
			p->cfg.name);
	case EPERM:
		return mica_fail(err, MICA_E_PERMISSION,
				 "client '%s' on CPU %s belongs to another run-time folder",
				 p->cfg.name, cores);
	case ENODEV:
		return mica_fail(err, MICA_E_BUSY, "CPU %s does not exist", cores);
	case EHOSTDOWN:
		return mica_fail(err, MICA_E_STATE, "nothing runs on CPU %s", cores);
	case EOPNOTSUPP:
		return mica_fail(
			err, MICA_E_PLATFORM,
			"CPU %s was never online, so its doorbell is not known (see dmesg)", cores);
	default:
		return mica_fail(err, MICA_E_BUSY, "cannot take CPU %s from Linux: %s", cores,
				 strerror(error));
	}
}

int mica_bm_claim(struct mica_pedestal *p, const uint8_t token[16], uint32_t flags, bool *running,
		  struct mica_error *err)
{
	struct mcs_claim claim = { .size = sizeof(claim),
				   .flags = flags,
				   .ncores = p->cfg.cores.n };

	for (unsigned int i = 0; i < p->cfg.cores.n; i++)
		claim.cores[i] = p->cfg.cores.id[i];
	/* Names of 64 characters exceed the kernel's 63: the tail tells no more than the head. */
	snprintf(claim.name, sizeof(claim.name), "%.63s", p->cfg.name);
	memcpy(claim.token, token, sizeof(claim.token));
	if (ioctl(p->fd, MCS_IOC_CLAIM, &claim) < 0)
		return claim_failed(p, errno, flags & MCS_CLAIM_ADOPT, err);
	p->claimed = true;
	*running = claim.result & MCS_CLAIM_RUNNING;
	return 0;
}

int mica_bm_look(struct mica_pedestal *p, pid_t pid, struct mica_error *err)
{
	uint32_t first = p->cfg.cores.id[0];
	struct mcs_info info;
	struct mcs_core core;

	if (pid)
		return mica_fail(err, MICA_E_USAGE,
				 "pedestal baremetal has no processes: leave --pid out");
	if (mica_bm_info(p->fd, &info, err))
		return -1;
	if (!(info.caps & MCS_CAP_ATTACH))
		return mica_fail(err, MICA_E_PLATFORM,
				 "module mcs_km is too old to take over what runs: install the one "
				 "of this version");
	for (unsigned int i = 0; i < p->cfg.cores.n; i++) {
		uint32_t id = p->cfg.cores.id[i];
		int rc = mica_bm_core(p, id, &core);

		if (rc)
			return mica_fail(err, MICA_E_PLATFORM, "cannot query CPU %u: %s", id,
					 strerror(-rc));
		if (core.state == MCS_CORE_LINUX)
			return mica_fail(err, MICA_E_STATE,
					 "CPU %u is Linux's: nothing of client '%s' runs there", id,
					 p->cfg.name);
		if (id == first && core.state != MCS_CORE_ON)
			return mica_fail(err, MICA_E_STATE,
					 "nothing runs there: CPU %u is off; create and start '%s'",
					 id, p->cfg.name);
	}
	return mica_bm_map(p, err);
}

/* A claim that a lost daemon left, or none at all. */
int mica_bm_take(struct mica_pedestal *p, const uint8_t token[16], struct mica_error *err)
{
	struct mcs_core core;
	bool running = false;

	if (mica_bm_core(p, p->cfg.cores.id[0], &core))
		return mica_fail(err, MICA_E_PLATFORM, "cannot query CPU %u", p->cfg.cores.id[0]);
	if (mica_bm_claim(p, token,
			  core.flags & MCS_CORE_CLAIMED ? MCS_CLAIM_ADOPT | MCS_CLAIM_FORCE
							: MCS_CLAIM_RUNNING,
			  &running, err))
		return -1;
	return running ? 0
		       : mica_fail(err, MICA_E_STATE,
				   "CPU %u went off while it was being taken over", core.core);
}
