// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module and its platform device: "oe,mcs_remoteproc" of the device tree, or one made from
 * rmem_base/rmem_size where there is no device tree. Loading fails, with the reason in the log,
 * when any part is missing: a module that is loaded is a module that works.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/rculist.h>
#include <linux/reboot.h>

#include "mcs_km.h"

/* How long a reboot waits for holders to stop their clients. */
#define REBOOT_WAIT_MS	2000

static unsigned long long rmem_base[MCS_MAX_REGIONS], rmem_size[MCS_MAX_REGIONS];
static unsigned int rmem_bases, rmem_sizes;
module_param_array(rmem_base, ullong, &rmem_bases, 0444);
MODULE_PARM_DESC(rmem_base, "Addresses of reserved memory, for machines without a device tree");
module_param_array(rmem_size, ullong, &rmem_sizes, 0444);
MODULE_PARM_DESC(rmem_size, "Sizes of reserved memory, as many as in rmem_base");

struct mcs_stats mcs_stats;
const struct mcs_firmware *mcs_firmware;
struct mcs_doorbells *mcs_doorbells;
static struct platform_device *own_device;	/* made from parameters */
static int probe_result = -ENODEV;

/* Whether a client with a holder, who could stop it, has a core on. */
static bool held_client_runs(void)
{
	struct mcs_client *client;
	bool runs = false;

	rcu_read_lock();
	list_for_each_entry_rcu(client, &mcs_clients, node)
		if (rcu_access_pointer(client->holder) && !mcs_client_is_off(client))
			runs = true;
	rcu_read_unlock();
	return runs;
}

/*
 * Reboot, power-off and kexec all come by here while user space still runs: tell holders and
 * clients, and leave the holders a moment. What still runs then is firmware's (reset) or the next
 * kernel's (kexec) to see as a core that is on.
 */
static int on_reboot(struct notifier_block *nb, unsigned long action, void *data)
{
	struct mcs_client *client;
	unsigned int waited;

	rcu_read_lock();
	list_for_each_entry_rcu(client, &mcs_clients, node) {
		mcs_post(client, MCS_EVENT_REBOOT, 0);
		if (READ_ONCE(client->on))
			mcs_client_kick(client);
	}
	rcu_read_unlock();
	for (waited = 0; waited < REBOOT_WAIT_MS && held_client_runs(); waited += 20)
		msleep(20);
	return NOTIFY_DONE;
}

static struct notifier_block reboot_block = { .notifier_call = on_reboot };

static int add_regions(struct device *dev)
{
	unsigned int i;
	char name[16];
	int ret;

	if (dev->of_node)
		return mcs_regions_add_of(dev);
	for (i = 0; i < rmem_bases; i++) {
		snprintf(name, sizeof(name), "rmem%u", i);
		ret = mcs_region_add(rmem_base[i], rmem_size[i], name);
		if (ret) {
			mcs_regions_remove();
			return ret;
		}
	}
	return 0;
}

static int start_doorbells(struct platform_device *pdev)
{
	int ret;

	mcs_doorbells = mcs_arch_doorbells_init();
	if (!mcs_doorbells)
		return -ENODEV;
	ret = mcs_sources_init(pdev);
	if (ret)
		goto doorbells;
	ret = mcs_cpu_init();
	if (ret)
		goto sources;
	ret = mcs_arch_doorbells_settle();
	if (ret)
		goto cpu;
	return 0;
cpu:
	mcs_cpu_exit();
sources:
	mcs_sources_exit();
doorbells:
	mcs_arch_doorbells_exit();
	return ret;
}

static void stop_doorbells(void)
{
	mcs_cpu_exit();
	mcs_sources_exit();
	mcs_arch_doorbells_exit();
}

static void say_what_is_there(void)
{
	static const char *const kinds[] = {
		[MCS_DB_SGI] = "software interrupts",
		[MCS_DB_MMIO] = "interrupts of the device",
		[MCS_DB_POLL] = "none, clients are looked for",
	};
	char legacy[16] = "none";
	struct mcs_info info = {};

	mcs_doorbell_info(&info);
	if (info.caps & MCS_CAP_DOORBELL_LEGACY)
		snprintf(legacy, sizeof(legacy), "%u", info.doorbell_legacy);
	pr_info("%u regions, cores by %s%s, own doorbells %u-%u (%s), legacy doorbell %s\n",
		mcs_regions_count(), mcs_firmware->name,
		mcs_firmware->force_stop ? " with forced stop" : "", info.doorbell_own_first,
		info.doorbell_own_first + info.doorbell_own_count - 1, kinds[info.doorbell_kind],
		legacy);
}

static int bring_up(struct platform_device *pdev)
{
	int ret;

	mcs_firmware = mcs_arch_firmware();
	if (!mcs_firmware)
		return -ENODEV;
	ret = add_regions(&pdev->dev);
	if (ret)
		goto firmware;
	ret = mcs_client_init();
	if (ret)
		goto regions;
	ret = start_doorbells(pdev);
	if (ret)
		goto clients;
	ret = register_reboot_notifier(&reboot_block);
	if (ret)
		goto stop_doorbells;
	mcs_debugfs_add();
	ret = mcs_chardev_add();
	if (ret)
		goto debugfs;
	mcs_openamp_add();
	say_what_is_there();
	return 0;
debugfs:
	mcs_debugfs_remove();
	unregister_reboot_notifier(&reboot_block);
stop_doorbells:
	stop_doorbells();
clients:
	mcs_client_exit();
regions:
	mcs_regions_remove();
firmware:
	mcs_arch_firmware_exit();
	return ret;
}

static int mcs_probe(struct platform_device *pdev)
{
	if (!probe_result) {
		pr_err("%pOF: a second device, only the first is used: remove one node\n",
		       pdev->dev.of_node);
		return -EBUSY;
	}
	probe_result = bring_up(pdev);
	return probe_result;
}

/*
 * At unload only, when no file is open and no claim exists: both hold the module. The driver has
 * no remove and cannot be unbound: there is nothing to fall back on while clients run.
 */
static void tear_down(void)
{
	mcs_openamp_remove();
	mcs_chardev_remove();
	mcs_debugfs_remove();
	unregister_reboot_notifier(&reboot_block);
	stop_doorbells();
	mcs_client_exit();
	mcs_regions_remove();
	mcs_arch_firmware_exit();
}

static const struct of_device_id mcs_of_match[] = {
	{ .compatible = "oe,mcs_remoteproc" },
	{}
};
MODULE_DEVICE_TABLE(of, mcs_of_match);

static struct platform_driver mcs_driver = {
	.probe = mcs_probe,
	.driver = {
		.name = "mcs_remoteproc",
		.of_match_table = mcs_of_match,
		/* The answer of probe is the answer of loading. */
		.probe_type = PROBE_FORCE_SYNCHRONOUS,
		.suppress_bind_attrs = true,
	},
};

/* Whether the device tree describes the memory; else the parameters must. */
static int find_device(void)
{
	struct device_node *np = of_find_matching_node(NULL, mcs_of_match);
	bool in_tree = np && of_device_is_available(np);

	of_node_put(np);
	if (in_tree) {
		if (rmem_bases)
			pr_warn("rmem_base is ignored: the device tree lists the memory\n");
		return 0;
	}
	if (!rmem_bases && !rmem_sizes) {
		pr_err("no reserved memory: the device tree has no enabled node compatible with oe,mcs_remoteproc; add one, or give rmem_base= and rmem_size=\n");
		return -ENODEV;
	}
	if (rmem_bases != rmem_sizes) {
		pr_err("%u values in rmem_base, %u in rmem_size: give as many of both\n",
		       rmem_bases, rmem_sizes);
		return -EINVAL;
	}
	own_device = platform_device_register_simple("mcs_remoteproc", PLATFORM_DEVID_NONE, NULL,
						     0);
	return PTR_ERR_OR_ZERO(own_device);
}

static void unregister(void)
{
	if (!probe_result)
		tear_down();
	platform_driver_unregister(&mcs_driver);
	platform_device_unregister(own_device);
}

static int __init mcs_init(void)
{
	int ret = find_device();

	if (ret)
		return ret;
	ret = platform_driver_register(&mcs_driver);
	if (ret) {
		platform_device_unregister(own_device);
		return ret;
	}
	ret = probe_result;
	if (ret)
		unregister();
	return ret;
}
module_init(mcs_init);

static void __exit mcs_exit(void)
{
	unregister();
}
module_exit(mcs_exit);

MODULE_DESCRIPTION("Client OSes on cores and memory of their own, beside Linux");
MODULE_LICENSE("GPL");
