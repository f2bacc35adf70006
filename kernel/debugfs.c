// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/debug/mcs: claims with their state, and counters. For people; no ABI.
 */
#include <linux/debugfs.h>
#include <linux/rculist.h>
#include <linux/seq_file.h>

#include "mcs_km.h"

static struct dentry *root;

static void show_client(struct seq_file *seq, struct mcs_client *client)
{
	unsigned int i;

	seq_escape(seq, client->name, " \t\n\\");
	seq_puts(seq, " cores ");
	for (i = 0; i < client->ncores; i++)
		seq_printf(seq, "%s%u%s", i ? "," : "", client->cores[i],
			   client->on & BIT(i) ? "+" : "");
	seq_printf(seq, " %s %s", client->on ? "running" : "off",
		   rcu_access_pointer(client->holder) ? "held" : "left");
	if (client->doorbell == MCS_NO_DOORBELL)
		seq_puts(seq, " doorbell -");
	else
		seq_printf(seq, " doorbell %u", client->doorbell);
	if (client->watch.count)
		seq_printf(seq, " watching %u", client->watch.count);
	seq_printf(seq, " in %lld out %lld\n", (s64)atomic64_read(&client->doorbells_in),
		   (s64)atomic64_read(&client->doorbells_out));
}

/* One line a claim; "+" marks a core that is on. */
static int claims_show(struct seq_file *seq, void *unused)
{
	struct mcs_client *client;

	if (mutex_lock_interruptible(&mcs_lock))
		return -EINTR;
	list_for_each_entry(client, &mcs_clients, node) {
		mcs_client_refresh(client);
		show_client(seq, client);
	}
	mutex_unlock(&mcs_lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(claims);

static int counters_show(struct seq_file *seq, void *unused)
{
	seq_printf(seq, "doorbells_in %lld\n", (s64)atomic64_read(&mcs_stats.doorbells_in));
	seq_printf(seq, "doorbells_out %lld\n", (s64)atomic64_read(&mcs_stats.doorbells_out));
	seq_printf(seq, "spurious %lld\n", (s64)atomic64_read(&mcs_stats.spurious));
	seq_printf(seq, "checks %lld\n", (s64)atomic64_read(&mcs_stats.checks));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(counters);

/* Without debugfs there is nothing to show and nothing to fail. */
void mcs_debugfs_add(void)
{
	root = debugfs_create_dir("mcs", NULL);
	debugfs_create_file("claims", 0400, root, NULL, &claims_fops);
	debugfs_create_file("counters", 0400, root, NULL, &counters_fops);
}

void mcs_debugfs_remove(void)
{
	debugfs_remove(root);
}
