// SPDX-License-Identifier: BSD-3-Clause
/*
 * Chip axis of the SDK on riscv64 in S-mode. Linux signals this hart by a raw interrupt of SBI;
 * this hart signals Linux by a store to a register, or not at all: then Linux looks by itself.
 */
#include "bare.h"
#include "board.h"
#include "mica_chip.h"
#include "riscv64.h"

#define STOP_MAX 0x10000u /* more than this is no page of a few instructions */

static struct {
	void (*isr)(void *arg); /* NULL: not connected */
	void *arg;
} doorbell;

void mica_chip_doorbell_default(struct mica_chip_doorbell *db)
{
	*db = (struct mica_chip_doorbell){
		.kind = MICA_DB_POLL,
		.kind_to_client = MICA_DB_SBI_IPI,
		.to_client = IRQ_SOFTWARE,
	};
}

static bool inside(uint64_t addr, uint64_t base, uint64_t size)
{
	return addr >= base && addr - base < size;
}

/* The register comes from the host: one of the interrupt controller, and nothing else. */
static bool map_register(uint64_t addr)
{
	if (addr % 4 || !(inside(addr, BOARD_INTC_BASE, BOARD_INTC_SIZE) ||
			  inside(addr, BOARD_IMSIC_BASE, BOARD_IMSIC_SIZE)))
		return false;
	return riscv64_mmu_device(addr & ~(BARE_PAGE - 1), BARE_PAGE);
}

int mica_chip_doorbell_connect(const struct mica_chip_doorbell *db, void (*isr)(void *arg),
			       void *arg)
{
	uint32_t kind_in = db->kind_to_client ? db->kind_to_client : db->kind;

	if (kind_in != MICA_DB_SBI_IPI || db->to_client != IRQ_SOFTWARE)
		return -1;
	if (db->kind != MICA_DB_POLL && (db->kind != MICA_DB_MMIO || !map_register(db->addr)))
		return -1;
	doorbell.isr = isr;
	doorbell.arg = arg;
	csr_set("sie", SIE_BIT(IRQ_SOFTWARE));
	return 0;
}

void riscv64_doorbell_irq(void)
{
	csr_clear("sip", SIE_BIT(IRQ_SOFTWARE));
	if (doorbell.isr)
		doorbell.isr(doorbell.arg);
}

int mica_chip_map_stop(uint64_t da, size_t size)
{
	if (!size)
		return 0;
	if (size > STOP_MAX || !riscv64_mmu_executable(da, size))
		return -1;
	riscv64_stop_code = da;
	return 0;
}

void mica_chip_doorbell_raise(const struct mica_chip_doorbell *db)
{
	fence("rw", "orw"); /* what the doorbell is about is there before it rings */
	if (db->kind == MICA_DB_MMIO)
		*(volatile uint32_t *)db->addr = db->value;
}

void mica_chip_power_off(void)
{
	csr_clear("sstatus", SSTATUS_SIE);
	csr_write("sie", 0);
	riscv64_timer_off();
	riscv64_sbi_hart_stop();
}

/* The board's harts are coherent: board.h. */
void mica_chip_cache_clean(const void *va, size_t size)
{
	(void)va;
	(void)size;
	fence("rw", "rw");
}

void mica_chip_cache_invalidate(void *va, size_t size)
{
	(void)va;
	(void)size;
	fence("rw", "rw");
}

void mica_chip_mb(void)
{
	fence("rw", "rw");
}

void mica_chip_rmb(void)
{
	fence("r", "rw");
}

void mica_chip_wmb(void)
{
	fence("w", "w");
}
