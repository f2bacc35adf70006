// SPDX-License-Identifier: BSD-3-Clause
/* Which GIC this is: GICv3 where the core has its system registers, else GICv2. */
#include "arm64.h"

static const struct arm64_gic_ops *gic;

int arm64_gic_init(void)
{
	bool sysregs = (read_sysreg("id_aa64pfr0_el1") >> 24) & 15;

	gic = sysregs ? &arm64_gicv3 : &arm64_gicv2;
	return gic->init();
}

void arm64_gic_enable(uint32_t intid)
{
	gic->enable(intid);
}

void arm64_gic_disable(uint32_t intid)
{
	gic->disable(intid);
}

void arm64_gic_send_sgi(uint32_t sgi, uint64_t mpidr)
{
	dsb("sy"); /* what the doorbell is about is there before it rings */
	gic->send_sgi(sgi, mpidr);
}

uint32_t arm64_gic_ack(uint32_t *ack)
{
	*ack = gic->ack();
	return *ack & 0x3FFu;
}

void arm64_gic_eoi(uint32_t ack)
{
	gic->eoi(ack);
}

void arm64_gic_off(void)
{
	if (gic)
		gic->off();
}

void arm64_gic_distributor_on(void)
{
	gic->distributor_on();
}
