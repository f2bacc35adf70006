/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The watchdog: a client with a heartbeat counts a word up; one look each half period, and
 * nothing else. Time in which this process itself did not run does not count.
 */
#include <stdio.h>
#include <stdlib.h>

#include "client_priv.h"
#include "gdb.h"
#include "link.h"
#include "link_table.h"

static bool wanted(const struct mica_client *c)
{
	return c->cfg.watchdog_ms && c->state == MICA_RUNNING && c->link &&
	       c->link->features & MICA_F_HEARTBEAT && !c->link->dead;
}

static uint32_t half_ms(const struct mica_client *c)
{
	return (c->cfg.watchdog_ms + 1) / 2;
}

static void hung(struct mica_client *c)
{
	char reason[80], time[32];

	restart_seconds(c->cfg.watchdog_ms, time);
	snprintf(reason, sizeof(reason), "hung: no heartbeat for %s", time);
	c->sv.clear = true;
	mica_client_crashed(c, reason);
}

static void on_look(uv_timer_t *timer)
{
	struct mica_client *c = timer->data;
	struct mica_supervision *sv = &c->sv;
	uint64_t now = uv_hrtime() / 1000, gone_ms = (now - sv->looked_us) / 1000;
	uint32_t beat;

	/* One that a debugger has may stand still for as long as somebody thinks. */
	if (!wanted(c) || c->op || mica_gdb_holds(c)) {
		sv->silent_ms = 0;
		sv->looked_us = now;
		return;
	}
	beat = mica_link_heartbeat(c->link);
	/* Late by as much again: not the client's silence, but ours. */
	if (beat != sv->heartbeat || gone_ms >= 2ull * half_ms(c))
		sv->silent_ms = 0;
	else
		sv->silent_ms += half_ms(c);
	sv->heartbeat = beat;
	sv->looked_us = now;
	if (sv->silent_ms >= c->cfg.watchdog_ms)
		hung(c);
}

void mica_watchdog_update(struct mica_client *c)
{
	struct mica_supervision *sv = &c->sv;
	bool want = wanted(c);

	if (c->link && c->link->open && c->link->features & MICA_F_HEARTBEAT)
		mica_link_write_heartbeat(c->link);
	if (want && !sv->watchdog) {
		sv->watchdog = calloc(1, sizeof(*sv->watchdog));
		if (!sv->watchdog) {
			mica_log(c->host, LOG_ERR, c->cfg.name, "no watchdog: out of memory");
			return;
		}
		uv_timer_init(c->host->loop, sv->watchdog);
		sv->watchdog->data = c;
	}
	sv->watching = want;
	if (!sv->watchdog)
		return;
	if (!want) {
		uv_timer_stop(sv->watchdog);
		return;
	}
	sv->silent_ms = 0;
	sv->heartbeat = mica_link_heartbeat(c->link);
	sv->looked_us = uv_hrtime() / 1000;
	uv_update_time(c->host->loop);
	uv_timer_start(sv->watchdog, on_look, half_ms(c), half_ms(c));
}
