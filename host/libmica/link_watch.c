/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A client that can raise nothing is looked for by the pedestal: it is told which words such a
 * client changes when it would ring.
 */
#include <linux/mcs.h>
#include <openamp/rsc_table.h>
#include <openamp/virtio_ring.h>

#include "client_priv.h"
#include "link_table.h"
#include "mica/gdb_ring.h"

#define WORDS_MAX 8

struct words {
	struct mica_watched at[WORDS_MAX];
	unsigned int n;
};

static void add(struct words *w, uint64_t da, uint32_t width)
{
	w->at[w->n++] = (struct mica_watched){ .da = da, .width = width };
}

/* Its used index: messages from the client on vring 0, returned buffers on vring 1. */
static void add_vring(struct words *w, struct mica_link *link, unsigned int i)
{
	const struct mica_vring *v = &link->client->table.vring[i];
	uint64_t da = link->pl.vring[i];
	uint8_t *va = mica_window_va(link->win, link->n_win, da, link->pl.vring_size[i]);
	struct vring vr;

	/* A ring that has no place is refused when it is brought up. */
	if (!va || (uintptr_t)va % 4)
		return;
	vring_init(&vr, v->num, va, v->align);
	add(w, da + (uint64_t)((uint8_t *)&vr.used->idx - va), sizeof(vr.used->idx));
}

static void add_table(struct words *w, struct mica_link *link)
{
	const struct mica_table *t = &link->client->table;

	add(w, t->da + offsetof(struct resource_table, reserved), 4);
	if (link->features & (MICA_F_READY | MICA_F_SUSPEND | MICA_F_CRASH))
		add(w, t->da + t->vendor + offsetof(struct mica_rsc_vendor, client_state), 4);
	if (link->features & MICA_F_LOG)
		add(w, link->pl.log + offsetof(struct mica_log_ring, head), 4);
	if (t->ring_pair && link->pl.gdb) {
		add(w, link->pl.gdb + MICA_GDB_RING_IN, 4);
		add(w, link->pl.gdb + MICA_GDB_RING_SIZE + MICA_GDB_RING_OUT, 4);
	}
}

int mica_link_watch(struct mica_link *link, struct mica_error *err)
{
	struct mica_client *c = link->client;
	struct words w = { .n = 0 };

	if (link->db.kind != MCS_DB_POLL)
		return 0;
	if (link->static_base || c->table.vdev) {
		add_vring(&w, link, 0);
		add_vring(&w, link, 1);
	}
	if (link->table)
		add_table(&w, link);
	return c->ops->watch(c->ped, w.at, w.n, err);
}
