// SPDX-License-Identifier: BSD-3-Clause
/*
 * The control endpoint (include/mica/abi.h): credit comes in, PING is answered. Both sides know its
 * address, so it is never announced, and its messages cost no credit.
 */
#include <string.h>

#include "session.h"

/* A PING stays in its buffer until one is free for the answer, which overtakes no other PING. */
static void hold_ping(struct session *s, void *data, size_t len)
{
	if (s->n_pings == SDK_PINGS_HELD) {
		s->stats.dropped++;
		return;
	}
	rpmsg_hold_rx_buffer(&s->ctrl, data);
	s->ping[s->n_pings++] = (struct sdk_ping){ .data = data, .len = len };
}

/* False: no buffer now. */
static bool pong(struct session *s, const void *data, size_t len)
{
	const uint32_t kind = MICA_CTRL_PONG;
	uint32_t room;
	void *out = rpmsg_get_tx_payload_buffer(&s->ctrl, &room, false);

	if (!out)
		return false;
	if (len <= room) {
		memcpy(out, data, len);
		memcpy(out, &kind, sizeof(kind));
		if (rpmsg_send_nocopy(&s->ctrl, out, (int)len) >= 0)
			return true;
	}
	/* Longer than what goes this way: whoever asks gets no answer. */
	rpmsg_release_tx_buffer(&s->ctrl, out);
	s->stats.dropped++;
	return true;
}

static int on_control(struct rpmsg_endpoint *rp, void *data, size_t len, uint32_t src, void *priv)
{
	struct session *s = priv;
	uint32_t kind;

	(void)rp;
	(void)src;
	if (len < sizeof(kind))
		return RPMSG_SUCCESS;
	memcpy(&kind, data, sizeof(kind));
	if (kind == MICA_CTRL_CREDIT && len >= sizeof(struct mica_ctrl_credit))
		sdk_credit_came(s, data);
	if (kind == MICA_CTRL_PING && (s->acked & MICA_F_PING) &&
	    len >= sizeof(struct mica_ctrl_ping) && (s->n_pings || !pong(s, data, len)))
		hold_ping(s, data, len);
	return RPMSG_SUCCESS;
}

bool sdk_ctrl_answer(struct session *s)
{
	while (s->n_pings && pong(s, s->ping[0].data, s->ping[0].len)) {
		rpmsg_release_rx_buffer(&s->ctrl, s->ping[0].data);
		s->n_pings--;
		memmove(&s->ping[0], &s->ping[1], s->n_pings * sizeof(s->ping[0]));
	}
	return s->n_pings == 0;
}

int sdk_ctrl_open(struct session *s)
{
	int ret;

	s->n_pings = 0;
	if (!(s->acked & (MICA_F_CREDIT | MICA_F_PING)))
		return 0;
	s->ctrl.priv = s;
	ret = rpmsg_create_urgent_ept(&s->ctrl, &s->rvdev.rdev, "", MICA_CTRL_ADDR, MICA_CTRL_ADDR,
				      on_control, NULL, 0);
	return ret == RPMSG_SUCCESS ? 0 : -1;
}
