/* SPDX-License-Identifier: BSD-3-Clause */
/* The resource table of a remoteproc: checked on a copy, used in place. */
#include <metal/alloc.h>
#include <metal/utilities.h>
#include <openamp/rsc_table_parser.h>

#include "remoteproc_internal.h"

int rsc_fault_code(enum rsc_fault fault)
{
	switch (fault) {
	case RSC_OK:
		return 0;
	case RSC_BAD_VERSION:
		return -RPROC_ERR_RSC_TAB_VER;
	case RSC_BAD_VRINGS:
		return -RPROC_ERR_RSC_TAB_VDEV_NRINGS;
	case RSC_TOO_SHORT:
	case RSC_BAD_OFFSET:
	case RSC_ENTRY_CUT:
	case RSC_BAD_CONFIG_LEN:
		return -RPROC_ERR_RSC_TAB_TRUNC;
	default:
		return -RPROC_EINVAL;
	}
}

int rsc_table_snapshot(const void *table, size_t len, void **copy, struct rsc_view *view)
{
	if (len > RSC_TABLE_MAX)
		len = RSC_TABLE_MAX; /* what is behind it is no table */
	*copy = metal_allocate_memory((unsigned int)len + 1);
	if (!*copy)
		return -RPROC_ENOMEM;
	metal_copy_from_shared(*copy, table, len);
	if (rsc_table_check(*copy, len, view) == 0)
		return 0;
	metal_free_memory(*copy);
	return rsc_fault_code(view->fault);
}

/* Give an id to whoever asks for any, note those that are taken. In place: one word, ours. */
static int assign_id(struct remoteproc *rproc, uint8_t *word, uint32_t id)
{
	if (id != RSC_NOTIFY_ID_ANY) {
		if (id < METAL_BITS_PER_ULONG)
			rproc->bitmap |= metal_bit(id);
		return 0;
	}
	id = remoteproc_allocate_id(rproc, 0, 0);
	if (id == RSC_NOTIFY_ID_ANY)
		return -RPROC_ERR_RSC_TAB_NP;
	metal_shared_write32(word, id);
	return 0;
}

static int handle_vdev(struct remoteproc *rproc, uint8_t *place, const uint8_t *copy)
{
	struct fw_rsc_vdev_vring ring;
	struct fw_rsc_vdev vdev;
	unsigned int i;
	size_t at;
	int ret;

	memcpy(&vdev, copy, sizeof(vdev));
	ret = assign_id(rproc, place + offsetof(struct fw_rsc_vdev, notifyid), vdev.notifyid);
	for (i = 0; !ret && i < vdev.num_of_vrings; i++) {
		at = sizeof(vdev) + i * sizeof(ring);
		memcpy(&ring, copy + at, sizeof(ring));
		ret = assign_id(rproc, place + at + offsetof(struct fw_rsc_vdev_vring, notifyid),
				ring.notifyid);
	}
	return ret;
}

static int handle_entry(struct remoteproc *rproc, const struct rsc_entry *e, uint8_t *place,
			const uint8_t *copy)
{
	int ret = 0;

	if (e->type == RSC_VDEV)
		return handle_vdev(rproc, place, copy);
	if (e->type >= RSC_VENDOR_START && e->type <= RSC_VENDOR_END && rproc->ops->handle_rsc)
		ret = rproc->ops->handle_rsc(rproc, place, e->size);
	return ret == -RPROC_ERR_RSC_TAB_NS ? 0 : ret;
}

int handle_rsc_table(struct remoteproc *rproc, struct resource_table *rsc_table, size_t len,
		     struct metal_io_region *io)
{
	struct rsc_view view;
	unsigned long offset;
	unsigned int i;
	void *copy;
	int ret;

	if (!rproc || !rsc_table || (uintptr_t)rsc_table % 4)
		return -RPROC_EINVAL;
	if (io) {
		offset = metal_io_virt_to_offset(io, rsc_table);
		if (offset == METAL_BAD_OFFSET || !metal_io_range_ok(io, offset, len))
			return -RPROC_ERR_RSC_TAB_TRUNC;
	}
	ret = rsc_table_snapshot(rsc_table, len, &copy, &view);
	if (ret)
		return ret;
	for (i = 0; !ret && i < view.num; i++)
		ret = handle_entry(rproc, &view.entry[i],
				   (uint8_t *)rsc_table + view.entry[i].offset,
				   (const uint8_t *)copy + view.entry[i].offset);
	metal_free_memory(copy);
	return ret;
}

/* ---- entries one by one ---- */

static uint32_t word_at(const void *rsc, size_t offset)
{
	return metal_shared_read32((const uint8_t *)rsc + offset);
}

/* Is this memory with an address of its own? */
static int named_memory(const void *rsc, size_t da, size_t len)
{
	if (!rsc)
		return -RPROC_EINVAL;
	return word_at(rsc, da) != FW_RSC_U32_ADDR_ANY && word_at(rsc, len) ? 0
									    : -RPROC_ERR_RSC_TAB_NS;
}

int handle_carve_out_rsc(struct remoteproc *rproc, void *rsc)
{
	(void)rproc;
	return named_memory(rsc, offsetof(struct fw_rsc_carveout, da),
			    offsetof(struct fw_rsc_carveout, len));
}

int handle_trace_rsc(struct remoteproc *rproc, void *rsc)
{
	(void)rproc;
	return named_memory(rsc, offsetof(struct fw_rsc_trace, da),
			    offsetof(struct fw_rsc_trace, len));
}

int handle_vdev_rsc(struct remoteproc *rproc, void *rsc)
{
	uint8_t copy[sizeof(struct fw_rsc_vdev) +
		     RSC_MAX_VRINGS * sizeof(struct fw_rsc_vdev_vring)];
	unsigned int num;

	if (!rproc || !rsc)
		return -RPROC_EINVAL;
	num = metal_shared_read8((uint8_t *)rsc + offsetof(struct fw_rsc_vdev, num_of_vrings));
	if (num > RSC_MAX_VRINGS)
		return -RPROC_ERR_RSC_TAB_VDEV_NRINGS;
	metal_copy_from_shared(copy, rsc,
			       sizeof(struct fw_rsc_vdev) + num * sizeof(struct fw_rsc_vdev_vring));
	copy[offsetof(struct fw_rsc_vdev, num_of_vrings)] = (uint8_t)num;
	return handle_vdev(rproc, rsc, copy);
}

int handle_vendor_rsc(struct remoteproc *rproc, void *rsc)
{
	if (!rproc || !rsc)
		return -RPROC_EINVAL;
	if (!rproc->ops->handle_rsc)
		return -RPROC_ERR_RSC_TAB_NS;
	return rproc->ops->handle_rsc(rproc, rsc,
				      word_at(rsc, offsetof(struct fw_rsc_vendor, len)));
}

int remoteproc_adopt_rsc_table(struct remoteproc *rproc, void *table, size_t len,
			       struct metal_io_region *io)
{
	int ret = handle_rsc_table(rproc, table, len, io);

	if (ret)
		return ret;
	rproc->rsc_table = table;
	rproc->rsc_len = len;
	rproc->rsc_io = io;
	return 0;
}

int remoteproc_set_rsc_table(struct remoteproc *rproc, struct resource_table *rsc_table,
			     size_t rsc_size)
{
	struct metal_io_region *io;
	int ret;

	if (!rproc || !rsc_table || !rsc_size)
		return -RPROC_EINVAL;
	io = remoteproc_get_io_with_va(rproc, rsc_table);
	if (!io)
		return -RPROC_EINVAL;
	metal_mutex_acquire(&rproc->lock);
	ret = remoteproc_adopt_rsc_table(rproc, rsc_table, rsc_size, io);
	metal_mutex_release(&rproc->lock);
	return ret;
}

int remoteproc_parse_rsc_table(struct remoteproc *rproc, struct resource_table *rsc_table,
			       size_t rsc_size)
{
	struct metal_io_region *io = rproc ? remoteproc_get_io_with_va(rproc, rsc_table) : NULL;

	return handle_rsc_table(rproc, rsc_table, rsc_size, io);
}

size_t find_rsc(void *rsc_table, unsigned int rsc_type, unsigned int index)
{
	const uint8_t *table = rsc_table;
	uint32_t i, num, offset;

	if (!table || (uintptr_t)table % 4)
		return 0;
	num = metal_shared_read32(table + offsetof(struct resource_table, num));
	for (i = 0; i < num && i < RSC_MAX_ENTRIES; i++) {
		offset = metal_shared_read32(table + sizeof(struct resource_table) + 4 * i);
		if (offset % 4 || offset > RSC_TABLE_MAX)
			return 0;
		if (metal_shared_read32(table + offset) == rsc_type && !index--)
			return offset;
	}
	return 0;
}
