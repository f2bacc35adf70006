// SPDX-License-Identifier: BSD-3-Clause
/* GICv3 (ARM IHI 0069): this core's redistributor and the CPU interface's system registers. */
#include "arm64.h"
#include "board.h"

/* Redistributor: control frame, then at +64 KiB the frame for SGIs and PPIs. */
#define GICR_CTLR	0x0000
#define GICR_TYPER	0x0008
#define GICR_WAKER	0x0014
#define GICR_SGI	0x10000
#define GICR_IGROUPR0	(GICR_SGI + 0x080)
#define GICR_ISENABLER0 (GICR_SGI + 0x100)
#define GICR_ICENABLER0 (GICR_SGI + 0x180)
#define GICR_ICPENDR0	(GICR_SGI + 0x280)
#define GICR_ICACTIVER0 (GICR_SGI + 0x380)
#define GICR_IPRIORITYR (GICR_SGI + 0x400)
#define GICR_IGRPMODR0	(GICR_SGI + 0xD00)
#define GICR_STRIDE	0x20000ull

#define TYPER_VLPIS  (1u << 1)
#define TYPER_LAST   (1u << 4)
#define WAKER_SLEEP  (1u << 1)
#define WAKER_ASLEEP (1u << 2)
#define CTLR_RWP     (1u << 3)

#define PRIORITIES 0xA0A0A0A0u
#define SPIN_MAX   1000000u

#define ICC_PMR	    "S3_0_C4_C6_0"
#define ICC_IAR1    "S3_0_C12_C12_0"
#define ICC_EOIR1   "S3_0_C12_C12_1"
#define ICC_BPR1    "S3_0_C12_C12_3"
#define ICC_CTLR    "S3_0_C12_C12_4"
#define ICC_SRE	    "S3_0_C12_C12_5"
#define ICC_IGRPEN1 "S3_0_C12_C12_7"
#define ICC_SGI1R   "S3_0_C12_C11_5"

static uint64_t gicr;

/* TYPER carries Aff3.Aff2.Aff1.Aff0 in its upper half, MPIDR has Aff3 eight bits further up. */
static uint64_t find_redistributor(void)
{
	uint64_t mpidr = read_sysreg("mpidr_el1") & MPIDR_AFFINITY;
	uint64_t want = (mpidr & 0xFFFFFF) | ((mpidr >> 32 & 0xFF) << 24);
	uint64_t at = BOARD_GICR, typer;

	for (unsigned int i = 0; i < BOARD_GICR_MAX; i++) {
		typer = mmio_read64(at + GICR_TYPER);
		if (typer >> 32 == want)
			return at;
		if (typer & TYPER_LAST)
			break;
		at += typer & TYPER_VLPIS ? 2 * GICR_STRIDE : GICR_STRIDE;
	}
	return 0;
}

/* Until the bits of reg are clear; a redistributor that does not answer is given up. */
static int wait_clear(uint64_t reg, uint32_t bits)
{
	for (unsigned int i = 0; i < SPIN_MAX; i++) {
		if (!(mmio_read32(gicr + reg) & bits))
			return 0;
	}
	return -1;
}

static int init_redistributor(void)
{
	gicr = find_redistributor();
	if (!gicr)
		return -1;
	/* A core that Linux never had up is still asleep. */
	mmio_write32(gicr + GICR_WAKER, mmio_read32(gicr + GICR_WAKER) & ~WAKER_SLEEP);
	if (wait_clear(GICR_WAKER, WAKER_ASLEEP) != 0)
		return -1;
	mmio_write32(gicr + GICR_ICENABLER0, 0xFFFFFFFFu);
	mmio_write32(gicr + GICR_ICPENDR0, 0xFFFFFFFFu);
	mmio_write32(gicr + GICR_ICACTIVER0, 0xFFFFFFFFu);
	mmio_write32(gicr + GICR_IGROUPR0, 0xFFFFFFFFu);
	mmio_write32(gicr + GICR_IGRPMODR0, 0);
	for (uint64_t i = 0; i < 32; i += 4)
		mmio_write32(gicr + GICR_IPRIORITYR + i, PRIORITIES);
	return wait_clear(GICR_CTLR, CTLR_RWP);
}

static int init(void)
{
	write_sysreg(ICC_SRE, read_sysreg(ICC_SRE) | 1);
	isb();
	if (init_redistributor() != 0)
		return -1;
	write_sysreg(ICC_PMR, 0xF0);
	write_sysreg(ICC_BPR1, 0);
	write_sysreg(ICC_CTLR, 0); /* one write ends an interrupt */
	write_sysreg(ICC_IGRPEN1, 1);
	isb();
	return 0;
}

static void enable(uint32_t intid)
{
	mmio_write32(gicr + GICR_ISENABLER0, 1u << intid);
}

static void disable(uint32_t intid)
{
	mmio_write32(gicr + GICR_ICENABLER0, 1u << intid);
	wait_clear(GICR_CTLR, CTLR_RWP);
}

static void send_sgi(uint32_t sgi, uint64_t mpidr)
{
	uint64_t aff0 = mpidr & 0xFF, aff1 = mpidr >> 8 & 0xFF, aff2 = mpidr >> 16 & 0xFF,
		 aff3 = mpidr >> 32 & 0xFF;

	write_sysreg(ICC_SGI1R, aff3 << 48 | (aff0 >> 4) << 44 | aff2 << 32 | (uint64_t)sgi << 24 |
					aff1 << 16 | 1ull << (aff0 & 15));
	isb();
}

static uint32_t ack(void)
{
	uint32_t intid = (uint32_t)read_sysreg(ICC_IAR1);

	dsb("sy");
	return intid;
}

static void eoi(uint32_t value)
{
	write_sysreg(ICC_EOIR1, value);
	isb();
}

static void off(void)
{
	write_sysreg(ICC_IGRPEN1, 0);
	isb();
	mmio_write32(gicr + GICR_ICENABLER0, 0xFFFFFFFFu);
	wait_clear(GICR_CTLR, CTLR_RWP);
}

/* ARE and group 1, in the one security state that a machine without Linux and firmware has. */
static void distributor_on(void)
{
	mmio_write32(BOARD_GICD, 0x12);
}

const struct arm64_gic_ops arm64_gicv3 = {
	.init = init,
	.enable = enable,
	.disable = disable,
	.send_sgi = send_sgi,
	.ack = ack,
	.eoi = eoi,
	.off = off,
	.distributor_on = distributor_on,
};
