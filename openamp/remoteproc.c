/* SPDX-License-Identifier: BSD-3-Clause */
/* Life of a remote processor: one table of transitions, one function that makes them. */
#include <metal/sleep.h>
#include <metal/utilities.h>
#include <openamp/remoteproc_virtio.h>
#include <openamp/rsc_table_parser.h>

#include "remoteproc_internal.h"
#include "remoteproc_virtio_internal.h"

#define TO(state) (1u << RPROC_##state)

static const unsigned int transitions[RPROC_LAST] = {
	[RPROC_OFFLINE] = TO(READY),
	[RPROC_CONFIGURED] = TO(READY) | TO(OFFLINE) | TO(ERROR),
	[RPROC_READY] = TO(READY) | TO(RUNNING) | TO(STOPPED) | TO(ERROR),
	[RPROC_RUNNING] = TO(STOPPED) | TO(SUSPENDED) | TO(ERROR),
	[RPROC_SUSPENDED] = TO(RUNNING) | TO(STOPPED) | TO(ERROR),
	[RPROC_ERROR] = TO(STOPPED),
	[RPROC_STOPPED] = TO(OFFLINE) | TO(ERROR),
};

bool remoteproc_state_allows(unsigned int from, unsigned int to)
{
	return from < RPROC_LAST && to < RPROC_LAST && (transitions[from] >> to & 1);
}

const char *remoteproc_state_name(unsigned int state)
{
	static const char *const names[RPROC_LAST] = {
		[RPROC_OFFLINE] = "Offline",	 [RPROC_CONFIGURED] = "Configured",
		[RPROC_READY] = "Ready",	 [RPROC_RUNNING] = "Running",
		[RPROC_SUSPENDED] = "Suspended", [RPROC_ERROR] = "Error",
		[RPROC_STOPPED] = "Stopped",
	};

	return state < RPROC_LAST ? names[state] : "unknown";
}

struct remoteproc *remoteproc_init(struct remoteproc *rproc, const struct remoteproc_ops *ops,
				   void *priv)
{
	if (!rproc || !ops)
		return NULL;
	memset(rproc, 0, sizeof(*rproc));
	rproc->state = RPROC_OFFLINE;
	metal_mutex_init(&rproc->lock);
	metal_list_init(&rproc->mems);
	metal_list_init(&rproc->vdevs);
	rproc->bootaddr = METAL_BAD_PHYS;
	/* Some init callbacks set both, some rely on finding them. */
	rproc->ops = ops;
	rproc->priv = priv;
	if (!ops->init)
		return rproc;
	rproc = ops->init(rproc, ops, priv);
	if (rproc && !rproc->ops)
		rproc->ops = ops;
	return rproc;
}

int remoteproc_remove(struct remoteproc *rproc)
{
	int ret = 0;

	if (!rproc)
		return -RPROC_EINVAL;
	metal_mutex_acquire(&rproc->lock);
	if (rproc->state != RPROC_OFFLINE)
		ret = -RPROC_EAGAIN;
	metal_mutex_release(&rproc->lock);
	if (!ret && rproc->ops->remove)
		rproc->ops->remove(rproc);
	return ret;
}

typedef int (*rproc_op)(struct remoteproc *rproc);

/* Try a transition. With the lock held. on_failure: the state the driver's refusal leads to. */
static int move(struct remoteproc *rproc, unsigned int to, rproc_op op, unsigned int on_failure)
{
	int ret = 0;

	if (!remoteproc_state_allows(rproc->state, to))
		return -RPROC_EINVAL;
	if (op)
		ret = op(rproc);
	rproc->state = ret ? on_failure : to;
	return ret;
}

int remoteproc_config(struct remoteproc *rproc, void *data)
{
	int ret = -RPROC_EINVAL;

	if (!rproc)
		return -RPROC_ENODEV;
	metal_mutex_acquire(&rproc->lock);
	if (rproc->state == RPROC_OFFLINE)
		ret = rproc->ops->config ? rproc->ops->config(rproc, data) : 0;
	/* As OpenAMP does: the image may be where it belongs already. */
	if (!ret)
		rproc->state = RPROC_READY;
	metal_mutex_release(&rproc->lock);
	return ret;
}

int remoteproc_start(struct remoteproc *rproc)
{
	int ret;

	if (!rproc)
		return -RPROC_ENODEV;
	metal_mutex_acquire(&rproc->lock);
	/* Suspended -> Running is a resume, not a start. */
	ret = rproc->state == RPROC_READY
		      ? move(rproc, RPROC_RUNNING, rproc->ops->start, RPROC_READY)
		      : -RPROC_EINVAL;
	metal_mutex_release(&rproc->lock);
	return ret;
}

int remoteproc_stop(struct remoteproc *rproc)
{
	int ret;

	if (!rproc)
		return -RPROC_ENODEV;
	metal_mutex_acquire(&rproc->lock);
	ret = rproc->state == RPROC_STOPPED || rproc->state == RPROC_OFFLINE
		      ? 0
		      : move(rproc, RPROC_STOPPED, rproc->ops->stop, RPROC_ERROR);
	metal_mutex_release(&rproc->lock);
	return ret;
}

int remoteproc_suspend(struct remoteproc *rproc)
{
	int ret;

	if (!rproc)
		return -RPROC_ENODEV;
	metal_mutex_acquire(&rproc->lock);
	ret = move(rproc, RPROC_SUSPENDED, rproc->ops->suspend, rproc->state);
	metal_mutex_release(&rproc->lock);
	return ret;
}

int remoteproc_resume(struct remoteproc *rproc)
{
	int ret;

	if (!rproc)
		return -RPROC_ENODEV;
	metal_mutex_acquire(&rproc->lock);
	ret = rproc->state == RPROC_SUSPENDED
		      ? move(rproc, RPROC_RUNNING, rproc->ops->resume, RPROC_SUSPENDED)
		      : -RPROC_EINVAL;
	metal_mutex_release(&rproc->lock);
	return ret;
}

int remoteproc_shutdown(struct remoteproc *rproc)
{
	int ret = 0;

	if (!rproc)
		return -RPROC_ENODEV;
	metal_mutex_acquire(&rproc->lock);
	if (rproc->state == RPROC_OFFLINE)
		goto out;
	/* From a state that holds a core, through Stopped. */
	if (!remoteproc_state_allows(rproc->state, RPROC_OFFLINE))
		ret = move(rproc, RPROC_STOPPED, rproc->ops->stop, RPROC_ERROR);
	if (!ret)
		ret = move(rproc, RPROC_OFFLINE, rproc->ops->shutdown, RPROC_ERROR);
	if (!ret) {
		rproc->rsc_table = NULL;
		rproc->rsc_len = 0;
		rproc->rsc_io = NULL;
		rproc->bitmap = 0;
		rproc->bootaddr = METAL_BAD_PHYS;
	}
out:
	metal_mutex_release(&rproc->lock);
	return ret;
}

/* ---- notification ids, virtio devices ---- */

unsigned int remoteproc_allocate_id(struct remoteproc *rproc, unsigned int start, unsigned int end)
{
	unsigned int id, max = METAL_BITS_PER_ULONG;

	if (start == RSC_NOTIFY_ID_ANY)
		start = 0;
	if (!end || end == RSC_NOTIFY_ID_ANY || end > max)
		end = max;
	id = metal_bitmap_next_clear_bit(&rproc->bitmap, start, end);
	if (id >= end)
		return RSC_NOTIFY_ID_ANY;
	metal_bitmap_set_bit(&rproc->bitmap, (int)id);
	return id;
}

static int notify_remote(void *priv, uint32_t id)
{
	struct remoteproc *rproc = priv;

	return rproc->ops->notify ? rproc->ops->notify(rproc, id) : 0;
}

/* Place the rings of a VDEV entry, of which vdev_rsc is a private, checked copy. */
static int place_rings(struct remoteproc *rproc, struct virtio_device *vdev,
		       const uint8_t *vdev_rsc, unsigned int num)
{
	struct fw_rsc_vdev_vring ring;
	struct metal_io_region *io;
	metal_phys_addr_t da;
	unsigned int i;
	void *va;
	int ret;

	for (i = 0; i < num; i++) {
		memcpy(&ring, vdev_rsc + sizeof(struct fw_rsc_vdev) + i * sizeof(ring),
		       sizeof(ring));
		if (ring.da == FW_RSC_U32_ADDR_ANY)
			return -RPROC_EINVAL;
		da = ring.da;
		va = remoteproc_mmap(rproc, NULL, &da, (size_t)vring_size(ring.num, ring.align), 0,
				     &io);
		if (!va)
			return -RPROC_EINVAL;
		ret = rproc_virtio_init_vring(vdev, i, ring.notifyid, va, io, ring.num, ring.align);
		if (ret)
			return ret;
	}
	return 0;
}

static struct virtio_device *create_from(struct remoteproc *rproc, const struct rsc_entry *entry,
					 const uint8_t *copy, unsigned int role,
					 virtio_dev_reset_cb rst_cb)
{
	struct remoteproc_virtio *rpvdev;
	struct virtio_device *vdev;
	struct fw_rsc_vdev head;

	memcpy(&head, copy + entry->offset, sizeof(head));
	vdev = rproc_virtio_create_vdev(role, head.notifyid,
					(uint8_t *)rproc->rsc_table + entry->offset, rproc->rsc_io,
					rproc, notify_remote, rst_cb);
	if (!vdev)
		return NULL;
	rpvdev = metal_container_of(vdev, struct remoteproc_virtio, vdev);
	/* The entry may have changed since it was copied: what was checked counts. */
	rpvdev->config_len = head.config_len;
	if (vdev->vrings_num != head.num_of_vrings ||
	    place_rings(rproc, vdev, copy + entry->offset, head.num_of_vrings)) {
		rproc_virtio_remove_vdev(vdev);
		return NULL;
	}
	metal_list_add_tail(&rproc->vdevs, &rpvdev->node);
	return vdev;
}

static struct virtio_device *created_before(struct remoteproc *rproc, const void *vdev_rsc)
{
	struct metal_list *node;

	metal_list_for_each (&rproc->vdevs, node) {
		struct remoteproc_virtio *rpvdev =
			metal_container_of(node, struct remoteproc_virtio, node);

		if (rpvdev->vdev_rsc == vdev_rsc)
			return &rpvdev->vdev;
	}
	return NULL;
}

/* Are there rings that the driver is still to place? */
static bool unplaced(const uint8_t *vdev_rsc)
{
	struct fw_rsc_vdev_vring ring;
	struct fw_rsc_vdev head;
	unsigned int i;

	memcpy(&head, vdev_rsc, sizeof(head));
	for (i = 0; i < head.num_of_vrings; i++) {
		memcpy(&ring, vdev_rsc + sizeof(head) + i * sizeof(ring), sizeof(ring));
		if (ring.da == FW_RSC_U32_ADDR_ANY)
			return true;
	}
	return false;
}

/* With the lock held. *wait: nothing was done, the driver has to place the rings first. */
static struct virtio_device *create_virtio(struct remoteproc *rproc, unsigned int index,
					   unsigned int role, virtio_dev_reset_cb rst_cb,
					   bool *wait)
{
	struct virtio_device *vdev = NULL;
	const struct rsc_entry *entry;
	struct rsc_view view;
	void *copy;

	if (!rproc->rsc_table ||
	    rsc_table_snapshot(rproc->rsc_table, rproc->rsc_len, &copy, &view) != 0)
		return NULL;
	entry = rsc_table_find(&view, RSC_VDEV, index);
	if (entry)
		vdev = created_before(rproc, (uint8_t *)rproc->rsc_table + entry->offset);
	*wait = *wait && entry && !vdev && unplaced((uint8_t *)copy + entry->offset);
	if (entry && !vdev && !*wait)
		vdev = create_from(rproc, entry, copy, role, rst_cb);
	metal_free_memory(copy);
	return vdev;
}

struct virtio_device *remoteproc_create_virtio(struct remoteproc *rproc, int vdev_id,
					       unsigned int role,
					       void (*rst_cb)(struct virtio_device *vdev))
{
	uint32_t steps = RPROC_READY_TIMEOUT_US / RPROC_READY_STEP_US;
	struct virtio_device *vdev;
	bool wait;

	if (!rproc || vdev_id < 0 || (role != VIRTIO_DEV_DRIVER && role != VIRTIO_DEV_DEVICE))
		return NULL;
	for (;;) {
		wait = role == VIRTIO_DEV_DEVICE && steps-- > 0;
		metal_mutex_acquire(&rproc->lock);
		vdev = create_virtio(rproc, (unsigned int)vdev_id, role, rst_cb, &wait);
		metal_mutex_release(&rproc->lock);
		if (!wait)
			return vdev;
		(void)metal_sleep_usec(RPROC_READY_STEP_US);
	}
}

void remoteproc_remove_virtio(struct remoteproc *rproc, struct virtio_device *vdev)
{
	struct remoteproc_virtio *rpvdev;

	if (!rproc || !vdev)
		return;
	rpvdev = metal_container_of(vdev, struct remoteproc_virtio, vdev);
	metal_mutex_acquire(&rproc->lock);
	metal_list_del(&rpvdev->node);
	metal_mutex_release(&rproc->lock);
	rproc_virtio_remove_vdev(vdev);
}

int remoteproc_get_notification(struct remoteproc *rproc, uint32_t notifyid)
{
	struct metal_list *node, *next;
	int ret;

	if (!rproc)
		return 0;
	/* A callback may remove its own device. */
	for (node = rproc->vdevs.next; node != &rproc->vdevs; node = next) {
		struct remoteproc_virtio *rpvdev =
			metal_container_of(node, struct remoteproc_virtio, node);

		next = node->next;
		ret = rproc_virtio_notified(&rpvdev->vdev, notifyid);
		if (ret)
			return ret;
	}
	return 0;
}
