/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An rpmsg device whose messages go through lanes instead of its two queues. All else stays: the
 * queues' notifications, endpoints, the name service. Lane 0 is the urgent one where there are two.
 */
#include <metal/sleep.h>

#include "rpmsg_internal.h"
#include "rpmsg_lane.h"

static void ring_doorbell(struct rpmsg_virtio_device *rvdev)
{
	if (rvdev->svq->notify)
		rvdev->svq->notify(rvdev->svq);
}

static bool in_bitmap(uint32_t addr)
{
	return addr - RPMSG_RESERVED_ADDRESSES < RPMSG_ADDR_BMP_SIZE;
}

/*
 * What one endpoint sends to another stays in one lane, so that none overtakes another of its own.
 * Announcements are never urgent: an endpoint's first messages follow them, its last precede them.
 */
static struct rpmsg_lane_tx *lane_of(struct rpmsg_virtio_lanes *lanes, uint32_t src, uint32_t dst)
{
	bool urgent = false;

	if (lanes->n > 1 && dst != RPMSG_NS_EPT_ADDR)
		urgent = in_bitmap(src)
				 ? metal_bitmap_is_bit_set(lanes->urgent,
							   (int)(src - RPMSG_RESERVED_ADDRESSES))
				 : src == lanes->urgent_addr;
	return &lanes->tx[urgent ? 0 : lanes->n - 1];
}

/* Of an endpoint that has sent nothing yet. With the lock held. */
static void set_urgent(struct rpmsg_device *rdev, uint32_t addr, bool urgent)
{
	struct rpmsg_virtio_lanes *lanes = to_rvdev(rdev)->lanes;

	if (!in_bitmap(addr))
		lanes->urgent_addr = urgent ? addr : lanes->urgent_addr;
	else if (urgent)
		metal_bitmap_set_bit(lanes->urgent, (int)(addr - RPMSG_RESERVED_ADDRESSES));
	else
		metal_bitmap_clear_bit(lanes->urgent, (int)(addr - RPMSG_RESERVED_ADDRESSES));
}

/* A lane's breach is the queue's of its direction, for whoever asks. */
static void note_tx(struct rpmsg_virtio_device *rvdev, const struct rpmsg_lane_tx *tx)
{
	if (tx->breach && !virtqueue_is_broken(rvdev->svq))
		virtqueue_set_broken(rvdev->svq, VQ_BREACH_LANE + tx->breach, tx->breach_value);
}

static void note_rx(struct rpmsg_virtio_device *rvdev, const struct rpmsg_lane_rx *rx)
{
	if (rx->breach && !virtqueue_is_broken(rvdev->rvq))
		virtqueue_set_broken(rvdev->rvq, VQ_BREACH_LANE + rx->breach, rx->breach_value);
}

/* ---- sending ---- */

/* With the lock held. */
static int sent(struct rpmsg_virtio_device *rvdev, struct rpmsg_lane_tx *tx, int len)
{
	rvdev->stats.tx_messages++;
	if ((!rvdev->corked || tx->tail - tx->kicked >= tx->size / 2) && rpmsg_lane_must_ring(tx))
		ring_doorbell(rvdev);
	return len;
}

/* Ring, where one of the readers waits for that. With the lock held. */
static void kick(struct rpmsg_virtio_device *rvdev)
{
	bool ring = false;

	for (unsigned int i = 0; i < rvdev->lanes->n; i++)
		ring |= rpmsg_lane_must_ring(&rvdev->lanes->tx[i]);
	if (ring)
		ring_doorbell(rvdev);
}

/* Broken, or full: room only comes back if the peer knows of all that it has. With the lock held.
 */
static void no_room(struct rpmsg_virtio_device *rvdev, const struct rpmsg_lane_tx *tx)
{
	note_tx(rvdev, tx);
	if (rvdev->corked)
		kick(rvdev);
}

static int try_send(struct rpmsg_virtio_device *rvdev, uint32_t src, uint32_t dst, const void *data,
		    int len)
{
	struct rpmsg_lane_tx *tx;
	int ret = RPMSG_ERR_NO_BUFF;

	metal_mutex_acquire(&rvdev->rdev.lock);
	tx = lane_of(rvdev->lanes, src, dst);
	if ((uint32_t)len > tx->max)
		ret = RPMSG_ERR_BUFF_SIZE;
	else if (!rpmsg_lane_send(tx, src, dst, data, (uint32_t)len))
		ret = sent(rvdev, tx, len);
	else
		no_room(rvdev, tx);
	metal_mutex_release(&rvdev->rdev.lock);
	return ret;
}

static int send_raw(struct rpmsg_device *rdev, uint32_t src, uint32_t dst, const void *data,
		    int len, int wait)
{
	struct rpmsg_virtio_device *rvdev = to_rvdev(rdev);
	uint32_t steps = wait ? rpmsg_virtio_wait_steps(rvdev) : 0;
	int ret;

	for (;;) {
		if (!rpmsg_virtio_link_up(rvdev))
			return RPMSG_ERR_DEV_STATE;
		ret = try_send(rvdev, src, dst, data, len);
		if (ret != RPMSG_ERR_NO_BUFF)
			return ret;
		if (!steps-- || !rpmsg_virtio_wait_step(rvdev))
			return rpmsg_virtio_link_up(rvdev) ? ret : RPMSG_ERR_DEV_STATE;
	}
}

static void *try_lend(struct rpmsg_virtio_device *rvdev, uint32_t *len)
{
	struct rpmsg_lane_tx *tx = &rvdev->lanes->tx[rvdev->lanes->n - 1];
	uint32_t room = tx->max;
	void *buf;

	metal_mutex_acquire(&rvdev->rdev.lock);
	buf = rpmsg_lane_lend(tx, room);
	if (!buf)
		no_room(rvdev, tx);
	metal_mutex_release(&rvdev->rdev.lock);
	*len = room;
	return buf;
}

static void *get_tx_payload_buffer(struct rpmsg_device *rdev, uint32_t *len, int wait)
{
	struct rpmsg_virtio_device *rvdev = to_rvdev(rdev);
	uint32_t steps = wait ? rpmsg_virtio_wait_steps(rvdev) : 0;
	void *buf;

	for (;;) {
		if (!rpmsg_virtio_link_up(rvdev))
			return NULL;
		buf = try_lend(rvdev, len);
		if (buf || !steps-- || !rpmsg_virtio_wait_step(rvdev))
			return buf;
	}
}

/* Lent in the ordinary lane. An urgent sender's message is copied over. With the lock held. */
static int commit(struct rpmsg_virtio_device *rvdev, void *buf, uint32_t src, uint32_t dst, int len)
{
	struct rpmsg_lane_tx *from = &rvdev->lanes->tx[rvdev->lanes->n - 1];
	struct rpmsg_lane_tx *to = lane_of(rvdev->lanes, src, dst);
	uint32_t room;

	if (!rpmsg_lane_is_lent(from, buf, &room))
		return RPMSG_ERR_PARAM;
	if ((uint32_t)len > room || (uint32_t)len > to->max)
		return RPMSG_ERR_BUFF_SIZE;
	if (to == from)
		return rpmsg_lane_commit(from, buf, src, dst, (uint32_t)len)
			       ? RPMSG_ERR_NO_BUFF
			       : sent(rvdev, from, len);
	if (rpmsg_lane_send(to, src, dst, buf, (uint32_t)len))
		return RPMSG_ERR_NO_BUFF;
	rpmsg_lane_cancel(from, buf);
	return sent(rvdev, to, len);
}

static int send_nocopy(struct rpmsg_device *rdev, uint32_t src, uint32_t dst, const void *data,
		       int len)
{
	struct rpmsg_virtio_device *rvdev = to_rvdev(rdev);
	int ret;

	metal_mutex_acquire(&rdev->lock);
	ret = commit(rvdev, (void *)(uintptr_t)data, src, dst, len);
	metal_mutex_release(&rdev->lock);
	return ret;
}

static int release_tx_buffer(struct rpmsg_device *rdev, void *buf)
{
	struct rpmsg_virtio_lanes *lanes = to_rvdev(rdev)->lanes;
	struct rpmsg_lane_tx *tx = &lanes->tx[lanes->n - 1];
	uint32_t room;
	bool known;

	metal_mutex_acquire(&rdev->lock);
	known = rpmsg_lane_is_lent(tx, buf, &room);
	if (known)
		rpmsg_lane_cancel(tx, buf);
	metal_mutex_release(&rdev->lock);
	return known ? RPMSG_SUCCESS : RPMSG_ERR_PARAM;
}

bool rpmsg_virtio_has_room(struct rpmsg_virtio_device *rvdev, uint32_t len)
{
	struct rpmsg_virtio_lanes *lanes = rvdev->lanes;
	bool room;

	if (!lanes)
		return !virtqueue_full(rvdev->svq) || virtqueue_pending(rvdev->svq);
	metal_mutex_acquire(&rvdev->rdev.lock);
	room = rpmsg_lane_has_room(&lanes->tx[lanes->n - 1], len);
	metal_mutex_release(&rvdev->rdev.lock);
	return room;
}

unsigned int rpmsg_virtio_room(struct rpmsg_virtio_device *rvdev, uint32_t len)
{
	struct rpmsg_virtio_lanes *lanes = rvdev->lanes;
	unsigned int n;

	if (!lanes)
		return rpmsg_virtio_has_room(rvdev, len);
	metal_mutex_acquire(&rvdev->rdev.lock);
	n = rpmsg_lane_room(&lanes->tx[lanes->n - 1], len);
	metal_mutex_release(&rvdev->rdev.lock);
	return n;
}

/* With the lock held. */
static bool want_room(struct rpmsg_virtio_device *rvdev, bool want)
{
	struct rpmsg_virtio_lanes *lanes = rvdev->lanes;
	bool room = false;

	for (unsigned int i = 0; i < lanes->n && lanes->want != want; i++)
		room |= rpmsg_lane_want_room(&lanes->tx[i], want);
	lanes->want = want;
	return room;
}

/* ---- receiving ---- */

#define RX_BUDGET 64u /* messages of one notification */

static int hold_or_release(struct rpmsg_virtio_device *rvdev, void *buf, bool hold)
{
	struct rpmsg_virtio_lanes *lanes = rvdev->lanes;
	bool ring = false;
	int ret = -1;

	for (unsigned int i = 0; i < lanes->n && ret; i++)
		ret = hold ? rpmsg_lane_hold(&lanes->rx[i], buf)
			   : rpmsg_lane_release(&lanes->rx[i], buf, &ring);
	if (ring)
		ring_doorbell(rvdev);
	return ret;
}

static void hold_rx_buffer(struct rpmsg_device *rdev, void *buf)
{
	metal_mutex_acquire(&rdev->lock);
	(void)hold_or_release(to_rvdev(rdev), buf, true);
	metal_mutex_release(&rdev->lock);
}

static void release_rx_buffer(struct rpmsg_device *rdev, void *buf)
{
	metal_mutex_acquire(&rdev->lock);
	(void)hold_or_release(to_rvdev(rdev), buf, false);
	metal_mutex_release(&rdev->lock);
}

/* The most urgent message there is. With the lock held. */
static struct rpmsg_lane_rx *next(struct rpmsg_virtio_device *rvdev, struct rpmsg_lane_msg *m)
{
	struct rpmsg_virtio_lanes *lanes = rvdev->lanes;

	for (unsigned int i = 0; i < lanes->n; i++) {
		if (!lane_pending(&lanes->rx[i]))
			continue;
		if (rpmsg_lane_next(&lanes->rx[i], m))
			return &lanes->rx[i];
		note_rx(rvdev, &lanes->rx[i]);
	}
	return NULL;
}

/* Nothing there: ask for a doorbell. False: something is there after all. With the lock held. */
static bool fall_asleep(struct rpmsg_virtio_device *rvdev)
{
	struct rpmsg_virtio_lanes *lanes = rvdev->lanes;
	bool ring, any = false, come = false;

	if (!rvdev->rvq->vq_cb_enabled)
		return true;
	for (unsigned int i = 0; i < lanes->n; i++) {
		come |= rpmsg_lane_sleep(&lanes->rx[i], &ring);
		any |= ring;
	}
	if (any)
		ring_doorbell(rvdev);
	return !come;
}

static bool pending(const struct rpmsg_virtio_device *rvdev)
{
	for (unsigned int i = 0; i < rvdev->lanes->n; i++) {
		if (lane_pending(&rvdev->lanes->rx[i]))
			return true;
	}
	return false;
}

static void give_back(struct rpmsg_virtio_device *rvdev, struct rpmsg_lane_rx *rx, uint32_t pos)
{
	if (rpmsg_lane_done(rx, pos))
		ring_doorbell(rvdev);
}

/* With the lock held. */
static void give_back_late(struct rpmsg_virtio_device *rvdev)
{
	struct rpmsg_virtio_lanes *lanes = rvdev->lanes;

	if (!lanes->late)
		return;
	give_back(rvdev, lanes->late, lanes->late_pos);
	lanes->late = NULL;
}

/* The next message and whom it is for; NULL: none. With the lock held. */
static struct rpmsg_lane_rx *take(struct rpmsg_virtio_device *rvdev, struct rpmsg_lane_msg *m,
				  struct rpmsg_delivery *d)
{
	struct rpmsg_lane_rx *rx = next(rvdev, m);

	for (unsigned int i = 0; !rx && i < RPMSG_GATHER && rpmsg_virtio_let_gather(rvdev); i++)
		rx = next(rvdev, m);
	while (!rx && !virtqueue_is_broken(rvdev->rvq) && !fall_asleep(rvdev))
		rx = next(rvdev, m);
	if (rx)
		rpmsg_delivery_find(rvdev, m->src, m->dst, d);
	return rx;
}

enum received {
	RECEIVED_NOTHING,
	RECEIVED_ONE,
	RECEIVED_LAST, /* do not look for more; the lock is not held any more */
};

/*
 * One message. With the lock held, which is let go of meanwhile. Where we poll, and have sent
 * something since the message before, the peer most likely waits for an answer or we for the next
 * one's: nobody looks at the next record now, whose cache line the peer has, and what was read is
 * given back when there is nothing else to do. RECEIVED_LAST also where a callback has taken the
 * whole device down.
 */
static enum received receive_one(struct rpmsg_virtio_device *rvdev)
{
	struct rpmsg_virtio_lanes *lanes = rvdev->lanes;
	rpmsg_ept_release_cb release;
	struct rpmsg_delivery d;
	struct rpmsg_lane_rx *rx;
	struct rpmsg_lane_msg m;
	bool last;

	rx = take(rvdev, &m, &d);
	if (!rx)
		return RECEIVED_NOTHING;
	last = lanes->tx_then != rvdev->stats.tx_messages && !rvdev->rvq->vq_cb_enabled &&
	       !d.counted;
	lanes->tx_then = rvdev->stats.tx_messages;
	metal_mutex_release(&rvdev->rdev.lock);
	rpmsg_deliver(rvdev, &d, m.payload, m.len, m.src);
	if (rvdev->lanes != lanes)
		return RECEIVED_LAST;
	/* A callback that polled has left its own there. */
	if (last && !lanes->late) {
		lanes->late = rx;
		lanes->late_pos = m.pos;
		return RECEIVED_LAST;
	}
	metal_mutex_acquire(&rvdev->rdev.lock);
	give_back(rvdev, rx, m.pos);
	release = rpmsg_delivery_done(&d);
	if (!release)
		return RECEIVED_ONE;
	metal_mutex_release(&rvdev->rdev.lock);
	release(d.ept);
	if (rvdev->lanes != lanes)
		return RECEIVED_LAST;
	metal_mutex_acquire(&rvdev->rdev.lock);
	return RECEIVED_ONE;
}

static void rx_callback(struct virtqueue *vq)
{
	struct rpmsg_virtio_device *rvdev = vq->vq_dev->priv;
	const struct rpmsg_virtio_lanes *lanes = rvdev->lanes;
	enum received got = RECEIVED_NOTHING;
	unsigned int budget;

	/* Only this context takes messages; one that asks for no doorbells needs no lock to see
	 * that there are none. */
	if (!lanes)
		return;
	budget = vq->vq_cb_enabled || pending(rvdev) ? RX_BUDGET : 0;
	if (!budget && !lanes->late)
		return;
	metal_mutex_acquire(&rvdev->rdev.lock);
	give_back_late(rvdev);
	for (; budget; budget--) {
		got = receive_one(rvdev);
		if (got == RECEIVED_LAST)
			return;
		if (got == RECEIVED_NOTHING)
			break;
	}
	/* What is left is the caller's to see: rpmsg_virtio_rx_pending(). */
	if (got == RECEIVED_ONE)
		(void)fall_asleep(rvdev);
	metal_mutex_release(&rvdev->rdev.lock);
}

/* ---- up and down ---- */

static int tx_size(struct rpmsg_device *rdev)
{
	struct rpmsg_virtio_lanes *lanes = to_rvdev(rdev)->lanes;

	return (int)lanes->tx[lanes->n - 1].max;
}

static int rx_size(struct rpmsg_device *rdev)
{
	struct rpmsg_virtio_lanes *lanes = to_rvdev(rdev)->lanes;

	return (int)lanes->rx[lanes->n - 1].max;
}

static void drop(struct rpmsg_virtio_device *rvdev)
{
	struct rpmsg_virtio_lanes *lanes = rvdev->lanes;

	rvdev->lanes = NULL;
	for (unsigned int i = 0; lanes && i < lanes->n; i++)
		rpmsg_lane_rx_free(&lanes->rx[i]);
}

static const struct rpmsg_device_ops operations = {
	.send_offchannel_raw = send_raw,
	.hold_rx_buffer = hold_rx_buffer,
	.release_rx_buffer = release_rx_buffer,
	.get_tx_payload_buffer = get_tx_payload_buffer,
	.send_offchannel_nocopy = send_nocopy,
	.release_tx_buffer = release_tx_buffer,
	.get_rx_buffer_size = rx_size,
	.get_tx_buffer_size = tx_size,
	.set_urgent = set_urgent,
};

int rpmsg_virtio_use_lanes(struct rpmsg_virtio_device *rvdev, struct rpmsg_virtio_lanes *lanes,
			   const struct rpmsg_virtio_lane_place *place, unsigned int n,
			   uint32_t max)
{
	if (!rvdev || !rvdev->rvq || rvdev->lanes || !lanes || !place || !n ||
	    n > RPMSG_VIRTIO_LANES_MAX)
		return RPMSG_ERR_PARAM;
	memset(lanes, 0, sizeof(*lanes));
	for (; lanes->n < n; lanes->n++, place++) {
		if (rpmsg_lane_tx_init(&lanes->tx[lanes->n], place->tx, place->tx_size, max) ||
		    rpmsg_lane_rx_init(&lanes->rx[lanes->n], place->rx, place->rx_size, max))
			break;
	}
	rvdev->lanes = lanes;
	if (lanes->n < n) {
		drop(rvdev);
		return RPMSG_ERR_PARAM;
	}
	lanes->kick = kick;
	lanes->want_room = want_room;
	lanes->pending = pending;
	lanes->drop = drop;
	rvdev->rdev.ops = operations;
	rvdev->rvq->callback = rx_callback;
	return RPMSG_SUCCESS;
}

int rpmsg_virtio_resume_lanes(struct rpmsg_virtio_device *rvdev)
{
	struct rpmsg_virtio_lanes *lanes = rvdev->lanes;

	for (unsigned int i = 0; i < lanes->n; i++) {
		if (rpmsg_lane_tx_resume(&lanes->tx[i]) || rpmsg_lane_rx_resume(&lanes->rx[i]))
			return RPMSG_ERR_INIT;
	}
	return RPMSG_SUCCESS;
}
