// SPDX-License-Identifier: BSD-3-Clause
/* From the assembly entry to the kernel; interrupts and exceptions. */
#include "bare.h"
#include "board.h"
#include "kernel.h"
#include "platform.h"
#include "riscv64.h"

bool riscv64_irq(uint64_t cause)
{
	bool stop = false;

	k_irq_enter();
	switch ((uint8_t)cause) {
	case IRQ_TIMER:
		k_timer_fired();
		break;
	case IRQ_SOFTWARE:
		stop = riscv64_debug_wanted();
		riscv64_doorbell_irq();
		break;
	default: /* no other is enabled */
		break;
	}
	k_irq_exit(); /* may go on in another thread */
	return stop;
}

void riscv64_exception(struct mica_gdb_frame *frame)
{
	uint64_t cause = csr_read("scause");

	if (!riscv64_debug(frame, cause))
		riscv64_fatal(frame);
}

void riscv64_main(void)
{
	size_t comm_size;
	uint64_t comm = bare_comm(&comm_size);

	riscv64_mmu_on(comm, comm_size);
	bare_comm_mapped(comm, comm_size);
	riscv64_timer_init();
	k_init();
	app_start();
	k_start();
}

void platform_crash(void)
{
	/* Nothing is mapped there. */
	__asm__ volatile("sw zero, 0(%0)" ::"r"(16ull) : "memory");
	__builtin_unreachable();
}

void platform_hang(void)
{
	csr_clear("sstatus", SSTATUS_SIE);
	for (;;)
		__asm__ volatile("wfi");
}

const char *platform_name(void)
{
	return "riscv64";
}

void platform_memory(struct platform_memory *m)
{
	*m = (struct platform_memory){
		.image_base = (uint64_t)image_start,
		.image_used = (uintptr_t)image_end - (uintptr_t)image_start,
		.image_size = BOARD_IMAGE_SIZE,
	};
}
