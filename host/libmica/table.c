/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <openamp/rsc_table.h>
#include <openamp/virtio.h>
#include <openamp/virtio_ring.h>

#include "mica/abi.h"
#include "link_lanes.h"
#include "table.h"

static uint32_t offset_of(const struct rsc_view *view, uint32_t type, size_t need)
{
	const struct rsc_entry *e = rsc_table_find(view, type, 0);

	return e && e->size >= need ? e->offset : 0;
}

static int read_vdev(const uint8_t *copy, const struct rsc_view *view, const char *image,
		     struct mica_table *t, struct mica_error *err)
{
	const struct rsc_entry *e;
	struct fw_rsc_vdev vdev;

	for (unsigned int i = 0; (e = rsc_table_find(view, RSC_VDEV, i)); i++) {
		memcpy(&vdev, copy + e->offset, sizeof(vdev));
		if (vdev.id == VIRTIO_ID_RPMSG)
			break;
	}
	if (!e)
		return 0; /* a client that only runs */
	if (vdev.num_of_vrings != 2)
		return mica_fail(err, MICA_E_FIRMWARE,
				 "image %s: its rpmsg device has %u vrings, 2 are needed", image,
				 vdev.num_of_vrings);
	t->vdev = e->offset;
	t->notifyid = vdev.notifyid;
	for (int i = 0; i < 2; i++) {
		struct fw_rsc_vdev_vring v;

		memcpy(&v, copy + e->offset + sizeof(vdev) + (size_t)i * sizeof(v), sizeof(v));
		t->vring[i] = (struct mica_vring){ v.da, v.align, v.num, v.notifyid };
	}
	return 0;
}

/* Lines are told apart by their source: one name, one source. */
static void make_unique(struct mica_table *t, unsigned int i)
{
	static const char *const taken[] = { "log", "micad", "rpc" };
	char *name = t->trace[i].name, was[24];
	bool hit = false;

	for (size_t k = 0; k < sizeof(taken) / sizeof(taken[0]); k++)
		hit = hit || !strcmp(name, taken[k]);
	for (unsigned int k = 0; k < i; k++)
		hit = hit || !strcmp(name, t->trace[k].name);
	if (!hit)
		return;
	snprintf(was, sizeof(was), "%.23s", name);
	/* Its own offset cannot be another's. */
	snprintf(name, sizeof(t->trace[i].name), "%s@%x", was, t->trace[i].offset & 0xffffffu);
}

/* More than are looked at are left alone: the client runs all the same. */
static void read_traces(const uint8_t *copy, const struct rsc_view *view, struct mica_table *t)
{
	const struct rsc_entry *e;
	struct fw_rsc_trace trace;

	for (unsigned int i = 0; t->n_traces < MICA_TRACES_MAX; i++) {
		struct mica_trace_entry *out = &t->trace[t->n_traces];

		e = rsc_table_find(view, RSC_TRACE, i);
		if (!e)
			break;
		memcpy(&trace, copy + e->offset, sizeof(trace));
		out->offset = e->offset;
		out->da = trace.da;
		out->len = trace.len;
		for (size_t k = 0; k + 1 < sizeof(out->name) && trace.name[k]; k++)
			out->name[k] = trace.name[k] > ' ' && trace.name[k] < 0x7f
					       ? (char)trace.name[k]
					       : '_';
		if (!out->name[0])
			snprintf(out->name, sizeof(out->name), "trace%u", i);
		make_unique(t, t->n_traces++);
	}
}

bool mica_table_has_log(const struct mica_table *t)
{
	return t->features & MICA_F_LOG && t->n_traces &&
	       t->trace[0].len >= sizeof(struct mica_log_ring) + MICA_LOG_MIN &&
	       t->trace[0].len <= MICA_TRACE_MAX;
}

int mica_table_check(const void *copy, size_t len, uint64_t da, const char *image,
		     struct mica_table *t, struct mica_error *err)
{
	struct mica_rsc_vendor vendor;
	struct rsc_view view;

	memset(t, 0, sizeof(*t));
	if (rsc_table_check(copy, len, &view)) {
		char where[32] = "header";

		if (view.index >= 0)
			snprintf(where, sizeof(where), "entry %d", view.index);
		return mica_fail(
			err, MICA_E_FIRMWARE,
			"image %s: resource table is corrupt, %s: %s (0x%x): build the image again",
			image, where, rsc_fault_text(view.fault), view.value);
	}
	if (da % 4)
		return mica_fail(err, MICA_E_FIRMWARE,
				 "image %s: resource table at 0x%llx is not aligned to 4", image,
				 (unsigned long long)da);
	t->present = true;
	t->da = da;
	t->len = (uint32_t)rsc_table_size(&view);
	t->ept_table = offset_of(&view, MICA_RSC_EPT_TABLE, sizeof(struct mica_rsc_ept_table));
	t->ring_pair = offset_of(&view, MICA_RSC_RING_PAIR, sizeof(struct mica_rsc_ring_pair));
	t->vring_offset =
		offset_of(&view, MICA_RSC_VRING_OFFSET, sizeof(struct mica_rsc_vring_offset));
	t->vendor = offset_of(&view, MICA_RSC_VENDOR, sizeof(vendor));
	if (t->vendor) {
		memcpy(&vendor, (const uint8_t *)copy + t->vendor, sizeof(vendor));
		if (vendor.version != MICA_VENDOR_VERSION)
			t->vendor = 0; /* of another version: as if there were none */
		else
			t->features = vendor.features;
	}
	read_traces(copy, &view, t);
	return read_vdev(copy, &view, image, t, err);
}

static uint64_t align_up(uint64_t x, uint64_t align)
{
	return (x + align - 1) & ~(align - 1);
}

int mica_place(const struct mica_table *t, uint64_t da, size_t size, bool debug,
	       struct mica_placement *pl, struct mica_error *err)
{
	uint64_t at = da;

	memset(pl, 0, sizeof(*pl));
	/* Rings the image has placed itself may lie in the pool: nothing else goes there. */
	for (int i = 0; i < 2 && t->vdev; i++) {
		uint64_t end =
			align_up((uint64_t)t->vring[i].da +
					 (uint64_t)vring_size(t->vring[i].num, t->vring[i].align),
				 16);

		if (t->vring[i].da != UINT32_MAX && t->vring[i].da < da + size && end > at)
			at = end;
	}
	for (int i = 0; i < 2 && t->vdev; i++) {
		const struct mica_vring *v = &t->vring[i];

		pl->vring_size[i] =
			(uint32_t)align_up((uint64_t)vring_size(v->num, v->align), v->align);
		if (v->da != UINT32_MAX) {
			pl->vring[i] = v->da;
			continue;
		}
		at = align_up(at, v->align);
		pl->vring[i] = at;
		at += pl->vring_size[i];
	}
	if (t->vdev) {
		pl->buffers_size = (t->vring[0].num + t->vring[1].num) * MICA_BUFFER_SIZE;
		pl->buffers = at;
		at += pl->buffers_size;
	}
	if (debug && t->ring_pair) {
		at = align_up(at, 16);
		pl->gdb = at;
		at += MICA_GDB_RINGS_SIZE;
	}
	if (mica_table_has_log(t)) {
		pl->log = t->trace[0].da;
		if (t->trace[0].da == UINT32_MAX) {
			at = align_up(at, 16);
			pl->log = at;
			at += t->trace[0].len;
		}
	}
	/* What is only an offer is left out rather than refused. */
	if (t->vdev && t->features & MICA_F_LANES && t->features & MICA_F_CREDIT &&
	    align_up(at, RPMSG_LANE_LINE) + MICA_LANES_BYTES <= da + size) {
		pl->lanes = align_up(at, RPMSG_LANE_LINE);
		at = pl->lanes + MICA_LANES_BYTES;
	}
	if (at - da > size)
		return mica_fail(err, MICA_E_FIRMWARE,
				 "vrings, buffers and log need 0x%llx bytes, the client's pool at "
				 "0x%llx has 0x%zx: "
				 "use fewer descriptors (num %u and %u)",
				 (unsigned long long)(at - da), (unsigned long long)da, size,
				 t->vring[0].num, t->vring[1].num);
	/* Descriptors carry 64-bit addresses, the table's vring fields 32. */
	if (at > UINT32_MAX)
		return mica_fail(err, MICA_E_PLATFORM,
				 "pool at 0x%llx lies above 4 GiB: a resource table cannot name it",
				 (unsigned long long)da);
	return 0;
}

void mica_place_static(uint64_t da, struct mica_table *t, struct mica_placement *pl)
{
	memset(t, 0, sizeof(*t));
	memset(pl, 0, sizeof(*pl));
	for (int i = 0; i < 2; i++) {
		t->vring[i].align = MICA_STATIC_ALIGN;
		t->vring[i].num = MICA_STATIC_NUM;
		t->vring[i].notifyid = (uint32_t)i;
		pl->vring_size[i] =
			(uint32_t)align_up((uint64_t)vring_size(MICA_STATIC_NUM, MICA_STATIC_ALIGN),
					   MICA_STATIC_ALIGN);
	}
	pl->vring[0] = da + MICA_STATIC_VRING0;
	pl->vring[1] = da + MICA_STATIC_VRING1;
	/* The first 16 are what the client sends with: the buffers posted in vring 0. */
	pl->buffers = da + MICA_STATIC_POOL;
	pl->buffers_size = 2 * MICA_STATIC_NUM * MICA_BUFFER_SIZE;
}
