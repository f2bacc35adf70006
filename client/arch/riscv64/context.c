// SPDX-License-Identifier: BSD-3-Clause
/* Kernel port: threads are stacks. */
#include <string.h>

#include "bare.h"
#include "kernel.h"
#include "riscv64.h"

/* What riscv64_switch pops for a thread that never ran; order of switch.S. */
struct first_frame {
	uint64_t ra, s0, s1, rest[11];
};
_Static_assert(sizeof(struct first_frame) == 112, "switch.S");

k_irqkey k_arch_irq_off(void)
{
	uint64_t before;

	__asm__ volatile("csrrci %0, sstatus, %1" : "=r"(before) : "i"(SSTATUS_SIE) : "memory");
	return !(before & SSTATUS_SIE);
}

void k_arch_irq_restore(k_irqkey key)
{
	if (!key)
		__asm__ volatile("csrsi sstatus, %0" ::"i"(SSTATUS_SIE) : "memory");
}

void k_arch_thread_init(struct k_thread *t)
{
	unsigned char *top = (unsigned char *)t->stack + t->stack_size;
	struct first_frame *f = (struct first_frame *)(top - sizeof(*f));

	bare_stack_paint(t);
	memset(f, 0, sizeof(*f));
	f->ra = (uint64_t)riscv64_thread_entry;
	f->s1 = (uint64_t)t;
	t->arch.sp = f;
}

void k_arch_switch(struct k_thread *from, struct k_thread *to)
{
	if (from)
		bare_stack_check(from);
	riscv64_switch(from ? &from->arch.sp : NULL, to->arch.sp);
}

void k_arch_idle(void)
{
	__asm__ volatile("wfi" ::: "memory");
}
