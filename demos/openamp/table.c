/* SPDX-License-Identifier: BSD-3-Clause */
#include <metal/errno.h>
#include <metal/atomic.h>
#include <openamp/rsc_table.h>
#include <openamp/virtio.h>
#include <openamp/virtio_ring.h>

#include "map.h"
#include "port.h"
#include "table.h"

static const uint32_t initial[DEMO_WORDS] = DEMO_TABLE_INIT;
static const uint32_t ring_at[2] = { DEMO_VRING0, DEMO_VRING1 };

static uint8_t *place(struct demo_table *t)
{
	return metal_io_virt(t->io, DEMO_TABLE);
}

static uint8_t *vdev_field(struct demo_table *t, size_t offset)
{
	return place(t) + t->vdev + offset;
}

static uint8_t *ring_field(struct demo_table *t, unsigned int i, size_t offset)
{
	return vdev_field(t, sizeof(struct fw_rsc_vdev) + i * sizeof(struct fw_rsc_vdev_vring) +
				     offset);
}

#define VDEV(t, name)	 vdev_field(t, offsetof(struct fw_rsc_vdev, name))
#define RING(t, i, name) ring_field(t, i, offsetof(struct fw_rsc_vdev_vring, name))

static void put_ours(struct demo_table *t)
{
	for (unsigned int i = 0; i < DEMO_WORDS; i++)
		metal_shared_write32(place(t) + 4 * i, initial[i]);
	t->vdev = DEMO_VDEV_OFFSET;
}

/* Where a sound table of another program has its entry; 0: there is none. */
static uint32_t find_vdev(struct demo_table *t, uint32_t num[2], uint32_t align[2])
{
	const struct rsc_entry *entry;
	_Alignas(8) uint8_t copy[TABLE_BYTES];
	struct fw_rsc_vdev_vring ring;
	struct fw_rsc_vdev vdev;
	struct rsc_view view;

	metal_copy_from_shared(copy, place(t), sizeof(copy));
	if (rsc_table_check(copy, sizeof(copy), &view))
		return 0;
	entry = rsc_table_find(&view, RSC_VDEV, 0);
	if (!entry)
		return 0;
	memcpy(&vdev, copy + entry->offset, sizeof(vdev));
	if (vdev.id != VIRTIO_ID_RPMSG || vdev.num_of_vrings != 2)
		return 0;
	for (unsigned int i = 0; i < 2; i++) {
		memcpy(&ring, copy + entry->offset + sizeof(vdev) + i * sizeof(ring), sizeof(ring));
		if (ring.num > DEMO_VRING_NUM || ring.align > DEMO_VRING_ALIGN || ring.align < 4 ||
		    (size_t)vring_size(ring.num, ring.align) > DEMO_VRING_SIZE)
			return 0;
		num[i] = ring.num;
		align[i] = ring.align;
	}
	return entry->offset;
}

static uint32_t ring_address(const struct demo_table *t, unsigned int i)
{
	return (uint32_t)(t->base + ring_at[i]);
}

static void fill_in(struct demo_table *t)
{
	for (unsigned int i = 0; i < 2; i++)
		metal_shared_write32(RING(t, i, da), ring_address(t, i));
}

int table_open(struct demo_table *t, struct metal_io_region *io, metal_phys_addr_t base,
	       bool driver)
{
	*t = (struct demo_table){ .io = io, .base = base };
	if (base + DEMO_SIZE - 1 > UINT32_MAX) {
		port_error("base 0x%lx: addresses of rings have 32 bits", base);
		return -EPROTO;
	}
	if (driver)
		t->vdev = find_vdev(t, t->num, t->align);
	if (!t->vdev) {
		put_ours(t);
		t->num[0] = t->num[1] = DEMO_VRING_NUM;
		t->align[0] = t->align[1] = DEMO_VRING_ALIGN;
	}
	if (driver) {
		metal_shared_write8(VDEV(t, status), 0);
		fill_in(t);
	}
	return 0;
}

bool table_driver_ok(struct demo_table *t)
{
	if (!(metal_shared_read8_acquire(VDEV(t, status)) & VIRTIO_CONFIG_STATUS_DRIVER_OK))
		return false;
	return metal_shared_read32(RING(t, 0, da)) != FW_RSC_U32_ADDR_ANY &&
	       metal_shared_read32(RING(t, 1, da)) != FW_RSC_U32_ADDR_ANY;
}

bool table_filled_in(struct demo_table *t)
{
	return t->vdev && metal_shared_read32(RING(t, 0, da)) == ring_address(t, 0) &&
	       metal_shared_read32(RING(t, 1, da)) == ring_address(t, 1);
}

static bool is_ours(struct demo_table *t)
{
	return metal_shared_read8(VDEV(t, status)) & VIRTIO_CONFIG_STATUS_DRIVER_OK &&
	       table_filled_in(t);
}

int table_restore(struct demo_table *t)
{
	uint32_t num[2], align[2], vdev;

	if (is_ours(t)) {
		t->lost = false;
		return 0;
	}
	/* The client may be in the middle of writing it: at the next look it is there whole. */
	if (!t->lost) {
		t->lost = true;
		return 0;
	}
	vdev = find_vdev(t, num, align);
	if (!vdev)
		return 0;
	for (unsigned int i = 0; i < 2; i++) {
		if (num[i] != t->num[i] || align[i] != t->align[i]) {
			port_error("the client has come with rings of %u and not %u: start "
				   "its command first",
				   num[i], t->num[i]);
			return -EPROTO;
		}
	}
	t->vdev = vdev;
	t->lost = false;
	fill_in(t);
	metal_shared_write32(VDEV(t, gfeatures), metal_shared_read32(VDEV(t, dfeatures)) & 1u);
	metal_shared_write8_release(VDEV(t, status), VIRTIO_CONFIG_STATUS_DRIVER_OK);
	return 0;
}

void table_close(struct demo_table *t)
{
	metal_shared_write8_release(VDEV(t, status), 0);
}
