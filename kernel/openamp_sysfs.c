// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/firmware/openamp/{hartid,paddr,state}: start and stop one client with nothing but a shell,
 * as existing set-ups do. A claim like any other, which nobody holds in between: a client that goes
 * off by itself ends it, and its core goes back to Linux.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/sysfs.h>

#include "mcs_km.h"

#define CLAIM_NAME	"openamp"
#define STOP_MS		2000

static struct kobject *folder;
static DEFINE_MUTEX(openamp_lock);	/* all below; outside mcs_lock */
static struct mcs_file holder;		/* while start or stop is under way */
static u8 token[MCS_TOKEN_LEN];		/* of the last start that got its core */
static unsigned long hartid = ULONG_MAX;
static unsigned long long paddr;

/* People count harts as firmware does, CPUs as Linux does. */
static int find_cpu(u32 *cpu)
{
	unsigned int i;
	u64 hwid;

	for_each_possible_cpu(i) {
		if (mcs_firmware->kind != MCS_FW_SBI_HSM)
			hwid = i;
		else if (mcs_arch_hwid(i, &hwid))
			continue;
		if (hwid == hartid && i != MCS_BOOT_CPU) {
			*cpu = i;
			return 0;
		}
	}
	return -ENODEV;
}

static ssize_t hartid_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return hartid == ULONG_MAX ? sysfs_emit(buf, "\n") : sysfs_emit(buf, "%lu\n", hartid);
}

static ssize_t hartid_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
			    size_t count)
{
	unsigned long value;
	int ret = kstrtoul(buf, 0, &value);

	if (ret)
		return ret;
	mutex_lock(&openamp_lock);
	hartid = value;
	mutex_unlock(&openamp_lock);
	return count;
}

static ssize_t paddr_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "0x%llx\n", paddr);
}

static ssize_t paddr_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
			   size_t count)
{
	unsigned long long value;
	int ret = kstrtoull(buf, 0, &value);

	if (ret)
		return ret;
	if (!mcs_region_contains(value, sizeof(u32)))
		return -EFAULT;
	mutex_lock(&openamp_lock);
	paddr = value;
	mutex_unlock(&openamp_lock);
	return count;
}

/* By firmware's word, whoever started what runs there. */
static ssize_t state_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	const char *state = "invalid";
	s32 fw_error;
	u64 hwid;
	u32 cpu;

	mutex_lock(&openamp_lock);
	if (!find_cpu(&cpu) && !mcs_arch_hwid(cpu, &hwid)) {
		state = "offline";
		if (!cpu_online(cpu) && mcs_firmware->state(hwid, &fw_error) != MCS_CORE_OFF)
			state = "running";
	}
	mutex_unlock(&openamp_lock);
	return sysfs_emit(buf, "%s\n", state);
}

/* A core that is on keeps the claim, one that is off ends it. */
static long start(u32 cpu)
{
	struct mcs_claim claim = { .ncores = 1, .cores = { cpu }, .name = CLAIM_NAME };
	struct mcs_start arg = { .core = cpu, .entry = paddr };
	long ret;

	if (!paddr)
		return -EINVAL;
	get_random_bytes(claim.token, sizeof(claim.token));
	ret = mcs_ioc_claim(&holder, &claim);
	if (ret)
		return ret;
	memcpy(token, claim.token, sizeof(token));
	ret = mcs_ioc_start(&holder, &arg);
	mcs_file_leave(&holder);
	return ret;
}

/* It may be about to go off by itself where nothing can force it. */
static long force_off(void)
{
	struct mcs_wait_off wait = { .timeout_ms = STOP_MS };
	long told = mcs_ioc_force_stop(&holder);
	long ret = mcs_ioc_wait_off(&holder, &wait);

	return ret && told ? told : ret;
}

static long stop(u32 cpu)
{
	struct mcs_claim claim = { .flags = MCS_CLAIM_ADOPT, .name = CLAIM_NAME };
	long ret;

	memcpy(claim.token, token, sizeof(token));
	ret = mcs_ioc_claim(&holder, &claim);
	if (ret)
		return ret;
	/* Another hart may have been named since it was started. */
	ret = claim.cores[0] == cpu ? force_off() : -ENODEV;
	mcs_file_leave(&holder);
	return ret;
}

static ssize_t state_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
			   size_t count)
{
	bool on = sysfs_streq(buf, "start");
	long ret;
	u32 cpu;

	if (!on && !sysfs_streq(buf, "stop"))
		return -EINVAL;
	/* A module that is being unloaded does not take note of a new claim. */
	if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	mutex_lock(&openamp_lock);
	ret = find_cpu(&cpu);
	if (!ret)
		ret = on ? start(cpu) : stop(cpu);
	mutex_unlock(&openamp_lock);
	module_put(THIS_MODULE);
	return ret ?: count;
}

static struct kobj_attribute hartid_attr = __ATTR_RW(hartid);
static struct kobj_attribute paddr_attr = __ATTR_RW(paddr);
static struct kobj_attribute state_attr = __ATTR_RW(state);

static const struct attribute *const attrs[] = {
	&hartid_attr.attr,
	&paddr_attr.attr,
	&state_attr.attr,
	NULL,
};

/* Nothing else depends on it: a module without it is whole. */
void mcs_openamp_add(void)
{
	mcs_file_events_init(&holder);
	folder = kobject_create_and_add("openamp", firmware_kobj);
	if (folder && !sysfs_create_files(folder, attrs))
		return;
	pr_warn("no /sys/firmware/openamp: something else has it\n");
	kobject_put(folder);
	folder = NULL;
}

/* Waits for whoever is inside; from the beginning of an unload on nobody gets a claim. */
void mcs_openamp_remove(void)
{
	if (!folder)
		return;
	sysfs_remove_files(folder, attrs);
	kobject_put(folder);
	folder = NULL;
}
