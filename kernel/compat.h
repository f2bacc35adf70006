/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only file that asks for the kernel's version: what changed between 6.1 and today, in the
 * newer kernel's words.
 */
#ifndef MCS_COMPAT_H
#define MCS_COMPAT_H

#include <linux/mm.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
/* Until 6.3 the flags of a mapping were written directly; ->mmap() runs under the write lock. */
static inline void vm_flags_mod(struct vm_area_struct *vma, vm_flags_t set, vm_flags_t clear)
{
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
}
#endif

#endif /* MCS_COMPAT_H */
