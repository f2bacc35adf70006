// SPDX-License-Identifier: GPL-2.0-only
/*
 * Life of a claim: it begins with its cores, is held by a file or left while a core runs, and ends
 * when it is released or when the last core goes off with nobody holding it. Firmware raises no
 * event for that, so cores are looked at once a second, only while one is on, and soon after a
 * doorbell, which is how a client announces its end.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "mcs_km.h"
#include "trace.h"

#define CHECK_PERIOD	HZ
#define CHECK_SOON	msecs_to_jiffies(20)

/* Claims and their cores: see mcs_km.h. */
DEFINE_MUTEX(mcs_lock);
LIST_HEAD(mcs_clients);
static struct workqueue_struct *check_wq;

int mcs_client_init(void)
{
	check_wq = alloc_workqueue("mcs_check", WQ_UNBOUND, 0);
	return check_wq ? 0 : -ENOMEM;
}

void mcs_client_exit(void)
{
	destroy_workqueue(check_wq);
}

static void client_free(struct kref *ref)
{
	struct mcs_client *client = container_of(ref, struct mcs_client, ref);

	kfree_rcu(client, rcu);
}

void mcs_client_put(struct mcs_client *client)
{
	kref_put(&client->ref, client_free);
}

struct mcs_client *mcs_client_get(struct mcs_file *mf)
{
	struct mcs_client *client;

	rcu_read_lock();
	client = rcu_dereference(mf->client);
	if (client && !kref_get_unless_zero(&client->ref))
		client = NULL;
	rcu_read_unlock();
	return client;
}

/* Work that is queued holds a reference; returns without one when it is queued already. */
void mcs_client_watch(struct mcs_client *client)
{
	kref_get(&client->ref);
	if (!queue_delayed_work(check_wq, &client->check, CHECK_PERIOD))
		mcs_client_put(client);
}

void mcs_client_check_soon(struct mcs_client *client)
{
	if (!READ_ONCE(client->on) || test_and_set_bit(0, &client->check_soon) ||
	    !kref_get_unless_zero(&client->ref))
		return;
	if (mod_delayed_work(check_wq, &client->check, CHECK_SOON))
		mcs_client_put(client);
}

static void check_work(struct work_struct *work)
{
	struct mcs_client *client = container_of(to_delayed_work(work), struct mcs_client, check);

	clear_bit(0, &client->check_soon);
	/* Before the look: a doorbell from here on asks for another one. */
	smp_mb__after_atomic();
	mutex_lock(&mcs_lock);
	if (!client->gone) {
		if (mcs_client_refresh(client))
			mcs_client_watch(client);
		else if (!rcu_access_pointer(client->holder))
			mcs_client_end(client);
	}
	mutex_unlock(&mcs_lock);
	mcs_client_put(client);
}

void mcs_client_begin(struct mcs_client *client, struct mcs_file *mf)
{
	lockdep_assert_held(&mcs_lock);
	kref_init(&client->ref);
	INIT_DELAYED_WORK(&client->check, check_work);
	INIT_LIST_HEAD(&client->windows);
	mcs_watch_init(&client->watch);
	client->doorbell = MCS_NO_DOORBELL;
	client->doorbell_out = MCS_NO_DOORBELL;
	/* Until the claim ends: with no file open it may be all that keeps this code. */
	__module_get(THIS_MODULE);
	rcu_assign_pointer(client->holder, mf);
	rcu_assign_pointer(mf->client, client);
	list_add_tail_rcu(&client->node, &mcs_clients);
}

void mcs_client_end(struct mcs_client *client)
{
	struct mcs_file *mf = rcu_dereference_protected(client->holder,
							lockdep_is_held(&mcs_lock));
	unsigned int i;

	client->gone = true;
	mcs_windows_end(client);
	mcs_watch_end(client);
	mcs_client_no_doorbell(client);
	list_del_rcu(&client->node);
	RCU_INIT_POINTER(client->holder, NULL);
	if (mf)
		RCU_INIT_POINTER(mf->client, NULL);
	/* From here on no interrupt handler sees it, so nobody asks for a look any more. */
	synchronize_rcu();
	if (cancel_delayed_work(&client->check))
		mcs_client_put(client);
	for (i = 0; i < client->ncores; i++)
		mcs_cpu_give_back(client->cores[i], client->was_online & BIT(i));
	if (mf)
		wake_up_all(&mf->wait);
	mcs_client_put(client);
	module_put(THIS_MODULE);
}

/* One core, by firmware's word. A firmware that does not tell changes nothing. */
static bool core_is_on(struct mcs_client *client, unsigned int i)
{
	bool was_on = client->on & BIT(i);
	s32 fw_error;
	u32 state = mcs_firmware->state(client->hwid[i], &fw_error);
	bool on = state == MCS_CORE_ON || state == MCS_CORE_PENDING ||
		  (state == MCS_CORE_UNKNOWN && was_on);

	if (on != was_on)
		trace_mcs_core_state(client->cores[i], client->hwid[i], state);
	return on;
}

bool mcs_client_refresh(struct mcs_client *client)
{
	u32 on = 0, off;
	unsigned int i;

	lockdep_assert_held(&mcs_lock);
	atomic64_inc(&mcs_stats.checks);
	for (i = 0; i < client->ncores; i++)
		if (core_is_on(client, i))
			on |= BIT(i);
	off = client->on & ~on;
	WRITE_ONCE(client->on, on);
	if (off)
		mcs_post(client, MCS_EVENT_CORE_OFF, off);
	return on;
}

/* Whether firmware says that no core of it is on; needs no lock, changes nothing. */
bool mcs_client_is_off(const struct mcs_client *client)
{
	unsigned int i;
	s32 fw_error;
	u32 state;

	for (i = 0; i < client->ncores; i++) {
		state = mcs_firmware->state(client->hwid[i], &fw_error);
		if (state != MCS_CORE_OFF &&
		    (state != MCS_CORE_UNKNOWN || READ_ONCE(client->on) & BIT(i)))
			return false;
	}
	return true;
}
