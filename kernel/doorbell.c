// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which doorbell a claim has: the number it listens to and the number Linux raises. Own ones are
 * the device's interrupts (source.c) where there are any, else the architecture's, and shared when
 * all are taken.
 */
#include "mcs_km.h"

/* Whether clients must find the boot CPU online. */
bool mcs_doorbells_on_boot_cpu(void)
{
	return mcs_doorbells->on_boot_cpu || mcs_sources_on_boot_cpu();
}

static void own_numbers(u32 *first, u32 *count)
{
	*count = mcs_sources_count();
	*first = MCS_SOURCE_FIRST;
	if (*count)
		return;
	*first = mcs_doorbells->own_first;
	*count = mcs_doorbells->own_count;
}

void mcs_doorbell_info(struct mcs_info *info)
{
	own_numbers(&info->doorbell_own_first, &info->doorbell_own_count);
	info->doorbell_kind = mcs_sources_count() ? MCS_DB_MMIO : mcs_doorbells->kind;
	info->doorbell_legacy = mcs_doorbells->legacy;
	if (info->doorbell_own_count)
		info->caps |= MCS_CAP_DOORBELL_OWN;
	if (mcs_doorbells->has_legacy)
		info->caps |= MCS_CAP_DOORBELL_LEGACY;
}

int mcs_doorbell_answer(const struct mcs_client *client, struct mcs_doorbell *arg)
{
	arg->to_host = client->doorbell;
	arg->to_client = client->doorbell_out;
	arg->kind = mcs_doorbells->kind;
	arg->value = 0;
	arg->addr = 0;
	if (client->doorbell >= MCS_SOURCE_FIRST) {
		arg->kind = MCS_DB_MMIO;
		mcs_source_get(client->doorbell, &arg->addr, &arg->value);
	}
	arg->kind_to_client = arg->kind == mcs_doorbells->kind_to_client ?
				      MCS_DB_NONE : mcs_doorbells->kind_to_client;
	return mcs_arch_hwid(MCS_BOOT_CPU, &arg->target);
}

static bool legacy_in_use(void)
{
	struct mcs_client *client;

	list_for_each_entry(client, &mcs_clients, node)
		if (client->doorbell == mcs_doorbells->legacy)
			return true;
	return false;
}

static void set_numbers(struct mcs_client *client, u32 in, u32 out)
{
	u32 old = client->doorbell;

	WRITE_ONCE(client->doorbell, in);
	WRITE_ONCE(client->doorbell_out, out);
	if (mcs_doorbells->has_legacy && mcs_doorbells->legacy_put &&
	    old == mcs_doorbells->legacy && !legacy_in_use())
		mcs_doorbells->legacy_put();
}

void mcs_client_no_doorbell(struct mcs_client *client)
{
	lockdep_assert_held(&mcs_lock);
	set_numbers(client, MCS_NO_DOORBELL, MCS_NO_DOORBELL);
}

/* The one that the fewest claims have. */
static u32 pick(u32 first, u32 count, bool out)
{
	u32 best = first, fewest = U32_MAX, number;
	struct mcs_client *client;

	for (number = first; number - first < count; number++) {
		u32 users = 0;

		list_for_each_entry(client, &mcs_clients, node)
			users += (out ? client->doorbell_out : client->doorbell) == number;
		if (users < fewest) {
			fewest = users;
			best = number;
		}
	}
	return best;
}

static int set_legacy(struct mcs_client *client)
{
	int ret;

	if (!mcs_doorbells->has_legacy)
		return -EOPNOTSUPP;
	if (client->doorbell == mcs_doorbells->legacy)
		return 0;
	if (mcs_doorbells->legacy_get && !legacy_in_use()) {
		ret = mcs_doorbells->legacy_get();
		if (ret)
			return ret;
	}
	set_numbers(client, mcs_doorbells->legacy, mcs_doorbells->legacy);
	return 0;
}

static int set_own(struct mcs_client *client)
{
	u32 first, count, in;

	own_numbers(&first, &count);
	if (!count || !mcs_doorbells->own_count)
		return -EOPNOTSUPP;
	if (client->doorbell >= first && client->doorbell - first < count)
		return 0;
	in = pick(first, count, false);
	set_numbers(client, in,
		    in < MCS_SOURCE_FIRST ? in : pick(mcs_doorbells->own_first,
						      mcs_doorbells->own_count, true));
	return 0;
}

/*
 * A client that runs keeps the doorbell it was told of, whatever is asked for: by firmware's word
 * now, for the next image may ask right after the last one went off. mcs_lock.
 */
int mcs_client_set_doorbell(struct mcs_client *client, u32 mode)
{
	lockdep_assert_held(&mcs_lock);
	if (mode != MCS_DOORBELL_LEGACY && mode != MCS_DOORBELL_OWN)
		return -EINVAL;
	if (client->on && client->doorbell != MCS_NO_DOORBELL && mcs_client_refresh(client))
		return 0;
	return mode == MCS_DOORBELL_LEGACY ? set_legacy(client) : set_own(client);
}
