/* SPDX-License-Identifier: BSD-3-Clause */
/* A look at a link. Everything is computed from private state, except where the words of shared
 * memory themselves are what is asked for: they are read once and bounded before they count. */
#include <stddef.h>
#include <string.h>

#include <metal/atomic.h>

#include "client_priv.h"
#include "link.h"
#include "link_table.h"
#include "mica/diag.h"
#include "service.h"

static uint32_t outstanding(const struct virtqueue *vq)
{
	return (uint32_t)vq->vq_nentries - vq->vq_free_cnt;
}

/* What the client gave back, as it says; never more than it can have had. */
static uint32_t given_back(const struct virtqueue *vq, uint16_t used_idx)
{
	uint32_t n = (uint16_t)(used_idx - vq->vq_used_cons_idx);

	return n < outstanding(vq) ? n : outstanding(vq);
}

static void dump_ring(const struct mica_link *link, unsigned int i, const struct virtqueue *vq,
		      struct mica_ring_dump *r)
{
	const struct mica_vring *v = &link->client->table.vring[i];

	r->da = link->pl.vring[i];
	r->size = link->pl.vring_size[i];
	r->num = vq->vq_nentries;
	r->align = v->align;
	r->notifyid = v->notifyid;
	r->offered = vq->vq_prod_idx;
	r->taken = vq->vq_used_cons_idx;
	r->avail_flags = metal_shared_read16(&vq->vq_ring.avail->flags);
	r->avail_idx = metal_shared_read16(&vq->vq_ring.avail->idx);
	r->used_flags = metal_shared_read16(&vq->vq_ring.used->flags);
	r->used_idx = metal_shared_read16_acquire(&vq->vq_ring.used->idx);
	r->waiting = given_back(vq, r->used_idx);
	r->with_client = outstanding(vq) - r->waiting;
	r->with_host = r->num - r->with_client;
	if (virtqueue_is_broken(vq)) {
		r->breach = virtqueue_breach_name(virtqueue_breach(vq));
		r->breach_value = vq->vq_breach_value;
	}
}

static void dump_lanes(const struct mica_link *link, struct mica_dump *d)
{
	const struct rpmsg_virtio_lanes *lanes = link->rvdev.lanes;

	for (; lanes && d->n_lanes < lanes->n; d->n_lanes++) {
		const struct rpmsg_lane_tx *tx = &lanes->tx[d->n_lanes];
		const struct rpmsg_lane_rx *rx = &lanes->rx[d->n_lanes];
		struct mica_lane_dump *l = &d->lane[d->n_lanes];

		l->size = tx->size;
		l->written = tx->tail;
		l->freed = tx->head;
		l->read = rx->pos;
		l->given_back = rx->done;
		l->lent = tx->n_lent;
		l->client_head = metal_shared_read32(&tx->lane->head);
		l->client_wake = metal_shared_read32(&tx->lane->wake);
		l->client_want = metal_shared_read32(&rx->lane->want);
	}
}

static void dump_table(struct mica_link *link, struct mica_dump *d)
{
	const struct mica_table *t = &link->client->table;

	if (link->static_base) {
		d->status_byte = metal_shared_read8(link->static_base + MICA_STATIC_STATUS);
		return;
	}
	d->table_da = t->da;
	d->table_len = t->len;
	d->in_place = link->in_place;
	d->status_word = mica_link_read_status(link);
	if (t->vdev)
		d->status_byte = metal_shared_read8(link->table + t->vdev +
						    offsetof(struct fw_rsc_vdev, status));
	d->offered = t->features;
	d->has_vendor = t->vendor;
	if (t->vendor)
		metal_copy_from_shared(d->vendor, link->table + t->vendor, sizeof(d->vendor));
}

static void dump_endpoints(const struct mica_link *link, struct mica_dump *d)
{
	for (const struct mica_service *s = link->services; s; s = s->next) {
		struct mica_endpoint_dump *e;

		if (d->n_endpoints == MICA_SERVICES_MAX)
			return;
		e = &d->endpoint[d->n_endpoints++];
		e->info = s->info;
		e->bound = s->bound;
		e->remote = s->remote;
		e->local = s->bound ? s->ept.addr : 0;
		e->tx_credit = s->bound ? s->tx_credit : 0;
		e->rx_owed = s->rx_owed + s->rx_drained;
	}
}

int mica_client_dump(const struct mica_client *c, struct mica_dump *d, struct mica_error *err)
{
	struct mica_link *link = c->link;

	memset(d, 0, sizeof(*d));
	if (!link || !link->open)
		return mica_fail(err, MICA_E_STATE,
				 "client %s is %s: there are no rings to look at; 'mica start %s' "
				 "starts it",
				 c->cfg.name, mica_state_name(c->state), c->cfg.name);
	dump_table(link, d);
	d->acked = link->features;
	d->db_kind = link->db.legacy ? 0 : link->db.kind;
	d->db_to_host = link->db.to_host;
	d->db_to_client = link->db.to_client;
	d->doorbells_in = c->doorbells_in;
	d->doorbells_out = c->doorbells_out;
	d->doorbells_lost = c->doorbells_lost + mica_link_doorbells_missed(link);
	d->pongs_unexpected = c->ping_strays;
	dump_endpoints(link, d);
	if (!link->up)
		return 0;
	d->buffers_da = link->pl.buffers;
	d->buffers_size = link->pl.buffers_size;
	d->no_endpoint = link->rvdev.stats.rx_no_endpoint;
	d->bad_ns = link->rvdev.stats.rx_bad_ns;
	d->refused = link->rvdev.stats.rx_cb_errors;
	d->n_rings = 2;
	dump_ring(link, 0, link->rvdev.rvq, &d->ring[0]);
	dump_ring(link, 1, link->rvdev.svq, &d->ring[1]);
	dump_lanes(link, d);
	return 0;
}

/* Granules of the ordinary lane. How many records wait is not counted: one, if any. */
static void lane_fill(const struct rpmsg_virtio_lanes *lanes, struct mica_ring_fill *fill)
{
	const struct rpmsg_lane_tx *tx = &lanes->tx[lanes->n - 1];
	uint32_t used = tx->tail - metal_shared_read32(&tx->lane->head);

	fill->num = tx->size / RPMSG_LANE_GRANULE;
	fill->tx = (used < tx->size ? used : tx->size) / RPMSG_LANE_GRANULE;
	fill->rx = rpmsg_lane_pending(&lanes->rx[lanes->n - 1]);
}

void mica_client_fill(const struct mica_client *c, struct mica_ring_fill *fill)
{
	const struct mica_link *link = c->link;
	const struct virtqueue *rx, *tx;

	memset(fill, 0, sizeof(*fill));
	if (!link || !link->up)
		return;
	if (link->rvdev.lanes) {
		lane_fill(link->rvdev.lanes, fill);
		return;
	}
	rx = link->rvdev.rvq;
	tx = link->rvdev.svq;
	fill->num = rx->vq_nentries;
	fill->rx = given_back(rx, metal_shared_read16_acquire(&rx->vq_ring.used->idx));
	fill->tx = outstanding(tx) -
		   given_back(tx, metal_shared_read16_acquire(&tx->vq_ring.used->idx));
}
