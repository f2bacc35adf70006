// SPDX-License-Identifier: GPL-2.0-only
/*
 * Windows: a part of a region behind a file of its own, for processes that shall reach nothing
 * else. Pages are filled in at the first touch, all of a mapping at once, so that the end of a
 * window is a flag and one unmapping: what is touched later is the window's scratch page.
 *
 * A window's pages hang in the address space of the device's inode, at offsets that the device's
 * own mappings cannot have: that is where unmap_mapping_range() finds them, in all processes.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "compat.h"
#include "mcs_km.h"

/* Added to a window's page frame numbers; beyond physical addresses and MCS_MAP_CACHED's side. */
#define WINDOW_PGOFF	(1ULL << (61 - PAGE_SHIFT))

struct mcs_shared {
	struct list_head node;		/* mcs_client.windows, or empty. mcs_lock */
	struct inode *inode;		/* the device's, whose address space is used */
	u64 addr;
	u64 length;
	struct page *scratch;
	struct mutex lock;		/* ended, against faults and mmap */
	bool ended;
};

/* The others, as far as it goes: none of them costs a fault of its own. */
static void map_around(struct vm_area_struct *vma)
{
	unsigned long pfn = vma->vm_pgoff - WINDOW_PGOFF, addr;

	for (addr = vma->vm_start; addr < vma->vm_end; addr += PAGE_SIZE)
		if (vmf_insert_pfn(vma, addr, pfn++) & VM_FAULT_ERROR)
			break;
}

static vm_fault_t window_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct mcs_shared *w = vma->vm_file->private_data;
	vm_fault_t ret;

	mutex_lock(&w->lock);
	if (w->ended)
		ret = vmf_insert_pfn_prot(vma, vmf->address, page_to_pfn(w->scratch),
					  vm_get_page_prot(vma->vm_flags));
	else
		ret = vmf_insert_pfn(vma, vmf->address, vmf->pgoff - WINDOW_PGOFF);
	if (!w->ended && !(ret & VM_FAULT_ERROR))
		map_around(vma);
	mutex_unlock(&w->lock);
	return ret;
}

static const struct vm_operations_struct window_vm_ops = { .fault = window_fault };

static int window_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct mcs_shared *w = file->private_data;
	unsigned long pages = vma_pages(vma), all = w->length >> PAGE_SHIFT;
	int ret = 0;

	if (!(vma->vm_flags & VM_SHARED) || vma->vm_pgoff > all || pages > all - vma->vm_pgoff)
		return -EINVAL;
	if (vma->vm_flags & VM_EXEC)
		return -EPERM;
	mutex_lock(&w->lock);
	if (w->ended)
		ret = -ENXIO;
	mutex_unlock(&w->lock);
	if (ret)
		return ret;
	/* Should it end before the first touch, that finds the scratch page. */
	vma->vm_pgoff += WINDOW_PGOFF + PHYS_PFN(w->addr);
	vma->vm_page_prot = pgprot_writecombine(vma->vm_page_prot);
	vm_flags_mod(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP, VM_MAYEXEC);
	vma->vm_ops = &window_vm_ops;
	return 0;
}

/* Neither a descriptor nor a mapping is left. */
static int window_release(struct inode *inode, struct file *file)
{
	struct mcs_shared *w = file->private_data;

	mutex_lock(&mcs_lock);
	list_del(&w->node);
	mutex_unlock(&mcs_lock);
	iput(w->inode);
	__free_page(w->scratch);
	kfree(w);
	return 0;
}

static const struct file_operations window_fops = {
	.owner = THIS_MODULE,
	.mmap = window_mmap,
	.release = window_release,
	.llseek = noop_llseek,
};

static struct file *window_file(struct mcs_file *mf, const struct mcs_window *arg)
{
	struct mcs_shared *w = kzalloc(sizeof(*w), GFP_KERNEL);
	struct file *file;

	if (!w)
		return ERR_PTR(-ENOMEM);
	INIT_LIST_HEAD(&w->node);
	mutex_init(&w->lock);
	w->addr = arg->addr;
	w->length = arg->length;
	w->scratch = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!w->scratch) {
		kfree(w);
		return ERR_PTR(-ENOMEM);
	}
	file = anon_inode_getfile("[mcs_window]", &window_fops, w, O_RDWR);
	if (IS_ERR(file)) {
		__free_page(w->scratch);
		kfree(w);
		return file;
	}
	ihold(mf->inode);
	w->inode = mf->inode;
	file->f_mapping = mf->inode->i_mapping;
	return file;
}

/* The claim as it is at this moment: it may have ended since the file was made. */
static int hang_on(struct mcs_file *mf, struct mcs_shared *w)
{
	struct mcs_client *client;

	if (mutex_lock_interruptible(&mcs_lock))
		return -EINTR;
	client = rcu_dereference_protected(mf->client, lockdep_is_held(&mcs_lock));
	if (client)
		list_add(&w->node, &client->windows);
	mutex_unlock(&mcs_lock);
	return client ? 0 : -ENXIO;
}

static long window_new(struct mcs_file *mf, const struct mcs_window *arg)
{
	struct file *file;
	int fd, ret;

	if (!arg->length || !PAGE_ALIGNED(arg->addr) || !PAGE_ALIGNED(arg->length) ||
	    !mcs_region_contains(arg->addr, arg->length))
		return -EINVAL;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	file = window_file(mf, arg);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	ret = hang_on(mf, file->private_data);
	if (ret) {
		put_unused_fd(fd);
		fput(file);
		return ret;
	}
	fd_install(fd, file);
	return fd;
}

void mcs_windows_end(struct mcs_client *client)
{
	struct mcs_shared *w, *next;

	lockdep_assert_held(&mcs_lock);
	list_for_each_entry_safe(w, next, &client->windows, node) {
		list_del_init(&w->node);
		mutex_lock(&w->lock);
		w->ended = true;
		mutex_unlock(&w->lock);
		unmap_mapping_range(w->inode->i_mapping,
				    (WINDOW_PGOFF + PHYS_PFN(w->addr)) << PAGE_SHIFT, w->length, 1);
	}
}

static long windows_end(struct mcs_file *mf)
{
	struct mcs_client *client;

	if (mutex_lock_interruptible(&mcs_lock))
		return -EINTR;
	client = rcu_dereference_protected(mf->client, lockdep_is_held(&mcs_lock));
	if (client)
		mcs_windows_end(client);
	mutex_unlock(&mcs_lock);
	return client ? 0 : -ENXIO;
}

long mcs_ioc_window(struct mcs_file *mf, struct mcs_window *arg)
{
	if (arg->flags == MCS_WINDOW_END && !arg->addr && !arg->length)
		return windows_end(mf);
	return arg->flags ? -EINVAL : window_new(mf, arg);
}
