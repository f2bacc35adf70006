// SPDX-License-Identifier: BSD-3-Clause
/* GICv2 (ARM IHI 0048B). Of the distributor, only registers banked per core and the SGI register.
 */
#include "arm64.h"
#include "board.h"

#define GICD_CTLR	(BOARD_GICD + 0x000)
#define GICD_ISENABLER0 (BOARD_GICD + 0x100)
#define GICD_ICENABLER0 (BOARD_GICD + 0x180)
#define GICD_ICPENDR0	(BOARD_GICD + 0x280)
#define GICD_IPRIORITYR (BOARD_GICD + 0x400)
#define GICD_SGIR	(BOARD_GICD + 0xF00)

#define GICC_CTLR (BOARD_GICC + 0x00)
#define GICC_PMR  (BOARD_GICC + 0x04)
#define GICC_BPR  (BOARD_GICC + 0x08)
#define GICC_IAR  (BOARD_GICC + 0x0C)
#define GICC_EOIR (BOARD_GICC + 0x10)

#define PRIORITIES 0xA0A0A0A0u

static int init(void)
{
	mmio_write32(GICD_ICENABLER0, 0xFFFFFFFFu);
	mmio_write32(GICD_ICPENDR0, 0xFFFF0000u); /* SGIs have no such bit here */
	for (uint64_t i = 0; i < 32; i += 4)
		mmio_write32(GICD_IPRIORITYR + i, PRIORITIES);
	mmio_write32(GICC_PMR, 0xF0);
	mmio_write32(GICC_BPR, 0);
	mmio_write32(GICC_CTLR, 1);
	return 0;
}

static void enable(uint32_t intid)
{
	mmio_write32(GICD_ISENABLER0, 1u << intid);
}

static void disable(uint32_t intid)
{
	mmio_write32(GICD_ICENABLER0, 1u << intid);
}

/* GICv2 knows at most eight interfaces; they are numbered like Aff0 on the boards it is used on. */
static void send_sgi(uint32_t sgi, uint64_t mpidr)
{
	mmio_write32(GICD_SGIR, (1u << (16 + (mpidr & 7))) | sgi);
}

static uint32_t ack(void)
{
	return mmio_read32(GICC_IAR);
}

static void eoi(uint32_t value)
{
	mmio_write32(GICC_EOIR, value); /* with the sender's number that came with it */
}

static void off(void)
{
	mmio_write32(GICC_CTLR, 0);
	mmio_write32(GICD_ICENABLER0, 0xFFFFFFFFu);
}

static void distributor_on(void)
{
	mmio_write32(GICD_CTLR, 1);
}

const struct arm64_gic_ops arm64_gicv2 = {
	.init = init,
	.enable = enable,
	.disable = disable,
	.send_sgi = send_sgi,
	.ack = ack,
	.eoi = eoi,
	.off = off,
	.distributor_on = distributor_on,
};
