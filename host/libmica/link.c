/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The life of a link: placement, table, handshake, turns, end. What the client writes is read
 * only where the protocol has it answer (status word, client_state, endpoint table, rings).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <metal/atomic.h>
#include <metal/system/barrier.h>

#include "client_log.h"
#include "client_priv.h"
#include "gdb.h"
#include "link.h"
#include "link_table.h"
#include "mica/abi.h"
#include "ping.h"
#include "service.h"
#include "umt_window.h"

#define RETRY_MIN_MS 1
#define RETRY_MAX_MS 100
/* A client publishes first and rings then: so long its doorbell may take. */
#define DOORBELL_MS 100

unsigned int mica_link_doorbells_missed(const struct mica_link *link)
{
	return link->missed && uv_now(link->client->host->loop) - link->missed_ms >= DOORBELL_MS;
}

void mica_link_rang(struct mica_link *link)
{
	link->client->doorbells_lost += mica_link_doorbells_missed(link);
	link->missed = false;
	link->rung = true;
}

/* Is there a reason to find messages, other than the timer's? */
static bool was_told(const struct mica_link *link)
{
	const struct mica_client *c = link->client;

	return link->rung || link->more || link->missed || c->parked || (c->op && c->op->working);
}

/* At most one ring of messages; those that nobody rang for are noted. */
static void take_messages(struct mica_link *link)
{
	uint32_t before = link->rvdev.stats.rx_messages;
	bool told = was_told(link);

	link->rung = false;
	rproc_virtio_notified(link->vdev, RSC_NOTIFY_ID_ANY);
	/* What came while nobody had rung is not told of by having been seen here. */
	link->more = told && rpmsg_virtio_rx_pending(&link->rvdev);
	if (told || link->rvdev.stats.rx_messages == before)
		return;
	link->missed = true;
	link->missed_ms = uv_now(link->client->host->loop);
}

static void on_again(uv_timer_t *timer)
{
	mica_link_turn(timer->data);
}

void mica_link_again(struct mica_link *link, uint64_t ms)
{
	uv_timer_start(link->again, on_again, ms, 0);
}

static int find_table(struct mica_link *link, struct mica_error *err)
{
	struct mica_table *t = &link->client->table;
	uint64_t pool;
	size_t size;

	link->client->ops->pool(link->client->ped, &pool, &size);
	if (link->client->cfg.layout == MICA_LAYOUT_STATIC) {
		mica_place_static(pool, t, &link->pl);
		link->static_base = mica_window_va(link->win, link->n_win, pool, MICA_STATIC_LEN);
		return link->static_base ? 0
					 : mica_fail(err, MICA_E_PLATFORM,
						     "region 0 is too small for the static layout");
	}
	link->in_place = link->client->ops->caps.table_in_place;
	if (!link->in_place) {
		t->da = link->win[0].da;
		if (t->len > pool - t->da)
			return mica_fail(err, MICA_E_FIRMWARE,
					 "resource table of %u bytes does not fit in front of the "
					 "pool (%llu bytes)",
					 t->len, (unsigned long long)(pool - t->da));
	}
	link->table = mica_window_va(link->win, link->n_win, t->da, t->len);
	if (!link->table || (uintptr_t)link->table % 4)
		return mica_fail(err, MICA_E_FIRMWARE,
				 "resource table at 0x%llx lies outside the client's memory",
				 (unsigned long long)t->da);
	return mica_place(t, pool, size, link->client->cfg.debug, &link->pl, err);
}

struct mica_link *mica_link_new(struct mica_client *client, const struct mica_doorbell *db,
				struct mica_error *err)
{
	struct mica_link *link = calloc(1, sizeof(*link));

	if (link)
		link->again = calloc(1, sizeof(*link->again));
	if (!link || !link->again) {
		free(link);
		mica_fail(err, MICA_E_FAILED, "out of memory");
		return NULL;
	}
	link->client = client;
	mica_sockets_clear(client);
	if (db)
		link->db = *db;
	link->n_win = client->ops->windows(client->ped, link->win);
	if (find_table(link, err))
		goto failed;
	link->features = mica_link_features(link);
	if (mica_link_watch(link, err))
		goto failed;
	uv_timer_init(client->host->loop, link->again);
	link->again->data = link;
	link->retry_ms = RETRY_MIN_MS;
	return link;
failed:
	free(link->again);
	free(link);
	return NULL;
}

int mica_link_prepare(struct mica_link *link, const void *table_bytes, struct mica_error *err)
{
	const struct mica_table *t = &link->client->table;

	if (link->table) {
		if (!link->in_place) {
			if (!table_bytes)
				return mica_fail(err, MICA_E_FIRMWARE, "no resource table");
			metal_copy_to_shared(link->table, table_bytes, t->len);
		}
	}
	return mica_link_begin(link, err);
}

int mica_link_begin(struct mica_link *link, struct mica_error *err)
{
	if (link->table) {
		mica_link_write_table(link);
		mica_gdb_prepare(link);
		if (mica_logs_open(link, true, err))
			return -1;
	} else {
		metal_shared_write8(link->static_base + MICA_STATIC_STATUS, 0);
	}
	if (!link->client->table.vdev && link->table)
		return 0;
	return mica_link_rings_up(link, err);
}

void mica_link_open(struct mica_link *link)
{
	mica_link_write_status(link, MICA_STATUS_RUNNING);
	link->open = true;
	link->more = true; /* whatever an earlier process left */
	mica_gdb_open(link);
	mica_client_kick(link->client);
}

bool mica_link_asks(const struct mica_link *link)
{
	/* One that still boots has counted nothing yet, and may not look at the word for a while.
	 */
	return link->features & MICA_F_CREDIT &&
	       (!(link->features & MICA_F_READY) ||
		mica_link_client_state(link) != MICA_CLIENT_BOOTING);
}

void mica_link_reattach_ask(struct mica_link *link)
{
	mica_link_write_vdev_status(link, 0);
	if (link->table) {
		mica_link_write_log(link);
		mica_link_write_vendor(link);
	}
	mica_link_write_status(link, MICA_STATUS_REATTACH);
	mica_client_kick(link->client);
	link->unanswered = true;
}

bool mica_link_reattach_answered(struct mica_link *link)
{
	return link->table && mica_link_read_status(link) == 0;
}

void mica_link_await(struct mica_link *link)
{
	if (link->unanswered && !link->open) {
		link->open = true;
		mica_gdb_open(link);
	}
}

bool mica_link_crashed(struct mica_link *link)
{
	return link->features & MICA_F_CRASH && mica_link_client_state(link) == MICA_CLIENT_CRASHED;
}

static bool has_rings(const struct mica_link *link)
{
	return link->static_base || link->client->table.vdev;
}

static void go_on(struct mica_link *link)
{
	mica_link_open(link);
	if (link->up)
		mica_services_restore(link);
	mica_link_again(link, 0);
}

int mica_link_resume(struct mica_link *link, struct mica_error *err)
{
	link->unanswered = false;
	if (has_rings(link) && mica_link_rings_up(link, err))
		return -1;
	go_on(link);
	return 0;
}

bool mica_link_drained(struct mica_link *link)
{
	return !has_rings(link) || mica_link_rings_drained(link);
}

int mica_link_take_up(struct mica_link *link, struct mica_error *err)
{
	if (has_rings(link) && mica_link_rings_resume(link, err))
		return -1;
	go_on(link);
	return 0;
}

/* The client broke the rules: nobody looks at its rings any more. */
static void die(struct mica_link *link, const char *why)
{
	snprintf(link->why, sizeof(link->why), "%s", why);
	link->dead = true;
	uv_timer_stop(link->again);
	mica_services_close(link, false);
	mica_pings_end(link->client, why);
	mica_client_quarantine(link->client, link->why);
}

static void check_rings(struct mica_link *link)
{
	struct virtqueue *vq = rpmsg_virtio_broken(&link->rvdev);
	char why[128];

	if (!vq)
		return;
	snprintf(why, sizeof(why), "client broke the rules of vring %u: %s (0x%llx)",
		 vq->vq_queue_index, virtqueue_breach_name(virtqueue_breach(vq)),
		 (unsigned long long)vq->vq_breach_value);
	die(link, why);
}

/* A client that stood still (in a debugger, say) has come to the request. */
static void answered_late(struct mica_link *link)
{
	struct mica_error err;

	if (link->dead || link->stopping || !mica_link_reattach_answered(link))
		return;
	if (mica_link_resume(link, &err)) {
		die(link, err.text);
		return;
	}
	link->client->reason[0] = '\0';
	mica_client_note(link->client);
}

static void turn(struct mica_link *link)
{
	uint64_t rest;
	bool waiting;

	if (link->unanswered)
		answered_late(link);
	if (!link->up || link->dead)
		return;
	rest = mica_services_rest(link);
	mica_link_cork(link);
	if (!rest)
		take_messages(link);
	waiting = mica_services_run(link);
	waiting |= mica_pings_run(link);
	mica_link_uncork(link);
	check_rings(link);
	if (link->dead)
		return;
	if (rest) {
		mica_link_again(link, waiting ? RETRY_MIN_MS : rest);
	} else if (rpmsg_virtio_rx_pending(&link->rvdev)) {
		/* The budget of a turn is one ring; others come first. */
		link->retry_ms = RETRY_MIN_MS;
		mica_link_again(link, 0);
	} else if (waiting) {
		/* The client says when it took something; should it not, look again later. */
		if (rpmsg_virtio_want_room(&link->rvdev, true))
			link->retry_ms = RETRY_MIN_MS;
		mica_link_again(link, link->retry_ms);
		if (link->retry_ms < RETRY_MAX_MS)
			link->retry_ms *= 2;
	} else {
		(void)rpmsg_virtio_want_room(&link->rvdev, false);
		link->retry_ms = RETRY_MIN_MS;
		uv_timer_stop(link->again);
	}
}

/* One doorbell for all that was sent to the client since hold was set. */
static void ring_held(struct mica_link *link)
{
	bool due = link->bell_due;

	link->hold = link->bell_due = false;
	if (due)
		mica_client_kick(link->client);
}

void mica_link_turn(struct mica_link *link)
{
	/* Each endpoint that a client announces while it starts is answered: all at once. */
	link->hold = link->client->state == MICA_READY;
	turn(link);
	ring_held(link);
}

void mica_link_last_turns(struct mica_link *link)
{
	/* More than a few rings' worth is nothing that the client itself has left. */
	for (int i = 0; i < 4 && link->up && !link->dead; i++)
		mica_link_turn(link);
}

bool mica_link_ready(struct mica_link *link)
{
	if (link->features & MICA_F_READY) {
		if (mica_link_client_state(link) != MICA_CLIENT_READY)
			return false;
		/* What it announced before it said so is known before anybody is told. */
		mica_link_turn(link);
		return !link->dead;
	}
	/* Without rings there is nothing to wait for but the core, which is on. */
	return link->announced || !link->up;
}

bool mica_link_take_leave(struct mica_link *link)
{
	bool all;

	if (!link->stopping)
		link->asked = link->table;
	if (!link->up || link->dead)
		return true;
	/* By a message where an endpoint is for that; without a status word also by the endpoints'
	 * end, which tells some images that their host leaves. */
	if (!link->stopping && (mica_services_ask_stop(link) || mica_services_any(link)))
		link->asked = true;
	link->stopping = true;
	link->hold = true;
	all = mica_services_withdraw(link);
	if (all)
		link->hold = link->bell_due = false; /* one doorbell for all: that of the word */
	else
		ring_held(link);
	return all;
}

void mica_link_ask_stop(struct mica_link *link)
{
	(void)mica_link_take_leave(link);
	if (link->up && !link->dead)
		mica_services_close(link, true); /* what it made no room for */
	mica_pings_end(link->client, "it is being stopped");
	uv_timer_stop(link->again);
	mica_gdb_ask_stop(link->client);
	mica_link_write_status(link, MICA_STATUS_STOP);
	link->stopping = true;
	mica_client_kick(link->client);
}

bool mica_link_says_off(struct mica_link *link)
{
	if (link->stopping)
		return false;
	/* The static layout has no word to say it by. */
	return link->static_base || mica_link_read_status(link) == MICA_STATUS_OFF;
}

void mica_link_free(struct mica_link *link, bool calm)
{
	mica_services_close(link, false);
	mica_logs_close(link, calm);
	mica_pings_end(link->client, "it does not run any more");
	link->client->doorbells_lost += mica_link_doorbells_missed(link);
	mica_gdb_down(link->client);
	link->open = false;
	link->calm = calm;
	if (!calm)
		mica_umt_unplace(link->client);
	mica_link_rings_down(link);
	mica_handle_free(link->client->host, link->again);
	free(link);
}
