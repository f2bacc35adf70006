/* SPDX-License-Identifier: BSD-3-Clause */
/* Doorbells both ways, and what else the module has to tell. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "baremetal.h"

int mica_bm_doorbell(struct mica_pedestal *p, bool own, struct mica_doorbell *db,
		     struct mica_error *err)
{
	struct mcs_doorbell d = { .size = sizeof(d),
				  .mode = own ? MCS_DOORBELL_OWN : MCS_DOORBELL_LEGACY };

	if (ioctl(p->fd, MCS_IOC_DOORBELL, &d) < 0)
		return mica_fail(err, MICA_E_PLATFORM,
				 "no %s doorbell for client '%s': %s (see dmesg)",
				 own ? "own" : "legacy", p->cfg.name, strerror(errno));
	*db = (struct mica_doorbell){
		.kind = d.kind,
		.kind_to_client = d.kind_to_client,
		.to_host = d.to_host,
		.to_client = d.to_client,
		.addr = d.addr,
		.target = d.target,
		.value = d.value,
	};
	return 0;
}

int mica_bm_kick(struct mica_pedestal *p)
{
	return ioctl(p->fd, MCS_IOC_KICK) < 0 ? -errno : 0;
}

int mica_bm_watch(struct mica_pedestal *p, const struct mica_watched *words, unsigned int n,
		  struct mica_error *err)
{
	struct mcs_watch watch = { .size = sizeof(watch), .n = n };

	for (unsigned int i = 0; i < n && i < MCS_MAX_WATCH; i++) {
		watch.word[i].addr = words[i].da;
		watch.word[i].width = words[i].width;
	}
	if (ioctl(p->fd, MCS_IOC_WATCH, &watch) < 0)
		return mica_fail(err, MICA_E_PLATFORM,
				 "the doorbells of client '%s' cannot be looked for: %s",
				 p->cfg.name, strerror(errno));
	return 0;
}

int mica_bm_event_fd(struct mica_pedestal *p)
{
	return p->fd;
}

uint32_t mica_bm_events(struct mica_pedestal *p)
{
	struct mcs_event ev;
	uint32_t events = 0;

	if (read(p->fd, &ev, sizeof(ev)) != (ssize_t)sizeof(ev))
		return 0;
	if (ev.flags & MCS_EVENT_DOORBELL)
		events |= MICA_PEV_DOORBELL;
	if (ev.flags & MCS_EVENT_CORE_OFF)
		events |= MICA_PEV_OFF;
	if (ev.flags & MCS_EVENT_REBOOT)
		events |= MICA_PEV_REBOOT;
	return events;
}
