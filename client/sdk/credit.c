// SPDX-License-Identifier: BSD-3-Clause
/*
 * Per-endpoint credit (MICA_F_CREDIT, include/mica/abi.h): a slow reader holds back its own
 * senders instead of filling the buffers that all endpoints share.
 */
#include <string.h>

#include "session.h"

/* Given back with a message that goes to the host anyway, or else before the host runs dry. */
#define RIDES_AT   2u
#define CREDIT_MAX 0xFFFFu /* what a wrong or hostile count can add up to */

bool sdk_credit_counts(const struct session *s, uint32_t dest, size_t len)
{
	return (s->acked & MICA_F_CREDIT) && len > 0 && dest >= RPMSG_RESERVED_ADDRESSES;
}

uint32_t sdk_credit_window(const struct mica_ept *ept)
{
	return sdk_session.acked & MICA_F_LANES ? ept->window : 0;
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

/* If it is `least` or more. False: it could not be sent now. */
static bool give_back(struct session *s, struct mica_ept *ept, uint32_t least)
{
	struct mica_ctrl_credit m = { .kind = MICA_CTRL_CREDIT,
				      .receiver = ept->rp.addr,
				      .sender = ept->rp.dest_addr };
	unsigned long key = mica_os_critical_enter();

	if (ept->owed >= least) {
		m.count = ept->owed;
		ept->owed = 0;
	}
	mica_os_critical_exit(key);
	if (!m.count || rpmsg_trysend(&s->ctrl, &m, sizeof(m)) >= 0)
		return true;
	key = mica_os_critical_enter();
	ept->owed += m.count;
	mica_os_critical_exit(key);
	return false;
}

void sdk_credit_ride(struct mica_ept *ept)
{
	if (sdk_session.acked & MICA_F_CREDIT)
		(void)give_back(&sdk_session, ept, RIDES_AT);
}

/*
 * Of what the host may have under way, three quarters while it is not held up, else half: one by
 * one, each would cost a doorbell. Whoever takes what is kept comes to that.
 */
static uint32_t due(const struct mica_ept *ept)
{
	uint32_t all = MICA_CREDIT_INITIAL + sdk_credit_window(ept);

	return ept->n_held ? all / 2 : all * 3 / 4;
}

bool sdk_credit_give_back(struct session *s)
{
	bool all = true;

	if (!(s->acked & MICA_F_CREDIT))
		return true;
	for (struct mica_ept *ept = s->epts; ept; ept = ept->next)
		all &= give_back(s, ept, due(ept));
	return all;
}
