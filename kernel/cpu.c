// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ownership of CPUs: taken from Linux by hotplug, kept from it while claimed, given back.
 *
 * Hotplug callbacks run under the hotplug locks, which are taken while mcs_lock is held; so they
 * look only at a cpumask whose bits are set and cleared atomically.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/delay.h>

#include "mcs_km.h"

/* For a core that Linux has let go to be off by firmware's word. */
#define OFF_SEEN	(3 * HZ)

static struct cpumask claimed;		/* Linux may not bring these online */
static struct cpumask seen_online;	/* online at load or later: their doorbell is known */
static int prepare_state, online_state;

/* Before Linux starts a CPU, on the CPU that asks for it. */
static int before_online(unsigned int cpu)
{
	return cpumask_test_cpu(cpu, &claimed) ? -EBUSY : 0;
}

static int after_online(unsigned int cpu)
{
	cpumask_set_cpu(cpu, &seen_online);
	if (cpu != MCS_BOOT_CPU)
		return 0;
	if (mcs_doorbells->receive_on)
		mcs_doorbells->receive_on();
	mcs_sources_receive_on();
	return 0;
}

/* Where doorbells arrive on the boot CPU, it stays while somebody may raise one. */
static int before_offline(unsigned int cpu)
{
	if (cpu != MCS_BOOT_CPU)
		return 0;
	if (mcs_doorbells_on_boot_cpu() && !list_empty(&mcs_clients))
		return -EBUSY;
	if (mcs_doorbells->receive_off)
		mcs_doorbells->receive_off();
	return 0;
}

int mcs_cpu_init(void)
{
	prepare_state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "mcs:prepare",
						  before_online, NULL);
	if (prepare_state < 0) {
		pr_err("no hotplug state: %d\n", prepare_state);
		return prepare_state;
	}
	online_state = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "mcs:online", after_online,
					 before_offline);
	if (online_state < 0) {
		pr_err("no hotplug state: %d\n", online_state);
		cpuhp_remove_state_nocalls(prepare_state);
		return online_state;
	}
	return 0;
}

void mcs_cpu_exit(void)
{
	cpuhp_remove_state(online_state);
	cpuhp_remove_state_nocalls(prepare_state);
}

bool mcs_cpu_present(unsigned int cpu)
{
	return cpu < nr_cpu_ids && cpu_present(cpu) && get_cpu_device(cpu);
}

bool mcs_cpu_claimed(unsigned int cpu)
{
	return cpumask_test_cpu(cpu, &claimed);
}

/*
 * Some interrupt controllers tell Linux how to reach a core only as that core comes up (GICv2:
 * its own number at the controller; until then a doorbell would go to every core).
 */
static int show_to_linux(unsigned int cpu)
{
	int ret;

	if (!mcs_doorbells->online_once || cpumask_test_cpu(cpu, &seen_online))
		return 0;
	ret = add_cpu(cpu);
	if (ret < 0) {
		pr_err("CPU %u cannot be brought online once to learn its doorbell: %d\n", cpu,
		       ret);
		return ret;
	}
	ret = remove_cpu(cpu);
	return ret < 0 ? ret : 0;
}

bool mcs_cpu_goes_off(u64 hwid, unsigned long wait)
{
	unsigned long end = jiffies + wait;
	s32 fw_error;
	u32 state;

	for (;;) {
		state = mcs_firmware->state(hwid, &fw_error);
		if (state != MCS_CORE_ON && state != MCS_CORE_PENDING)
			return true;
		if (time_after(jiffies, end))
			return false;
		usleep_range(20, 100);
	}
}

int mcs_cpu_take(unsigned int cpu, u64 hwid, bool *was_online)
{
	int ret = show_to_linux(cpu);

	if (ret)
		return ret;
	if (cpumask_test_and_set_cpu(cpu, &claimed))
		return -EBUSY;
	/* Also when it is offline: this waits for an onlining under way that passed our check. */
	ret = remove_cpu(cpu);
	*was_online = ret == 0;
	if (ret >= 0 && cpu_online(cpu))
		ret = -EBUSY;
	/* On RISC-V remove_cpu() is back before the core has called firmware. */
	if (ret >= 0 && !mcs_cpu_goes_off(hwid, OFF_SEEN))
		ret = -ETIMEDOUT;
	if (ret < 0)
		mcs_cpu_give_back(cpu, *was_online && !cpu_online(cpu));
	return ret < 0 ? ret : 0;
}

int mcs_cpu_keep(unsigned int cpu)
{
	int ret = 0;

	/* To bring it online once would be to start a core that runs. */
	if (mcs_doorbells->online_once && !cpumask_test_cpu(cpu, &seen_online)) {
		pr_err("CPU %u was never online: its doorbell is not known\n", cpu);
		return -EOPNOTSUPP;
	}
	if (cpumask_test_and_set_cpu(cpu, &claimed))
		return -EBUSY;
	/* Waits for an onlining under way that passed our check. */
	cpus_read_lock();
	if (cpu_online(cpu))
		ret = -EBUSY;
	cpus_read_unlock();
	if (ret)
		cpumask_clear_cpu(cpu, &claimed);
	return ret;
}

void mcs_cpu_give_back(unsigned int cpu, bool online)
{
	int ret;

	cpumask_clear_cpu(cpu, &claimed);
	if (!online)
		return;
	ret = add_cpu(cpu);
	if (ret < 0)
		pr_warn("CPU %u does not come back online: %d; try: echo 1 > /sys/devices/system/cpu/cpu%u/online\n",
			cpu, ret, cpu);
}
