/* SPDX-License-Identifier: BSD-3-Clause */
/* Words of the resource table that host and client exchange. */
#include <string.h>

#include <linux/mcs.h>
#include <metal/atomic.h>
#include <metal/io.h>
#include <metal/system/barrier.h>
#include <openamp/rsc_table.h>

#include "client_priv.h"
#include "link_table.h"

#define HOST_FEATURES                                                               \
	(MICA_F_READY | MICA_F_DOORBELL | MICA_F_CREDIT | MICA_F_LOG | MICA_F_UMT | \
	 MICA_F_HEARTBEAT | MICA_F_PING | MICA_F_CRASH | MICA_F_SUSPEND | MICA_F_LANES)

#define STATUS_WORD offsetof(struct resource_table, reserved)

uint32_t mica_link_features(const struct mica_link *link)
{
	uint32_t features = HOST_FEATURES;

	if (!link->table || !link->client->table.vendor)
		return 0;
	if (!link->db.kind || link->db.legacy)
		features &= ~MICA_F_DOORBELL;
	if (!link->client->table.vdev)
		features &= ~(MICA_F_CREDIT | MICA_F_PING);
	if (!link->pl.log)
		features &= ~MICA_F_LOG;
	if (!link->client->umt_da || !(link->client->table.features & features & MICA_F_CREDIT))
		features &= ~MICA_F_UMT;
	/* Who only looks needs a word that changes; the rings have one. */
	if (!link->pl.lanes || link->db.kind == MCS_DB_POLL)
		features &= ~MICA_F_LANES;
	return link->client->table.features & features;
}

void mica_link_keep_features(struct mica_link *link)
{
	uint32_t offset = link->client->table.vendor;

	if (link->table && offset)
		link->features &= metal_shared_read32(link->table + offset +
						      offsetof(struct mica_rsc_vendor, acked));
}

void mica_link_write_status(struct mica_link *link, uint32_t word)
{
	if (!link->table)
		return;
	metal_full_barrier();
	metal_shared_write32_release(link->table + STATUS_WORD, word);
}

uint32_t mica_link_read_status(struct mica_link *link)
{
	return link->table ? metal_shared_read32_acquire(link->table + STATUS_WORD) : 0;
}

void mica_link_write_vdev_status(struct mica_link *link, uint8_t status)
{
	uint8_t *byte = NULL;

	if (link->static_base)
		byte = link->static_base + MICA_STATIC_STATUS;
	else if (link->client->table.vdev)
		byte = link->table + link->client->table.vdev +
		       offsetof(struct fw_rsc_vdev, status);
	if (!byte || link->calm)
		return;
	/* Rings and buffers are complete before the client sees the bit it spins on. */
	metal_full_barrier();
	metal_shared_write8(byte, status);
}

uint32_t mica_link_client_state(const struct mica_link *link)
{
	return metal_shared_read32_acquire(link->table + link->client->table.vendor +
					   offsetof(struct mica_rsc_vendor, client_state));
}

/* So that each look of the watchdog finds another count. */
static uint32_t beat_ms(const struct mica_link *link)
{
	return (link->client->cfg.watchdog_ms + 1) / 2;
}

void mica_link_write_heartbeat(struct mica_link *link)
{
	uint32_t ms = beat_ms(link);

	if (ms == link->heartbeat_ms)
		return;
	link->heartbeat_ms = ms;
	metal_shared_write32_release(link->table + link->client->table.vendor +
					     offsetof(struct mica_rsc_vendor, heartbeat_ms),
				     ms);
	mica_client_kick(link->client);
}

uint32_t mica_link_heartbeat(struct mica_link *link)
{
	return metal_shared_read32_acquire(link->table + link->client->table.vendor +
					   offsetof(struct mica_rsc_vendor, heartbeat));
}

void mica_link_write_request(struct mica_link *link, uint32_t request)
{
	metal_shared_write32_release(link->table + link->client->table.vendor +
					     offsetof(struct mica_rsc_vendor, host_request),
				     request);
	mica_client_kick(link->client);
}

void mica_link_write_vendor(struct mica_link *link)
{
	struct mica_client *client = link->client;
	uint32_t offset = client->table.vendor;
	uint8_t *v = link->table + offset;
	struct mica_rsc_vendor host = { 0 };
	const size_t first = offsetof(struct mica_rsc_vendor, db_kind);
	const size_t last = offsetof(struct mica_rsc_vendor, client_state);

	if (!offset)
		return;
	if (link->features & MICA_F_DOORBELL) {
		host.db_kind = link->db.kind;
		host.db_kind_to_client = link->db.kind_to_client;
		host.db_to_host = link->db.to_host;
		host.db_to_client = link->db.to_client;
		host.db_addr = link->db.addr;
		host.db_target = link->db.target;
		host.db_value = link->db.value;
	}
	if (link->features & MICA_F_HEARTBEAT)
		host.heartbeat_ms = link->heartbeat_ms = beat_ms(link);
	/* One that is adopted stays as it is. */
	if (link->features & MICA_F_SUSPEND && client->state == MICA_SUSPENDED)
		host.host_request = MICA_REQUEST_SUSPEND;
	host.buf_size = MICA_BUFFER_SIZE;
	if (client->ops->stop_memory) {
		size_t size = 0;

		client->ops->stop_memory(client->ped, &host.stop_da, &size);
		host.stop_len = (uint32_t)size;
	}
	if (link->features & MICA_F_LANES)
		host.lanes_da = link->pl.lanes;
	metal_copy_to_shared(v + first, (uint8_t *)&host + first, last - first);
	metal_full_barrier();
	metal_shared_write32_release(v + offsetof(struct mica_rsc_vendor, acked), link->features);
}

/* 64-bit fields of an entry need be aligned to 4 only. */
static void write64(uint8_t *p, uint64_t value)
{
	metal_shared_write32(p, (uint32_t)value);
	metal_shared_write32(p + 4, (uint32_t)(value >> 32));
}

static void write_vdev(struct mica_link *link)
{
	const struct mica_table *t = &link->client->table;
	uint8_t *vdev = link->table + t->vdev;

	for (int i = 0; i < 2; i++)
		metal_shared_write32(vdev + sizeof(struct fw_rsc_vdev) +
					     (size_t)i * sizeof(struct fw_rsc_vdev_vring) +
					     offsetof(struct fw_rsc_vdev_vring, da),
				     (uint32_t)link->pl.vring[i]);
}

static void write_ring_pair(struct mica_link *link)
{
	uint8_t *pair = link->table + link->client->table.ring_pair;

	write64(pair + offsetof(struct mica_rsc_ring_pair, da), link->pl.gdb);
	write64(pair + offsetof(struct mica_rsc_ring_pair, pa), link->pl.gdb);
	write64(pair + offsetof(struct mica_rsc_ring_pair, len), MICA_GDB_RINGS_SIZE);
	metal_shared_write8(pair + offsetof(struct mica_rsc_ring_pair, state), 0);
}

void mica_link_write_log(struct mica_link *link)
{
	const struct mica_trace_entry *trace = &link->client->table.trace[0];

	if (link->features & MICA_F_LOG && trace->da == UINT32_MAX)
		metal_shared_write32(link->table + trace->offset +
					     offsetof(struct fw_rsc_trace, da),
				     (uint32_t)link->pl.log);
}

void mica_link_write_table(struct mica_link *link)
{
	const struct mica_table *t = &link->client->table;

	metal_shared_write32(link->table + STATUS_WORD, 0);
	mica_link_write_vdev_status(link, 0);
	if (t->vdev)
		write_vdev(link);
	if (t->ring_pair && link->pl.gdb)
		write_ring_pair(link);
	mica_link_write_log(link);
	if (t->vendor) {
		metal_shared_write32(link->table + t->vendor +
					     offsetof(struct mica_rsc_vendor, client_state),
				     MICA_CLIENT_BOOTING);
		mica_link_write_vendor(link);
	}
	mica_link_write_endpoints(link, NULL, 0);
}

void mica_link_write_endpoints(struct mica_link *link, const struct mica_ept_entry *ept,
			       unsigned int n)
{
	uint32_t offset = link->client->table.ept_table;
	struct mica_rsc_ept_table table = { .type = MICA_RSC_EPT_TABLE, .n = n };
	uint8_t *at = link->table + offset;

	if (!link->table || !offset)
		return;
	if (n)
		memcpy(table.ept, ept, n * sizeof(*ept));
	/* Emptied first: whoever reads it half-written, after this process was killed, finds less,
	 * never nonsense. */
	metal_shared_write32(at + offsetof(struct mica_rsc_ept_table, n), 0);
	metal_full_barrier();
	metal_copy_to_shared(at + offsetof(struct mica_rsc_ept_table, ept), table.ept,
			     sizeof(table.ept));
	metal_full_barrier();
	metal_shared_write32_release(at + offsetof(struct mica_rsc_ept_table, n), n);
}

unsigned int mica_link_read_endpoints(struct mica_link *link,
				      struct mica_ept_entry ept[MICA_EPT_TABLE_MAX])
{
	uint32_t offset = link->client->table.ept_table;
	struct mica_rsc_ept_table table;
	unsigned int n;

	if (!link->table || !offset)
		return 0;
	metal_copy_from_shared(&table, link->table + offset, sizeof(table));
	n = table.n < MICA_EPT_TABLE_MAX ? table.n : MICA_EPT_TABLE_MAX;
	for (unsigned int i = 0; i < n; i++)
		table.ept[i].name[sizeof(table.ept[i].name) - 1] = '\0';
	memcpy(ept, table.ept, n * sizeof(*ept));
	return n;
}
