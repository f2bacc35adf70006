// SPDX-License-Identifier: GPL-2.0-only
/*
 * MCS_IOC_WATCH: clients that can raise nothing are looked for. A timer compares some words of
 * shared memory with what they were, while a core of the claim is on; a change is a doorbell.
 *
 * The pause between two looks is short after a change or a kick, because an answer is likely then,
 * and grows by a quarter with each look in vain; when nothing has moved for long it grows further.
 */
#include <linux/hrtimer.h>
#include <linux/io.h>
#include <linux/ktime.h>
#include <linux/mm.h>

#include "compat.h"
#include "mcs_km.h"
#include "trace.h"

#define PAUSE_MIN	(20 * NSEC_PER_USEC)
#define PAUSE_MAX	(4 * NSEC_PER_MSEC)
#define PAUSE_IDLE	(20 * NSEC_PER_MSEC)
#define IDLE_AFTER	(2 * NSEC_PER_SEC)	/* without a change or a kick */

/* Read once: the client may write at any time. */
static u32 word_now(const struct mcs_watched *word)
{
	return word->width == sizeof(u16) ? READ_ONCE(*(const u16 *)word->at) :
					    READ_ONCE(*(const u32 *)word->at);
}

static bool anything_moved(struct mcs_watcher *watch)
{
	bool moved = false;
	unsigned int i;

	for (i = 0; i < watch->count; i++) {
		u32 now = word_now(&watch->word[i]);

		if (now == watch->word[i].seen)
			continue;
		watch->word[i].seen = now;
		moved = true;
	}
	/* What the words announce is read after them. */
	rmb();
	return moved;
}

static void next_look(struct mcs_watcher *watch)
{
	lockdep_assert_held(&watch->lock);
	hrtimer_start_range_ns(&watch->timer, ns_to_ktime(watch->pause), watch->pause / 8,
			       HRTIMER_MODE_REL_SOFT);
}

static void look_soon(struct mcs_watcher *watch, u64 now)
{
	watch->pause = PAUSE_MIN;
	watch->moved = now;
}

static enum hrtimer_restart on_timer(struct hrtimer *timer)
{
	struct mcs_watcher *watch = container_of(timer, struct mcs_watcher, timer);
	struct mcs_client *client = container_of(watch, struct mcs_client, watch);
	u64 now = ktime_get_ns(), most;
	unsigned long flags;
	bool moved;

	/* Its end has been told. */
	if (!READ_ONCE(client->on))
		return HRTIMER_NORESTART;
	moved = anything_moved(watch);
	if (moved) {
		atomic64_inc(&mcs_stats.doorbells_in);
		mcs_client_rang(client);
		trace_mcs_doorbell_in(READ_ONCE(client->doorbell), 1);
	}
	raw_spin_lock_irqsave(&watch->lock, flags);
	if (moved) {
		look_soon(watch, now);
	} else {
		most = now - watch->moved > IDLE_AFTER ? PAUSE_IDLE : PAUSE_MAX;
		watch->pause = min_t(u64, watch->pause + watch->pause / 4, most);
	}
	if (watch->wanted)
		next_look(watch);
	raw_spin_unlock_irqrestore(&watch->lock, flags);
	return HRTIMER_NORESTART;
}

void mcs_watch_init(struct mcs_watcher *watch)
{
	raw_spin_lock_init(&watch->lock);
	hrtimer_setup(&watch->timer, on_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_SOFT);
}

void mcs_watch_soon(struct mcs_client *client)
{
	struct mcs_watcher *watch = &client->watch;
	unsigned long flags;

	raw_spin_lock_irqsave(&watch->lock, flags);
	if (watch->wanted && READ_ONCE(client->on)) {
		look_soon(watch, ktime_get_ns());
		next_look(watch);
	}
	raw_spin_unlock_irqrestore(&watch->lock, flags);
}

static void unmap_words(struct mcs_watched *word, unsigned int count)
{
	while (count--)
		memunmap((void *)((unsigned long)word[count].at & PAGE_MASK));
}

void mcs_watch_end(struct mcs_client *client)
{
	struct mcs_watcher *watch = &client->watch;
	unsigned long flags;

	lockdep_assert_held(&mcs_lock);
	raw_spin_lock_irqsave(&watch->lock, flags);
	watch->wanted = false;
	raw_spin_unlock_irqrestore(&watch->lock, flags);
	hrtimer_cancel(&watch->timer);
	unmap_words(watch->word, watch->count);
	watch->count = 0;
}

static int map_word(const struct mcs_word *arg, struct mcs_watched *word)
{
	void *page;

	if ((arg->width != sizeof(u16) && arg->width != sizeof(u32)) || arg->reserved ||
	    !IS_ALIGNED(arg->addr, arg->width) || !mcs_region_contains(arg->addr, arg->width))
		return -EINVAL;
	/* The attribute that the holder's mappings have. */
	page = memremap(arg->addr & PAGE_MASK, PAGE_SIZE, MEMREMAP_WC);
	if (!page)
		return -ENOMEM;
	word->at = page + offset_in_page(arg->addr);
	word->width = arg->width;
	word->seen = word_now(word);
	return 0;
}

static int set_words(struct mcs_client *client, const struct mcs_watch *arg)
{
	struct mcs_watched word[MCS_MAX_WATCH];
	unsigned int i;
	int ret;

	for (i = 0; i < arg->n; i++) {
		ret = map_word(&arg->word[i], &word[i]);
		if (ret) {
			unmap_words(word, i);
			return ret;
		}
	}
	mcs_watch_end(client);
	memcpy(client->watch.word, word, arg->n * sizeof(*word));
	client->watch.count = arg->n;
	client->watch.wanted = arg->n;
	mcs_watch_soon(client);
	return 0;
}

long mcs_ioc_watch(struct mcs_file *mf, struct mcs_watch *arg)
{
	struct mcs_client *client;
	long ret;

	if (arg->n > MCS_MAX_WATCH)
		return -EINVAL;
	if (mutex_lock_interruptible(&mcs_lock))
		return -EINTR;
	client = rcu_dereference_protected(mf->client, lockdep_is_held(&mcs_lock));
	ret = client ? set_words(client, arg) : -ENXIO;
	mutex_unlock(&mcs_lock);
	return ret;
}
