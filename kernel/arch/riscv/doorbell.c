// SPDX-License-Identifier: GPL-2.0-only
/*
 * Doorbells: Linux signals a client by an SBI inter-processor interrupt, which raises the hart's
 * software interrupt (SBI 3.0, chapter 7). The call is made here: Linux's own way to it merges what
 * it takes for repetitions.
 *
 * A client that did the same would not be heard: Linux looks for its own reasons only. What clients
 * can raise is found by source.c, if there is anything; those of images that know nothing of it are
 * looked for (watch.c).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <asm/barrier.h>
#include <asm/sbi.h>

#include "mcs_km.h"

#define SOFTWARE_INTERRUPT	1	/* its number in scause, sip, sie */

static int send(u32 number, unsigned int cpu, u64 hwid)
{
	/* What was written to shared memory is seen before the doorbell. */
	mb();
	return sbi_ecall(SBI_EXT_IPI, SBI_EXT_IPI_SEND_IPI, 1, hwid, 0, 0, 0, 0).error ? -EIO : 0;
}

static struct mcs_doorbells doorbells = {
	.kind = MCS_DB_POLL,
	.kind_to_client = MCS_DB_SBI_IPI,
	.own_first = SOFTWARE_INTERRUPT,
	.own_count = 1,
	.legacy = SOFTWARE_INTERRUPT,
	.has_legacy = true,
	.send = send,
};

struct mcs_doorbells *mcs_arch_doorbells_init(void)
{
	if (sbi_probe_extension(SBI_EXT_IPI) > 0)
		return &doorbells;
	pr_err("firmware has no inter-processor interrupts (SBI 0.2 IPI): clients cannot be signalled; newer firmware is needed\n");
	return NULL;
}

int mcs_arch_doorbells_settle(void)
{
	return 0;
}

void mcs_arch_doorbells_exit(void)
{
}
