// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/mcs, root's alone (whoever may start an arbitrary image owns the machine): files, and the
 * ioctls' arguments in and out. Calls are told apart by number, not by size, so that structures
 * may grow.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "mcs_km.h"

/* Each begins with its size. */
union mcs_arg {
	u32 size;
	struct mcs_info info;
	struct mcs_region region;
	struct mcs_core core;
	struct mcs_claim claim;
	struct mcs_start start;
	struct mcs_wait_off wait_off;
	struct mcs_doorbell doorbell;
	struct mcs_sync sync;
	struct mcs_window window;
	struct mcs_watch watch;
};

static long ioc_info(struct mcs_file *mf, union mcs_arg *arg)
{
	struct mcs_info *info = &arg->info;

	*info = (struct mcs_info){
		.abi = MCS_ABI_VERSION,
		.caps = MCS_CAP_START | MCS_CAP_CORE_STATE | MCS_CAP_MAP_CACHED |
			MCS_CAP_WINDOW | MCS_CAP_ATTACH | MCS_CAP_WATCH,
		.firmware = mcs_firmware->kind,
		.regions = mcs_regions_count(),
		.stop_base = mcs_firmware->stop_base,
		.stop_length = mcs_firmware->stop_length,
	};
	mcs_doorbell_info(info);
	if (mcs_firmware->force_stop)
		info->caps |= MCS_CAP_FORCE_STOP;
	return mcs_arch_hwid(MCS_BOOT_CPU, &info->doorbell_target);
}

static long ioc_region(struct mcs_file *mf, union mcs_arg *arg)
{
	struct mcs_region *region = &arg->region;
	const char *name;
	int ret = mcs_region_get(region->index, &region->base, &region->length, &name);

	if (ret)
		return ret;
	strscpy_pad(region->name, name, sizeof(region->name));
	return 0;
}

static void core_owner(struct mcs_file *mf, struct mcs_core *core)
{
	struct mcs_client *client;
	unsigned int i;

	mutex_lock(&mcs_lock);
	list_for_each_entry(client, &mcs_clients, node) {
		for (i = 0; i < client->ncores && client->cores[i] != core->core; i++)
			;
		if (i == client->ncores)
			continue;
		core->flags |= MCS_CORE_CLAIMED;
		if (rcu_access_pointer(client->holder) == mf)
			core->flags |= MCS_CORE_MINE;
		strscpy_pad(core->owner, client->name, sizeof(core->owner));
	}
	mutex_unlock(&mcs_lock);
}

static long ioc_core(struct mcs_file *mf, union mcs_arg *arg)
{
	struct mcs_core *core = &arg->core;
	u32 cpu = core->core;
	int ret;

	*core = (struct mcs_core){ .core = cpu, .state = MCS_CORE_ABSENT };
	if (!mcs_cpu_present(cpu))
		return 0;
	ret = mcs_arch_hwid(cpu, &core->hwid);
	if (ret)
		return ret;
	if (cpu == MCS_BOOT_CPU)
		core->flags = MCS_CORE_BOOT;
	core_owner(mf, core);
	core->state = cpu_online(cpu) ? MCS_CORE_LINUX :
					mcs_firmware->state(core->hwid, &core->fw_error);
	return 0;
}

static long ioc_claim(struct mcs_file *mf, union mcs_arg *arg)
{
	return mcs_ioc_claim(mf, &arg->claim);
}

static long ioc_release(struct mcs_file *mf, union mcs_arg *arg)
{
	return mcs_ioc_release(mf);
}

static long ioc_start(struct mcs_file *mf, union mcs_arg *arg)
{
	return mcs_ioc_start(mf, &arg->start);
}

static long ioc_wait_off(struct mcs_file *mf, union mcs_arg *arg)
{
	return mcs_ioc_wait_off(mf, &arg->wait_off);
}

static long ioc_doorbell(struct mcs_file *mf, union mcs_arg *arg)
{
	return mcs_ioc_doorbell(mf, &arg->doorbell);
}

static long ioc_kick(struct mcs_file *mf, union mcs_arg *arg)
{
	return mcs_ioc_kick(mf);
}

static long ioc_sync(struct mcs_file *mf, union mcs_arg *arg)
{
	return mcs_ioc_sync(&arg->sync);
}

static long ioc_window(struct mcs_file *mf, union mcs_arg *arg)
{
	return mcs_ioc_window(mf, &arg->window);
}

static long ioc_force_stop(struct mcs_file *mf, union mcs_arg *arg)
{
	return mcs_ioc_force_stop(mf);
}

static long ioc_watch(struct mcs_file *mf, union mcs_arg *arg)
{
	return mcs_ioc_watch(mf, &arg->watch);
}

#define IOC_FIRST	_IOC_NR(MCS_IOC_INFO)
#define IOC(cmd, fn, bytes) \
	[_IOC_NR(cmd) - IOC_FIRST] = { fn, bytes, _IOC_DIR(cmd) }

static const struct mcs_ioc {
	long (*fn)(struct mcs_file *mf, union mcs_arg *arg);
	u32 size;	/* of the argument; 0: none */
	u32 dir;	/* _IOC_READ: it has an answer */
} calls[] = {
	IOC(MCS_IOC_INFO, ioc_info, sizeof(struct mcs_info)),
	IOC(MCS_IOC_REGION, ioc_region, sizeof(struct mcs_region)),
	IOC(MCS_IOC_CORE, ioc_core, sizeof(struct mcs_core)),
	IOC(MCS_IOC_CLAIM, ioc_claim, sizeof(struct mcs_claim)),
	IOC(MCS_IOC_RELEASE, ioc_release, 0),
	IOC(MCS_IOC_START, ioc_start, sizeof(struct mcs_start)),
	IOC(MCS_IOC_WAIT_OFF, ioc_wait_off, sizeof(struct mcs_wait_off)),
	IOC(MCS_IOC_DOORBELL, ioc_doorbell, sizeof(struct mcs_doorbell)),
	IOC(MCS_IOC_KICK, ioc_kick, 0),
	IOC(MCS_IOC_SYNC, ioc_sync, sizeof(struct mcs_sync)),
	IOC(MCS_IOC_WINDOW, ioc_window, sizeof(struct mcs_window)),
	IOC(MCS_IOC_FORCE_STOP, ioc_force_stop, 0),
	IOC(MCS_IOC_WATCH, ioc_watch, sizeof(struct mcs_watch)),
};

/* The argument's size is read once; what the structure says about it later does not matter. */
static long call_with_arg(const struct mcs_ioc *call, struct mcs_file *mf, void __user *user)
{
	union mcs_arg arg;
	u32 size;
	long ret;

	if (get_user(size, (u32 __user *)user))
		return -EFAULT;
	if (size < 2 * sizeof(u32))
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	memset(&arg, 0, sizeof(arg));
	ret = copy_struct_from_user(&arg, call->size, user, size);
	if (ret)
		return ret;
	ret = call->fn(mf, &arg);
	if (!(call->dir & _IOC_READ))
		return ret;
	/* Also with an error: firmware's own answer is in there. */
	arg.size = size;
	return copy_to_user(user, &arg, min(size, call->size)) ? -EFAULT : ret;
}

static long mcs_ioctl(struct file *file, unsigned int cmd, unsigned long user)
{
	unsigned int index = _IOC_NR(cmd) - IOC_FIRST;
	struct mcs_file *mf = file->private_data;
	const struct mcs_ioc *call;

	if (_IOC_TYPE(cmd) != MCS_IOC_MAGIC || index >= ARRAY_SIZE(calls))
		return -ENOTTY;
	call = &calls[index];
	if (call->dir != _IOC_DIR(cmd))
		return -ENOTTY;
	return call->size ? call_with_arg(call, mf, (void __user *)user) : call->fn(mf, NULL);
}

static int mcs_open(struct inode *inode, struct file *file)
{
	struct mcs_file *mf = kzalloc(sizeof(*mf), GFP_KERNEL);

	if (!mf)
		return -ENOMEM;
	mf->inode = inode;
	mcs_file_events_init(mf);
	file->private_data = mf;
	return stream_open(inode, file);
}

static int mcs_release(struct inode *inode, struct file *file)
{
	struct mcs_file *mf = file->private_data;

	mcs_file_leave(mf);
	kfree(mf);
	return 0;
}

static const struct file_operations mcs_fops = {
	.owner = THIS_MODULE,
	.open = mcs_open,
	.release = mcs_release,
	.read = mcs_read,
	.poll = mcs_poll,
	.mmap = mcs_mmap,
	.unlocked_ioctl = mcs_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice mcs_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "mcs",
	.fops = &mcs_fops,
	.mode = 0600,
};

int mcs_chardev_add(void)
{
	int ret = misc_register(&mcs_device);

	if (ret)
		pr_err("/dev/mcs cannot be registered: %d\n", ret);
	return ret;
}

void mcs_chardev_remove(void)
{
	misc_deregister(&mcs_device);
}
