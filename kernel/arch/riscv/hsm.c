// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cores (harts) by the SBI Hart State Management extension (SBI 3.0, chapter 9).
 *
 * A hart stops by its own call only. Where firmware has supervisor software events (chapter 17),
 * a start goes through trampoline.S, which lets Linux make the hart do that call.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <asm/cacheflush.h>
#include <asm/sbi.h>

#include "mcs_km.h"
#include "trampoline.h"

static void *stop_memory;	/* NULL: firmware has no software events */
static size_t code_size;

/* Written by the client's hart, and whatever else the client does. */
static u64 *slot_word(unsigned int cpu, unsigned int offset)
{
	return stop_memory + code_size + cpu * SLOT_SIZE + offset;
}

static int hsm_start(unsigned int cpu, u64 hwid, u64 entry, u64 arg0, s32 *fw_error)
{
	struct sbiret ret;

	if (stop_memory) {
		WRITE_ONCE(*slot_word(cpu, SLOT_ENTRY), entry);
		WRITE_ONCE(*slot_word(cpu, SLOT_ARG), arg0);
		WRITE_ONCE(*slot_word(cpu, SLOT_ARMED), 0);
		entry = virt_to_phys(stop_memory);
		arg0 = virt_to_phys(slot_word(cpu, 0));
	}
	/* The slot, and what the caller wrote, is there before the hart looks. */
	mb();
	ret = sbi_ecall(SBI_EXT_HSM, SBI_EXT_HSM_HART_START, hwid, entry, arg0, 0, 0, 0);
	*fw_error = ret.error;
	switch (ret.error) {
	case SBI_SUCCESS:
		return 0;
	case SBI_ERR_ALREADY_AVAILABLE:
		return -EALREADY;
	default:
		return -EIO;
	}
}

/* 9.3; a hart that has suspended itself is on. */
static u32 hsm_state(u64 hwid, s32 *fw_error)
{
	struct sbiret ret = sbi_ecall(SBI_EXT_HSM, SBI_EXT_HSM_HART_STATUS, hwid, 0, 0, 0, 0, 0);

	*fw_error = ret.error;
	if (ret.error)
		return MCS_CORE_UNKNOWN;
	switch (ret.value) {
	case SBI_HSM_STATE_STOPPED:
		return MCS_CORE_OFF;
	case SBI_HSM_STATE_START_PENDING:
	case SBI_HSM_STATE_STOP_PENDING:
		return MCS_CORE_PENDING;
	default:
		return MCS_CORE_ON;
	}
}

static int sse_can_stop(unsigned int cpu)
{
	switch (READ_ONCE(*slot_word(cpu, SLOT_ARMED))) {
	case 0:
		return -EAGAIN;
	case 1:
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

/* 17.15. A hart that has not enabled the event takes no notice. */
static int sse_force_stop(u64 hwid)
{
	struct sbiret ret = sbi_ecall(SSE_EXTENSION, SSE_INJECT, SSE_EVENT, hwid, 0, 0, 0, 0);

	if (!ret.error)
		return 0;
	pr_warn("firmware does not inject the stop event at hart %llu: error %ld\n", hwid,
		ret.error);
	return -EIO;
}

static struct mcs_firmware firmware = {
	.kind = MCS_FW_SBI_HSM,
	.name = "SBI HSM",
	.start = hsm_start,
	.state = hsm_state,
};

/* Without it nothing is lost but the forced stop. */
static void make_stop_memory(void)
{
	size_t size;

	code_size = ALIGN(mcs_trampoline_end - mcs_trampoline_start, SLOT_SIZE);
	size = PAGE_ALIGN(code_size + nr_cpu_ids * SLOT_SIZE);
	stop_memory = alloc_pages_exact(size, GFP_KERNEL | __GFP_ZERO);
	if (!stop_memory) {
		pr_warn("no memory for stopping cores by force\n");
		return;
	}
	memcpy(stop_memory, mcs_trampoline_start, mcs_trampoline_end - mcs_trampoline_start);
	/* Harts that are Linux's now may still hold what these pages were before. */
	flush_icache_all();
	firmware.stop_base = virt_to_phys(stop_memory);
	firmware.stop_length = size;
	firmware.can_stop = sse_can_stop;
	firmware.force_stop = sse_force_stop;
}

const struct mcs_firmware *mcs_arch_firmware(void)
{
	if (sbi_probe_extension(SBI_EXT_HSM) <= 0) {
		pr_err("firmware has no hart state management (SBI 0.2 HSM): cores cannot be started; newer firmware is needed\n");
		return NULL;
	}
	if (sbi_probe_extension(SSE_EXTENSION) > 0)
		make_stop_memory();
	else
		pr_info("firmware has no software events (SBI 3.0 SSE): a client that hangs cannot be stopped\n");
	return &firmware;
}

void mcs_arch_firmware_exit(void)
{
	if (stop_memory)
		free_pages_exact(stop_memory, firmware.stop_length);
	stop_memory = NULL;
}
