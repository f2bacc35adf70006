// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a holder asks for its claim: take or adopt it, start cores, wait for their end, kick,
 * release. Arguments are private copies of what user space gave.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <crypto/algapi.h>
#include <linux/capability.h>
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "mcs_km.h"
#include "trace.h"

/* For a core to show what firmware accepted; generous, as emulators share CPUs. */
#define START_SEEN	(3 * HZ)
/* For one that Linux has just let go to be off. */
#define GOING_OFF	(HZ / 5)

static struct mcs_client *file_client(struct mcs_file *mf)
{
	return rcu_dereference_protected(mf->client, lockdep_is_held(&mcs_lock));
}

static struct mcs_client *find_client(const char *name)
{
	struct mcs_client *client;

	list_for_each_entry(client, &mcs_clients, node)
		if (!strcmp(client->name, name))
			return client;
	return NULL;
}

/* One core of a claim to be: is it there, and is it free? */
static int check_core(unsigned int cpu, bool running, u64 *hwid)
{
	int ret;

	if (cpu == MCS_BOOT_CPU)
		return -EINVAL;
	if (!mcs_cpu_present(cpu))
		return -ENODEV;
	if (mcs_cpu_claimed(cpu))
		return -EBUSY;
	ret = mcs_arch_hwid(cpu, hwid);
	if (ret)
		return ret;
	if (running)
		return cpu_online(cpu) ? -EBUSY : 0;
	/* On and not Linux's: somebody else's, or on its way off. */
	if (!cpu_online(cpu) && !mcs_cpu_goes_off(*hwid, GOING_OFF))
		return -EBUSY;
	return 0;
}

static struct mcs_client *new_client(const struct mcs_claim *arg)
{
	struct mcs_client *client;
	unsigned int i, k;
	int ret;

	if (!arg->ncores || arg->ncores > MCS_MAX_CORES)
		return ERR_PTR(-EINVAL);
	client = kzalloc(sizeof(*client), GFP_KERNEL);
	if (!client)
		return ERR_PTR(-ENOMEM);
	client->ncores = arg->ncores;
	memcpy(client->name, arg->name, sizeof(client->name));
	memcpy(client->token, arg->token, sizeof(client->token));
	for (i = 0; i < arg->ncores; i++) {
		client->cores[i] = arg->cores[i];
		ret = check_core(client->cores[i], arg->flags & MCS_CLAIM_RUNNING,
				 &client->hwid[i]);
		for (k = 0; k < i && !ret; k++)
			if (client->cores[k] == client->cores[i])
				ret = -EINVAL;
		if (ret) {
			kfree(client);
			return ERR_PTR(ret);
		}
	}
	return client;
}

static void give_back(struct mcs_client *client, unsigned int count)
{
	while (count--)
		mcs_cpu_give_back(client->cores[count], client->was_online & BIT(count));
}

/* All cores or none. */
static int take_cores(struct mcs_client *client)
{
	unsigned int i;
	bool was_online;
	int ret;

	for (i = 0; i < client->ncores; i++) {
		ret = mcs_cpu_take(client->cores[i], client->hwid[i], &was_online);
		if (ret) {
			give_back(client, i);
			return ret;
		}
		if (was_online)
			client->was_online |= BIT(i);
	}
	return 0;
}

/* As they are. Asked of firmware only now: nobody else starts them any more. */
static int keep_cores(struct mcs_client *client)
{
	unsigned int i;
	s32 fw_error;
	int ret = 0;

	for (i = 0; i < client->ncores; i++) {
		ret = mcs_cpu_keep(client->cores[i]);
		if (ret)
			break;
	}
	if (!ret && mcs_firmware->state(client->hwid[0], &fw_error) != MCS_CORE_ON)
		ret = -EHOSTDOWN;
	if (ret)
		give_back(client, i);
	return ret;
}

static int claim_new(struct mcs_file *mf, struct mcs_claim *arg)
{
	struct mcs_client *client;
	bool running = arg->flags & MCS_CLAIM_RUNNING;
	int ret;

	if (find_client(arg->name))
		return -EBUSY;
	client = new_client(arg);
	if (IS_ERR(client))
		return PTR_ERR(client);
	ret = running ? keep_cores(client) : take_cores(client);
	if (ret)
		goto free;
	/* From here on a boot CPU that hears doorbells refuses to go offline. */
	cpus_read_lock();
	if (cpu_online(MCS_BOOT_CPU) || !mcs_doorbells_on_boot_cpu())
		mcs_client_begin(client, mf);
	else
		ret = -ENXIO;
	cpus_read_unlock();
	if (ret)
		goto give_back;
	arg->result = client->was_online ? MCS_CLAIM_WAS_ONLINE : 0;
	if (running && mcs_client_refresh(client)) {
		arg->result |= MCS_CLAIM_RUNNING;
		mcs_client_watch(client);
	}
	return 0;

give_back:
	pr_err("CPU %d is offline, doorbells arrive on it: bring it online before claiming cores\n",
	       MCS_BOOT_CPU);
	give_back(client, client->ncores);
free:
	kfree(client);
	return ret;
}

static int claim_adopt(struct mcs_file *mf, struct mcs_claim *arg)
{
	struct mcs_client *client = find_client(arg->name);

	if (!client)
		return -ENOENT;
	if (arg->flags & MCS_CLAIM_FORCE) {
		if (!capable(CAP_SYS_ADMIN))
			return -EPERM;
	} else if (crypto_memneq(client->token, arg->token, sizeof(client->token))) {
		return -EPERM;
	}
	if (rcu_access_pointer(client->holder))
		return -EALREADY;
	memcpy(client->token, arg->token, sizeof(client->token));
	rcu_assign_pointer(client->holder, mf);
	rcu_assign_pointer(mf->client, client);
	arg->result = client->was_online ? MCS_CLAIM_WAS_ONLINE : 0;
	if (mcs_client_refresh(client)) {
		arg->result |= MCS_CLAIM_RUNNING;
		mcs_client_watch(client);
	}
	arg->ncores = client->ncores;
	memcpy(arg->cores, client->cores, sizeof(arg->cores));
	return 0;
}

static bool flags_valid(u32 flags)
{
	return flags == 0 || flags == MCS_CLAIM_RUNNING || flags == MCS_CLAIM_ADOPT ||
	       flags == (MCS_CLAIM_ADOPT | MCS_CLAIM_FORCE);
}

long mcs_ioc_claim(struct mcs_file *mf, struct mcs_claim *arg)
{
	long ret;

	if (!flags_valid(arg->flags) || !arg->name[0] ||
	    !memchr(arg->name, 0, sizeof(arg->name)))
		return -EINVAL;
	if (mutex_lock_interruptible(&mcs_lock))
		return -EINTR;
	if (file_client(mf))
		ret = -EBUSY;
	else if (arg->flags & MCS_CLAIM_ADOPT)
		ret = claim_adopt(mf, arg);
	else
		ret = claim_new(mf, arg);
	mutex_unlock(&mcs_lock);
	return ret;
}

long mcs_ioc_release(struct mcs_file *mf)
{
	struct mcs_client *client;
	long ret = 0;

	mutex_lock(&mcs_lock);
	client = file_client(mf);
	if (!client)
		ret = -ENXIO;
	else if (mcs_client_refresh(client))
		ret = -EBUSY;
	else
		mcs_client_end(client);
	mutex_unlock(&mcs_lock);
	return ret;
}

void mcs_file_leave(struct mcs_file *mf)
{
	struct mcs_client *client;

	mutex_lock(&mcs_lock);
	client = file_client(mf);
	if (client && mcs_client_refresh(client)) {
		/* An adopter asks for it again. */
		mcs_watch_end(client);
		RCU_INIT_POINTER(client->holder, NULL);
		RCU_INIT_POINTER(mf->client, NULL);
		mcs_client_watch(client);
	} else if (client) {
		mcs_client_end(client);
	}
	mutex_unlock(&mcs_lock);
	if (!client)
		return;
	/* An interrupt handler may still be waking this file. */
	synchronize_rcu();
	irq_work_sync(&mf->wake);
}

/*
 * Firmware may accept a start and still answer OFF until the core takes it up (seen with QEMU's
 * PSCI; the specification has ON_PENDING for that). Nobody must take that for the client's end, so
 * it is waited for. A client that went off again within the pauses costs the whole wait.
 */
static void wait_until_seen(u64 hwid)
{
	unsigned long end = jiffies + START_SEEN;
	s32 fw_error;

	while (mcs_firmware->state(hwid, &fw_error) == MCS_CORE_OFF && time_before(jiffies, end))
		usleep_range(20, 100);
}

static int start_core(struct mcs_client *client, unsigned int i, struct mcs_start *arg)
{
	int ret;

	/* What an earlier run left must not be taken for the end of this one. */
	if (!client->on)
		atomic64_and(~((u64)U32_MAX << 32 | MCS_EVENT_CORE_OFF), &client->pending);
	/* What the holder wrote through its mapping is there before the core looks. */
	mb();
	ret = mcs_firmware->start(client->cores[i], client->hwid[i], arg->entry, arg->arg0,
				  &arg->fw_error);
	if (ret)
		return ret;
	wait_until_seen(client->hwid[i]);
	client->started |= BIT(i);
	WRITE_ONCE(client->on, client->on | BIT(i));
	mcs_watch_soon(client);
	trace_mcs_core_state(client->cores[i], client->hwid[i], MCS_CORE_ON);
	mcs_client_watch(client);
	return 0;
}

long mcs_ioc_start(struct mcs_file *mf, struct mcs_start *arg)
{
	struct mcs_client *client;
	long ret = -EINVAL;
	unsigned int i;

	arg->fw_error = 0;
	if (mutex_lock_interruptible(&mcs_lock))
		return -EINTR;
	client = file_client(mf);
	if (!client) {
		ret = -ENXIO;
		goto unlock;
	}
	for (i = 0; i < client->ncores && client->cores[i] != arg->core; i++)
		;
	if (i == client->ncores)
		goto unlock;
	/* At least one instruction, wherever it may jump to then. */
	if (!mcs_region_contains(arg->entry, sizeof(u32))) {
		ret = -EFAULT;
		goto unlock;
	}
	mcs_client_refresh(client);
	ret = client->on & BIT(i) ? -EALREADY : start_core(client, i, arg);
unlock:
	mutex_unlock(&mcs_lock);
	return ret;
}

/* Bounded by the caller's time; firmware is asked at growing intervals of 0.2 to 10 ms. */
static long wait_until_off(struct mcs_client *client, u32 timeout_ms)
{
	ktime_t end = ktime_add_ms(ktime_get(), timeout_ms);
	unsigned int pause_us = 200;

	while (!READ_ONCE(client->gone)) {
		bool late = ktime_compare(ktime_get(), end) >= 0;

		if (mcs_client_is_off(client))
			return 0;
		if (late)
			return -ETIMEDOUT;
		if (signal_pending(current))
			return -EINTR;
		usleep_range(pause_us, 2 * pause_us);
		pause_us = min(2 * pause_us, 10000U);
	}
	return -ENXIO;
}

long mcs_ioc_wait_off(struct mcs_file *mf, struct mcs_wait_off *arg)
{
	struct mcs_client *client = mcs_client_get(mf);
	long ret;

	if (!client)
		return -ENXIO;
	ret = wait_until_off(client, arg->timeout_ms);
	if (!ret) {
		/* The event comes with the answer, not a second later. */
		mutex_lock(&mcs_lock);
		if (!client->gone)
			mcs_client_refresh(client);
		mutex_unlock(&mcs_lock);
	}
	mcs_client_put(client);
	return ret;
}

long mcs_ioc_doorbell(struct mcs_file *mf, struct mcs_doorbell *arg)
{
	struct mcs_client *client;
	long ret;

	if (mutex_lock_interruptible(&mcs_lock))
		return -EINTR;
	client = file_client(mf);
	ret = client ? mcs_client_set_doorbell(client, arg->mode) : -ENXIO;
	if (!ret)
		ret = mcs_doorbell_answer(client, arg);
	mutex_unlock(&mcs_lock);
	return ret;
}

long mcs_ioc_kick(struct mcs_file *mf)
{
	struct mcs_client *client = mcs_client_get(mf);
	long ret = 0;

	if (!client)
		return -ENXIO;
	if (READ_ONCE(client->doorbell) == MCS_NO_DOORBELL)
		ret = -ENXIO;
	else if (!READ_ONCE(client->on))
		ret = -EHOSTDOWN;
	else
		mcs_client_kick(client);
	mcs_client_put(client);
	return ret;
}

/* Whether a core can be told to stop; one that was just started needs a moment for that. */
static long wait_can_stop(struct mcs_client *client, unsigned int i)
{
	unsigned long end = jiffies + START_SEEN;
	int ret = -EOPNOTSUPP;

	if (!(client->started & BIT(i)))
		return ret;
	do {
		ret = mcs_firmware->can_stop(client->cores[i]);
		if (ret != -EAGAIN)
			return ret;
		usleep_range(20, 100);
	} while (time_before(jiffies, end));
	return -EOPNOTSUPP;
}

/* Tell all, also those of which it is not known whether they hear. */
static long force_stop(struct mcs_client *client)
{
	long ret = 0, answer;
	unsigned int i;

	mcs_client_refresh(client);
	for (i = 0; i < client->ncores; i++) {
		if (!(client->on & BIT(i)))
			continue;
		answer = wait_can_stop(client, i);
		if (mcs_firmware->force_stop(client->hwid[i]))
			answer = -EIO;
		if (answer && ret != -EIO)
			ret = answer;
	}
	return ret;
}

long mcs_ioc_force_stop(struct mcs_file *mf)
{
	struct mcs_client *client;
	long ret;

	if (mutex_lock_interruptible(&mcs_lock))
		return -EINTR;
	client = file_client(mf);
	if (!client)
		ret = -ENXIO;
	else if (!mcs_firmware->force_stop)
		ret = -EOPNOTSUPP;
	else
		ret = force_stop(client);
	mutex_unlock(&mcs_lock);
	return ret;
}
