// SPDX-License-Identifier: BSD-3-Clause
/* From the assembly entry to the kernel; interrupts and fatal exceptions. */
#include "arm64.h"
#include "bare.h"
#include "board.h"
#include "kernel.h"
#include "platform.h"

#define IRQ_FRAME_SPSR 21 /* vectors.S */

/* saved: the frame of vectors.S. */
void arm64_irq(uint64_t *saved)
{
	uint32_t ack, intid = arm64_gic_ack(&ack);

	if (intid >= 1020)
		return; /* spurious */
	k_irq_enter();
	if (intid == BOARD_TIMER_INTID) {
		k_timer_fired();
	} else {
		arm64_debug_irq(&saved[IRQ_FRAME_SPSR]);
		arm64_doorbell_irq(intid);
	}
	arm64_gic_eoi(ack);
	k_irq_exit(); /* may go on in another thread */
}

void arm64_main(bool entered_at_el2)
{
	size_t comm_size;
	uint64_t comm = bare_comm(&comm_size);

	arm64_psci_init(entered_at_el2);
	arm64_mmu_on(comm, comm_size);
	bare_comm_mapped(comm, comm_size);
	if (arm64_gic_init() != 0)
		arm64_psci_cpu_off();
	arm64_timer_init();
	k_init();
	app_start();
	k_start();
}

void platform_crash(void)
{
	/* Nothing is mapped there. */
	__asm__ volatile("str wzr, [%0]" ::"r"(16ull) : "memory");
	__builtin_unreachable();
}

void platform_hang(void)
{
	__asm__ volatile("msr daifset, #15" ::: "memory");
	for (;;)
		__asm__ volatile("wfi");
}

const char *platform_name(void)
{
	return "arm64";
}

void platform_memory(struct platform_memory *m)
{
	*m = (struct platform_memory){
		.image_base = (uint64_t)image_start,
		.image_used = (uintptr_t)image_end - (uintptr_t)image_start,
		.image_size = BOARD_IMAGE_SIZE,
	};
}
