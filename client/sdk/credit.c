// SPDX-License-Identifier: BSD-3-Clause
/*
 * Per-endpoint credit (MICA_F_CREDIT, include/mica/abi.h): a slow reader holds back its own
 * senders instead of filling the buffers that all endpoints share.
 */
#include <string.h>

#include "session.h"

#define GIVE_BACK_AT 2u	     /* half of the initial credit: a sender never runs dry meanwhile */
#define CREDIT_MAX   0xFFFFu /* what a wrong or hostile count can add up to */

bool sdk_credit_counts(const struct session *s, uint32_t dest, size_t len)
{
	return (s->acked & MICA_F_CREDIT) && len > 0 && dest >= RPMSG_RESERVED_ADDRESSES;
}

void sdk_credit_came(struct session *s, const void *data)
{
	struct mica_ctrl_credit m;

	memcpy(&m, data, sizeof(m));
	for (struct mica_ept *ept = s->epts; ept; ept = ept->next) {
		unsigned long key;

		if (ept->rp.addr != m.sender || ept->rp.dest_addr != m.receiver)
			continue;
		key = mica_os_critical_enter();
		ept->credit =
			m.count > CREDIT_MAX - ept->credit ? CREDIT_MAX : ept->credit + m.count;
		mica_os_critical_exit(key);
	}
}

bool sdk_credit_give_back(struct session *s)
{
	bool all = true;

	if (!(s->acked & MICA_F_CREDIT))
		return true;
	for (struct mica_ept *ept = s->epts; ept; ept = ept->next) {
		struct mica_ctrl_credit m = {
			.kind = MICA_CTRL_CREDIT,
			.receiver = ept->rp.addr,
			.sender = ept->rp.dest_addr,
			.count = ept->owed,
		};

		if (ept->owed < GIVE_BACK_AT)
			continue;
		if (rpmsg_trysend(&s->ctrl, &m, sizeof(m)) >= 0)
			ept->owed = 0;
		else
			all = false;
	}
	return all;
}
