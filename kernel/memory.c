// SPDX-License-Identifier: GPL-2.0-only
/*
 * Region memory in user space, and cache maintenance on it. Only addresses inside a region are
 * accepted; nothing else of the machine can be reached.
 */
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>

#include "compat.h"
#include "mcs_km.h"

int mcs_mmap(struct file *file, struct vm_area_struct *vma)
{
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT;
	u64 addr = offset & ~MCS_MAP_CACHED;
	u64 length = vma->vm_end - vma->vm_start;

	if (!(vma->vm_flags & VM_SHARED) || vma->vm_pgoff > U64_MAX >> PAGE_SHIFT ||
	    !mcs_region_contains(addr, length))
		return -EINVAL;
	if (vma->vm_flags & VM_EXEC)
		return -EPERM;
	if (!(offset & MCS_MAP_CACHED))
		vma->vm_page_prot = pgprot_writecombine(vma->vm_page_prot);
	vm_flags_mod(vma, VM_IO | VM_DONTEXPAND | VM_DONTDUMP, VM_MAYEXEC);
	return remap_pfn_range(vma, vma->vm_start, PHYS_PFN(addr), length, vma->vm_page_prot);
}

/*
 * Maintenance works on addresses, so a cached alias is needed; it lives only for this call, as it
 * may differ from the attribute that the holder and the client use. Both operations clean and
 * invalidate: that covers a clean, loses nothing, and avoids DC CVAC, which does not do its work
 * on some cores (Cortex-A53 errata 819472, 826319, 827319, 824069).
 */
long mcs_ioc_sync(struct mcs_sync *arg)
{
	u64 done, chunk;
	long ret = 0;
	void *va;

	if (arg->op != MCS_SYNC_CLEAN && arg->op != MCS_SYNC_CLEAN_INV)
		return -EINVAL;
	if (!arg->length || !mcs_region_contains(arg->addr, arg->length))
		return -EINVAL;
	va = memremap(arg->addr, arg->length, MEMREMAP_WB);
	if (!va)
		return -ENOMEM;
	for (done = 0; done < arg->length; done += chunk) {
		chunk = min_t(u64, arg->length - done, SZ_64K);
		mcs_arch_cache_clean_inv(va + done, chunk);
		cond_resched();
		if (fatal_signal_pending(current)) {
			ret = -EINTR;
			break;
		}
	}
	memunmap(va);
	return ret;
}
