// SPDX-License-Identifier: BSD-3-Clause
/*
 * Where things are: the resource table (in place, shared with the host) or the legacy static
 * layout. The host writes into the table at any time, so every field is read once.
 */
#include <metal/atomic.h>
#include <openamp/rpmsg_hdr.h>

#include "session.h"

static struct mica_rsc_rpmsg static_rsc;

/* The host may have aligned an entry to 4 only. */
static uint64_t read64(const void *p)
{
	return metal_shared_read32(p) | (uint64_t)metal_shared_read32((const uint8_t *)p + 4) << 32;
}

static void *entry(struct session *s, uint32_t offset, size_t size)
{
	if (offset % 4 || offset > s->table_size || size > s->table_size - offset)
		return NULL;
	return (unsigned char *)s->table + offset;
}

static int find_entries(struct session *s)
{
	uint32_t num = metal_shared_read32_acquire(&s->table->num);
	const uint32_t *offsets = entry(s, sizeof(*s->table), (size_t)num * 4);

	if (!offsets || num > s->table_size / 4)
		return -1;
	for (uint32_t i = 0; i < num; i++) {
		uint32_t offset = metal_shared_read32_acquire(&offsets[i]);
		const uint32_t *type = entry(s, offset, sizeof(*type));

		if (!type)
			return -1;
		if (metal_shared_read32_acquire(type) == RSC_VDEV && !s->rsc)
			s->rsc = entry(s, offset, sizeof(*s->rsc));
		else if (metal_shared_read32_acquire(type) == MICA_RSC_VENDOR && !s->vendor)
			s->vendor = entry(s, offset, sizeof(*s->vendor));
		else if (metal_shared_read32_acquire(type) == MICA_RSC_RING_PAIR && !s->ring_pair)
			s->ring_pair = entry(s, offset, sizeof(*s->ring_pair));
		else if (metal_shared_read32_acquire(type) == RSC_TRACE && !s->trace)
			s->trace = entry(s, offset, sizeof(*s->trace));
		else if (metal_shared_read32_acquire(type) == MICA_RSC_CRASH && !s->crash)
			s->crash = entry(s, offset, sizeof(*s->crash));
	}
	return s->rsc && s->rsc->num_of_vrings == 2 ? 0 : -1;
}

static void use_static_layout(struct session *s)
{
	uint64_t base;
	size_t size;

	base = mica_chip_comm(&size);
	static_rsc = (struct mica_rsc_rpmsg)MICA_RSC_RPMSG_VDEV(MICA_STATIC_NUM, MICA_STATIC_ALIGN);
	static_rsc.gfeatures = 1;
	static_rsc.vring[0].da = (uint32_t)(base + MICA_STATIC_VRING0);
	static_rsc.vring[1].da = (uint32_t)(base + MICA_STATIC_VRING1);
	s->rsc = &static_rsc;
}

/* Image addresses are device addresses, unless the table was moved into communication memory. */
static uint32_t device_address(const void *va)
{
	uint64_t da = mica_chip_to_da(va);

	return (uint32_t)(da == MICA_CHIP_NO_DA ? (uintptr_t)va : da);
}

/* Only what both sides know is used: what was acknowledged is a subset of what we offer. */
void sdk_layout_read_vendor(struct session *s)
{
	struct mica_rsc_vendor *v = s->vendor;

	mica_chip_doorbell_default(&s->doorbell);
	s->acked = v ? metal_shared_read32_acquire(&v->acked) & v->features : 0;
	if (!s->crash)
		s->acked &= ~MICA_F_CRASH;
	if (s->acked & MICA_F_CRASH) {
		metal_shared_write32(&v->crash_da, device_address(&s->crash->record));
		metal_shared_write32(&v->crash_len, sizeof(s->crash->record));
	}
	if (s->acked & MICA_F_LANES) {
		s->lanes_da = read64(&v->lanes_da);
		/* One that is wrong is refused by the lanes. */
		s->lanes_max = metal_shared_read32_acquire(&v->buf_size) -
			       (uint32_t)sizeof(struct rpmsg_hdr);
	}
	/* Without it the host cannot force us, nothing else. */
	if (s->acked)
		(void)mica_chip_map_stop(read64(&v->stop_da),
					 metal_shared_read32_acquire(&v->stop_len));
	if (!(s->acked & MICA_F_DOORBELL) || s->quirks.legacy_doorbell)
		return;
	s->doorbell = (struct mica_chip_doorbell){
		.kind = metal_shared_read32_acquire(&v->db_kind),
		.kind_to_client = metal_shared_read32_acquire(&v->db_kind_to_client),
		.to_host = metal_shared_read32_acquire(&v->db_to_host),
		.to_client = metal_shared_read32_acquire(&v->db_to_client),
		.value = metal_shared_read32_acquire(&v->db_value),
		.addr = read64(&v->db_addr),
		.target = read64(&v->db_target),
	};
}

int sdk_layout_find(struct session *s)
{
	s->table = mica_chip_resource_table(&s->table_size);
	if (!s->table)
		use_static_layout(s);
	else if (find_entries(s) != 0)
		return -1;
	sdk_layout_read_vendor(s);
	return 0;
}

bool sdk_layout_driver_ok(struct session *s)
{
	if (!s->table) {
		size_t size;
		uint64_t da = mica_chip_comm(&size) + MICA_STATIC_STATUS;
		const void *status = mica_chip_to_va(da, 1);

		s->rsc->status = status ? metal_shared_read8_acquire(status) : 0;
	}
	return metal_shared_read8_acquire(&s->rsc->status) & VIRTIO_CONFIG_STATUS_DRIVER_OK;
}

uint32_t sdk_status_read(const struct session *s)
{
	return s->table ? metal_shared_read32_acquire(&s->table->status) : 0;
}

void sdk_status_write(struct session *s, uint32_t word)
{
	mica_chip_mb();
	if (s->table)
		metal_shared_write32_release(&s->table->status, word);
}

void sdk_client_state(struct session *s, uint32_t state)
{
	mica_chip_wmb();
	if (!s->crashed && s->acked & (MICA_F_READY | MICA_F_CRASH | MICA_F_SUSPEND))
		metal_shared_write32_release(&s->vendor->client_state, state);
}

uint32_t sdk_heartbeat(struct session *s)
{
	uint64_t now, period;
	uint32_t ms;

	if (!(s->acked & MICA_F_HEARTBEAT))
		return MICA_OS_FOREVER;
	ms = metal_shared_read32_acquire(&s->vendor->heartbeat_ms);
	if (!ms)
		return MICA_OS_FOREVER;
	now = mica_os_time_us();
	period = (uint64_t)ms * 1000u;
	/* Also when the period became shorter. */
	if (now >= s->beat_us || s->beat_us - now > period) {
		metal_shared_write32_release(&s->vendor->heartbeat, s->vendor->heartbeat + 1u);
		s->beat_us = now + period;
	}
	return (uint32_t)((s->beat_us - now + 999u) / 1000u);
}

bool sdk_suspend_asked(const struct session *s)
{
	return s->acked & MICA_F_SUSPEND &&
	       metal_shared_read32_acquire(&s->vendor->host_request) == MICA_REQUEST_SUSPEND;
}
