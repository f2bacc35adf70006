/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>

#include <metal/atomic.h>
#include <metal/io.h>

#include "client_priv.h"
#include "crash.h"
#include "link.h"
#include "link_table.h"
#include "machine.h"

const char *mica_crash_register(const struct mica_crash_info *crash, unsigned int i)
{
	const struct mica_machine *m = mica_machine(crash->machine);

	return i < crash->n_regs && i < m->n_regs ? m->reg[i] : "";
}

static void clean_text(char to[64], const char *from)
{
	size_t i = 0;

	for (; i < 63 && from[i]; i++)
		to[i] = from[i] >= 0x20 && from[i] < 0x7f ? from[i] : '?';
	to[i] = '\0';
}

bool mica_crash_check(const struct mica_crash *raw, uint16_t machine, bool process,
		      struct mica_crash_info *crash, char *reason, size_t size)
{
	memset(crash, 0, sizeof(*crash));
	if (raw->version != MICA_CRASH_VERSION) {
		snprintf(reason, size, "crashed; its crash record is of version %u, not %u",
			 raw->version, MICA_CRASH_VERSION);
		return false;
	}
	crash->found = true;
	crash->panic = raw->cause == MICA_CRASH_PANIC;
	crash->machine = raw->machine;
	crash->core = raw->core;
	crash->pc = raw->pc;
	crash->sp = raw->sp;
	crash->address = raw->fault_address;
	crash->syndrome = raw->syndrome;
	clean_text(crash->text, raw->text);
	if (raw->machine == machine)
		crash->n_regs = raw->n_regs < MICA_CRASH_REGS ? raw->n_regs : MICA_CRASH_REGS;
	memcpy(crash->reg, raw->reg, crash->n_regs * sizeof(crash->reg[0]));
	if (crash->panic)
		snprintf(reason, size, "crashed: panic: %s (pc 0x%llx)", crash->text,
			 (unsigned long long)crash->pc);
	else if (process)
		snprintf(reason, size, "crashed: %s at pc 0x%llx, address 0x%llx (signal %llu)",
			 crash->text, (unsigned long long)crash->pc,
			 (unsigned long long)crash->address, (unsigned long long)crash->syndrome);
	else
		snprintf(reason, size, "crashed: %s at pc 0x%llx, address 0x%llx (%s 0x%llx)",
			 crash->text, (unsigned long long)crash->pc,
			 (unsigned long long)crash->address, mica_machine(raw->machine)->syndrome,
			 (unsigned long long)crash->syndrome);
	return true;
}

/* The record's place comes from the client. */
static void read_record(struct mica_client *c, char *reason, size_t size)
{
	const uint8_t *v = c->link->table + c->table.vendor;
	struct mica_crash raw;
	uint32_t da, len;
	void *at;

	da = metal_shared_read32(v + offsetof(struct mica_rsc_vendor, crash_da));
	len = metal_shared_read32(v + offsetof(struct mica_rsc_vendor, crash_len));
	at = mica_window_va(c->link->win, c->link->n_win, da, sizeof(raw));
	if (len < sizeof(raw) || !at || da % 4) {
		snprintf(reason, size,
			 "crashed; it left no record that can be read (0x%x bytes at 0x%x)", len,
			 da);
		return;
	}
	if (c->ops->refresh)
		c->ops->refresh(c->ped, at, sizeof(raw));
	metal_copy_from_shared(&raw, at, sizeof(raw));
	mica_crash_check(&raw, mica_image_machine(&c->ops->caps), !c->ops->caps.needs_table_address,
			 &c->crash, reason, size);
}

void mica_crash_look(struct mica_client *c)
{
	char reason[256];

	if (!c->link || c->crash_seen || !c->link->open || !(c->link->features & MICA_F_CRASH) ||
	    mica_link_client_state(c->link) != MICA_CLIENT_CRASHED)
		return;
	c->crash_seen = true;
	read_record(c, reason, sizeof(reason));
	mica_client_crashed(c, reason);
}

void mica_crash_clear(struct mica_client *c)
{
	memset(&c->crash, 0, sizeof(c->crash));
	c->crash_seen = false;
	c->core_begun = c->core_done = false;
}
