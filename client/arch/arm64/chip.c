// SPDX-License-Identifier: BSD-3-Clause
/* Chip axis of the SDK on arm64 with a GIC. */
#include "arm64.h"
#include "board.h"
#include "mica_chip.h"

#define SGI_COUNT 16u

static struct {
	uint32_t sgi; /* SGI_COUNT: not connected */
	void (*isr)(void *arg);
	void *arg;
} doorbell = { .sgi = SGI_COUNT };

void mica_chip_doorbell_default(struct mica_chip_doorbell *db)
{
	*db = (struct mica_chip_doorbell){
		.kind = MICA_DB_SGI,
		.to_host = BOARD_SGI_LEGACY,
		.to_client = BOARD_SGI_LEGACY,
		.target = 0,
	};
}

int mica_chip_doorbell_connect(const struct mica_chip_doorbell *db, void (*isr)(void *arg),
			       void *arg)
{
	if (db->kind != MICA_DB_SGI || db->to_client >= SGI_COUNT || db->to_host >= SGI_COUNT)
		return -1;
	if (doorbell.sgi < SGI_COUNT)
		arm64_gic_disable(doorbell.sgi);
	doorbell.isr = isr;
	doorbell.arg = arg;
	doorbell.sgi = db->to_client;
	arm64_gic_enable(doorbell.sgi);
	return 0;
}

void arm64_doorbell_irq(uint32_t sgi)
{
	if (sgi == doorbell.sgi)
		doorbell.isr(doorbell.arg);
}

int mica_chip_map_stop(uint64_t da, size_t size)
{
	(void)da;
	return size ? -1 : 0;
}

void mica_chip_doorbell_raise(const struct mica_chip_doorbell *db)
{
	if (db->kind == MICA_DB_SGI)
		arm64_gic_send_sgi(db->to_host, db->target);
}

void mica_chip_power_off(void)
{
	__asm__ volatile("msr daifset, #15" ::: "memory");
	arm64_timer_off();
	arm64_gic_off();
	arm64_psci_cpu_off();
}

static uint64_t line_size(void)
{
	return 4u << ((read_sysreg("ctr_el0") >> 16) & 15);
}

void mica_chip_cache_clean(const void *va, size_t size)
{
	uint64_t line = line_size(), p = (uint64_t)va & ~(line - 1);

	for (; p < (uint64_t)va + size; p += line)
		__asm__ volatile("dc cvac, %0" ::"r"(p) : "memory");
	dsb("sy");
}

void mica_chip_cache_invalidate(void *va, size_t size)
{
	uint64_t line = line_size(), p = (uint64_t)va & ~(line - 1);

	for (; p < (uint64_t)va + size; p += line)
		__asm__ volatile("dc civac, %0" ::"r"(p) : "memory"); /* keeps neighbours' data */
	dsb("sy");
}

void mica_chip_mb(void)
{
	dmb("osh");
}

void mica_chip_rmb(void)
{
	dmb("oshld");
}

void mica_chip_wmb(void)
{
	dmb("oshst");
}
