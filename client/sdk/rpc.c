// SPDX-License-Identifier: BSD-3-Clause
/*
 * rpc, client side: slots of calls on their way. A reply is taken only by the call whose whole
 * trace_id it carries, so one that comes after its caller gave up finds nobody.
 */
#include <string.h>

#include "mica_rpc.h"
#include "rpc.h"
#include "session.h"

#define DEFAULT_MS 30000u

struct slot {
	struct mica_os_sem done;
	struct rpc_call *call; /* NULL: free */
	uint32_t trace;
	bool answered, lost;
};

static struct {
	struct mica_ept ept;
	struct slot slot[MICA_RPC_SLOTS];
	struct mica_os_sem greeted;
	struct mica_os_sem places; /* free slots */
	uint32_t next_trace;
	uint32_t timeout_ms;
	bool started;
} rpc;

/* A host that greets again is a new one: what the old one was asked is answered by nobody. */
static void on_greeting(void)
{
	unsigned long key = mica_os_critical_enter();

	for (unsigned int i = 0; i < MICA_RPC_SLOTS; i++) {
		struct slot *s = &rpc.slot[i];

		if (!s->call || s->answered || s->lost)
			continue;
		s->lost = true;
		mica_os_sem_give(&s->done);
	}
	mica_os_critical_exit(key);
	mica_os_sem_give(&rpc.greeted);
}

static void on_reply(const void *data, size_t len)
{
	uint32_t trace = mica_rpc_get32(data, MICA_RPC_AT_TRACE);
	struct slot *s = &rpc.slot[trace % MICA_RPC_SLOTS];
	unsigned long key = mica_os_critical_enter();

	if (s->call && s->trace == trace && !s->answered && !s->lost &&
	    mica_rpc_get32(data, MICA_RPC_AT_ID) == mica_rpc_get32(s->call->bytes, 0)) {
		memset(s->call->bytes, 0, sizeof(s->call->bytes));
		memcpy(s->call->bytes, data, len);
		s->call->len = len;
		s->answered = true;
		mica_os_sem_give(&s->done);
	}
	mica_os_critical_exit(key);
}

static bool on_message(struct mica_ept *ept, const void *data, size_t len, void *arg)
{
	uint32_t id;

	(void)ept;
	(void)arg;
	if (len < 4)
		return true;
	id = mica_rpc_get32(data, MICA_RPC_AT_ID);
	if (id > MICA_RPC_REVERSE_LAST) {
		mica_log(MICA_LOG_INFO, "rpc: Linux answers");
		on_greeting();
	} else if (id && id <= MICA_RPC_LAST && len >= MICA_RPC_AT_RESULT &&
		   len <= MICA_RPC_MESSAGE)
		on_reply(data, len);
	return true;
}

int mica_rpc_start(void)
{
	if (rpc.started)
		return MICA_REFUSED;
	mica_os_sem_init(&rpc.greeted, 0);
	mica_os_sem_init(&rpc.places, MICA_RPC_SLOTS);
	for (unsigned int i = 0; i < MICA_RPC_SLOTS; i++)
		mica_os_sem_init(&rpc.slot[i].done, 0);
	rpc.timeout_ms = DEFAULT_MS;
	rpc.started = true;
	return mica_ept_open(&rpc.ept, "rpmsg-rpc", on_message, NULL);
}

bool mica_rpc_wait(uint32_t timeout_ms)
{
	if (!rpc.started)
		return false;
	if (mica_ept_bound(&rpc.ept))
		return true;
	return mica_os_sem_take(&rpc.greeted, timeout_ms);
}

void mica_rpc_set_timeout(uint32_t ms)
{
	rpc.timeout_ms = ms;
}

/* ---- slots ---- */

/* One is free: places counts them. */
static struct slot *take_slot(struct rpc_call *c)
{
	unsigned long key = mica_os_critical_enter();
	struct slot *s;

	do
		s = &rpc.slot[rpc.next_trace++ % MICA_RPC_SLOTS];
	while (s->call);
	s->call = c;
	s->trace = rpc.next_trace - 1;
	s->answered = false;
	s->lost = false;
	mica_os_critical_exit(key);
	return s;
}

/* An answer that came in the last moment has given the semaphore: it is taken back. */
static bool leave_slot(struct slot *s)
{
	unsigned long key = mica_os_critical_enter();
	bool answered = s->answered;

	s->call = NULL;
	mica_os_critical_exit(key);
	while (mica_os_sem_take(&s->done, 0))
		;
	mica_os_sem_give(&rpc.places);
	return answered;
}

static uint32_t limit(uint32_t extra_ms)
{
	if (rpc.timeout_ms == MICA_OS_FOREVER || extra_ms >= MICA_OS_FOREVER - rpc.timeout_ms)
		return MICA_OS_FOREVER;
	return rpc.timeout_ms + extra_ms;
}

int rpc_do(struct rpc_call *c, uint32_t extra_ms)
{
	uint32_t ms = limit(extra_ms);
	struct slot *s;

	if (!rpc.started || !mica_ept_bound(&rpc.ept))
		return -RPC_ENOTCONN;
	if (!mica_os_sem_take(&rpc.places, ms))
		return -RPC_ETIMEDOUT;
	s = take_slot(c);
	mica_rpc_put32(c->bytes, MICA_RPC_AT_TRACE, s->trace);
	if (mica_ept_send(&rpc.ept, c->bytes, c->len, ms) != MICA_OK) {
		leave_slot(s);
		return -RPC_EIO;
	}
	(void)mica_os_sem_take(&s->done, ms);
	if (s->lost) {
		leave_slot(s);
		return -RPC_EIO;
	}
	return leave_slot(s) ? 0 : -RPC_ETIMEDOUT;
}

int rpc_post(struct rpc_call *c)
{
	if (!rpc.started || !mica_ept_bound(&rpc.ept))
		return -RPC_ENOTCONN;
	return mica_ept_send(&rpc.ept, c->bytes, c->len, limit(0)) == MICA_OK ? 0 : -RPC_EIO;
}

/* ---- requests ---- */

void rpc_begin(struct rpc_call *c, uint32_t id)
{
	memset(c, 0, sizeof(*c));
	mica_rpc_put32(c->bytes, MICA_RPC_AT_ID, id);
	c->len = 16;
}

void rpc_length(struct rpc_call *c, size_t len)
{
	if (c->len < len)
		c->len = len;
}

void rpc_s32(struct rpc_call *c, size_t at, int32_t v)
{
	mica_rpc_put32(c->bytes, at, (uint32_t)v);
	rpc_length(c, at + 4);
}

void rpc_u64(struct rpc_call *c, size_t at, uint64_t v)
{
	mica_rpc_put64(c->bytes, at, v);
	rpc_length(c, at + 8);
}

void rpc_bytes(struct rpc_call *c, size_t at, const void *data, size_t len)
{
	memcpy(c->bytes + at, data, len);
	rpc_length(c, at + len);
}

bool rpc_text(struct rpc_call *c, size_t at, const char *text, size_t field)
{
	size_t len = strlen(text) + 1;

	if (len > field || at + len > sizeof(c->bytes))
		return false;
	rpc_bytes(c, at, text, len);
	return true;
}

/* ---- results ---- */

int rpc_error(const struct rpc_call *c)
{
	int32_t errnum = rpc_get_s32(c, MICA_RPC_AT_ERRNUM);

	return errnum > 0 && errnum < 4096 ? errnum : RPC_EIO;
}

int rpc_result32(struct rpc_call *c)
{
	int rc = rpc_do(c, 0);

	if (rc)
		return rc;
	rc = rpc_get_s32(c, MICA_RPC_AT_RESULT);
	return rc < 0 ? -rpc_error(c) : rc;
}

int64_t rpc_result64(struct rpc_call *c)
{
	int rc = rpc_do(c, 0);
	int64_t value;

	if (rc)
		return rc;
	value = rpc_get_s64(c, MICA_RPC_AT_RESULT);
	return value < 0 ? -rpc_error(c) : value;
}
