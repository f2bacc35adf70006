/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only file that asks for the kernel's version: what changed between 5.10 and today, in the
 * newer kernel's words.
 */
#ifndef MCS_COMPAT_H
#define MCS_COMPAT_H

#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/mm.h>
#include <linux/msi.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 0, 0)
static inline void irq_data_update_affinity(struct irq_data *data, const struct cpumask *mask)
{
	cpumask_copy(irq_data_get_affinity_mask(data), mask);
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
/* Until 6.3 the flags of a mapping were written directly; ->mmap() runs under the write lock. */
static inline void vm_flags_mod(struct vm_area_struct *vma, vm_flags_t set, vm_flags_t clear)
{
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
/* Until 6.10 platform devices got theirs from a domain that few interrupt controllers have. */
static inline int
platform_device_msi_init_and_alloc_irqs(struct device *dev, unsigned int count,
					void (*write)(struct msi_desc *, struct msi_msg *))
{
	return -EOPNOTSUPP;
}

static inline void platform_device_msi_free_irqs_all(struct device *dev)
{
}

static inline u16 mcs_msi_index(const struct msi_desc *desc)
{
	return 0;
}

/* Modules may call irq_set_affinity() from 5.14 on; only these interrupts are aimed. */
static inline int mcs_aim_message(unsigned int irq, unsigned int cpu)
{
	return -EOPNOTSUPP;
}
#else
static inline u16 mcs_msi_index(const struct msi_desc *desc)
{
	return desc->msi_index;
}

static inline int mcs_aim_message(unsigned int irq, unsigned int cpu)
{
	return irq_set_affinity(irq, cpumask_of(cpu));
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 17, 0)
static inline unsigned int msi_get_virq(struct device *dev, unsigned int index)
{
	return 0;
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

#endif /* MCS_COMPAT_H */
