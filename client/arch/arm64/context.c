// SPDX-License-Identifier: BSD-3-Clause
/* Kernel port: threads are stacks. */
#include <string.h>

#include "arm64.h"
#include "bare.h"
#include "kernel.h"

#define IRQ_MASKED (1u << 7)

/* What arm64_switch pops for a thread that never ran; order of switch.S. */
struct first_frame {
	uint64_t x29, x30, x19, rest[9];
};
_Static_assert(sizeof(struct first_frame) == 96, "switch.S");

k_irqkey k_arch_irq_off(void)
{
	uint64_t daif = read_sysreg("daif");

	__asm__ volatile("msr daifset, #2" ::: "memory");
	return daif & IRQ_MASKED;
}

void k_arch_irq_restore(k_irqkey key)
{
	if (!key)
		__asm__ volatile("msr daifclr, #2" ::: "memory");
}

void k_arch_thread_init(struct k_thread *t)
{
	unsigned char *top = (unsigned char *)t->stack + t->stack_size;
	struct first_frame *f = (struct first_frame *)(top - sizeof(*f));

	bare_stack_paint(t);
	memset(f, 0, sizeof(*f));
	f->x30 = (uint64_t)arm64_thread_entry;
	f->x19 = (uint64_t)t;
	t->arch.sp = f;
}

void k_arch_switch(struct k_thread *from, struct k_thread *to)
{
	if (from)
		bare_stack_check(from);
	arm64_switch(from ? &from->arch.sp : NULL, to->arch.sp);
}

void k_arch_idle(void)
{
	dsb("sy");
	__asm__ volatile("wfi" ::: "memory");
}
