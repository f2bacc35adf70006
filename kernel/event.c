// SPDX-License-Identifier: GPL-2.0-only
/*
 * Doorbells and events: counted per claim where they happen, told by read() and poll().
 *
 * No wake-up is lost: what happened is noted (one atomic word) before the holder is woken, and
 * read() takes the whole word at once, so anything later makes the next poll() return.
 */
#include <linux/fs.h>
#include <linux/rculist.h>
#include <linux/uaccess.h>

#include "mcs_km.h"
#include "trace.h"

static void wake_later(struct irq_work *work)
{
	wake_up_poll(&container_of(work, struct mcs_file, wake)->wait, EPOLLIN | EPOLLRDNORM);
}

void mcs_file_events_init(struct mcs_file *mf)
{
	init_waitqueue_head(&mf->wait);
	init_irq_work(&mf->wake, wake_later);
}

/* Under PREEMPT_RT a wait queue's lock sleeps, and doorbells arrive in hard interrupt context. */
static void wake_holder(struct mcs_file *mf)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		irq_work_queue(&mf->wake);
	else
		wake_up_poll(&mf->wait, EPOLLIN | EPOLLRDNORM);
}

void mcs_post(struct mcs_client *client, u32 flags, u32 cores_off)
{
	struct mcs_file *holder;

	atomic64_or((u64)cores_off << 32 | flags, &client->pending);
	rcu_read_lock();
	holder = rcu_dereference(client->holder);
	if (holder)
		wake_holder(holder);
	rcu_read_unlock();
}

void mcs_client_rang(struct mcs_client *client)
{
	atomic64_inc(&client->doorbells_in);
	mcs_post(client, MCS_EVENT_DOORBELL, 0);
	mcs_client_check_soon(client);
}

void mcs_doorbell_arrived(u32 number)
{
	struct mcs_client *client;
	unsigned int listening = 0;

	atomic64_inc(&mcs_stats.doorbells_in);
	rcu_read_lock();
	list_for_each_entry_rcu(client, &mcs_clients, node) {
		if (READ_ONCE(client->doorbell) != number)
			continue;
		listening++;
		mcs_client_rang(client);
	}
	rcu_read_unlock();
	if (!listening)
		atomic64_inc(&mcs_stats.spurious);
	trace_mcs_doorbell_in(number, listening);
}

/* Raise the client's doorbell at its first core; the caller has seen that it has one. */
void mcs_client_kick(struct mcs_client *client)
{
	u32 number = READ_ONCE(client->doorbell_out);

	if (number == MCS_NO_DOORBELL ||
	    mcs_doorbells->send(number, client->cores[0], client->hwid[0]))
		return;
	mcs_watch_soon(client);
	atomic64_inc(&client->doorbells_out);
	atomic64_inc(&mcs_stats.doorbells_out);
	trace_mcs_doorbell_out(number, client->cores[0]);
}

/* Whether read() has an answer: an event, or that there is no claim any more. */
static bool readable(struct mcs_file *mf)
{
	struct mcs_client *client;
	bool ret;

	rcu_read_lock();
	client = rcu_dereference(mf->client);
	ret = !client || atomic64_read(&client->pending);
	rcu_read_unlock();
	return ret;
}

/*
 * Give the caller all that has happened since the last time; 0 when nothing has. What cannot be
 * copied out has not been given.
 */
static ssize_t give_event(struct mcs_client *client, char __user *buf)
{
	u64 pending = atomic64_xchg(&client->pending, 0);
	struct mcs_event event = {
		.flags = lower_32_bits(pending),
		.cores_off = upper_32_bits(pending),
		.doorbells = atomic64_read(&client->doorbells_in),
	};

	if (!pending)
		return 0;
	if (copy_to_user(buf, &event, sizeof(event))) {
		atomic64_or(pending, &client->pending);
		return -EFAULT;
	}
	return sizeof(event);
}

ssize_t mcs_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct mcs_file *mf = file->private_data;
	struct mcs_client *client;
	ssize_t ret;

	if (count < sizeof(struct mcs_event))
		return -EINVAL;
	for (;;) {
		client = mcs_client_get(mf);
		if (!client)
			return -ENXIO;
		ret = give_event(client, buf);
		mcs_client_put(client);
		if (ret)
			return ret;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		ret = wait_event_interruptible(mf->wait, readable(mf));
		if (ret)
			return ret;
	}
}

__poll_t mcs_poll(struct file *file, poll_table *table)
{
	struct mcs_file *mf = file->private_data;
	struct mcs_client *client;
	__poll_t mask = 0;

	poll_wait(file, &mf->wait, table);
	rcu_read_lock();
	client = rcu_dereference(mf->client);
	if (client && atomic64_read(&client->pending))
		mask = EPOLLIN | EPOLLRDNORM;
	rcu_read_unlock();
	return mask;
}
