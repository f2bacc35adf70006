/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rpc: a client calls POSIX functions of Linux. They are executed by a process of its own
 * (host/micarpc); here requests and replies only pass by. That process is started by the first
 * request, ends with the session, and is replaced when it dies.
 *
 * Each request that wants a reply gets exactly one, whatever happens: a slot remembers it from its
 * arrival to its reply. Nothing waits without bound: requests in a queue, replies in the socket,
 * which is left alone while the client has no room.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "../client_priv.h"
#include "../link.h"
#include "../rpc_reply.h"
#include "../service.h"
#include "rpc_process.h"

#define QUEUE_MAX   256u /* requests that the process has not taken yet */
#define REST_ABOVE  64u	 /* the ring rests while more than these wait */
#define PATIENCE_MS 100u /* and so long; then what finds no room is refused */
#define TURN_MAX    32u	 /* replies passed on in one turn */
#define DEATHS_MAX  3u	 /* in a row, each within DEATH_MS of its start: then a pause of DEATH_MS */
#define DEATH_MS    1000u

enum slot_state { FREE, QUEUED, SENT, FAILED };

struct slot {
	uint32_t id, trace;
	int errnum; /* FAILED */
	enum slot_state state;
};

struct request {
	struct request *next;
	size_t len;
	uint8_t data[MICA_RPC_MESSAGE];
};

struct rpc {
	struct mica_service *service;
	int sock;	 /* -1: no process */
	uv_poll_t *poll; /* of sock */
	int watching;
	struct slot slot[MICA_RPC_SLOTS];
	struct request *first, **last; /* queue */
	unsigned int n_queued;
	unsigned int n_sent; /* slots that wait for the process */
	uint64_t started_ms;
	unsigned int deaths;
	bool warned; /* about a client that breaks the rules, once */
};

static const char *const names[] = { "rpmsg-rpc", NULL };
/* What existing hosts send, with its NUL: 32 bytes. */
static const char hello[32] = "first message from rpc_service!";

/* What images of an older kind, which call nothing, power off at: u32 1 and a text, without NUL. */
static const char power_off[13] = "\1\0\0\0power off";

static void on_socket(uv_poll_t *poll, int status, int events);

static struct mica_client *client_of(const struct rpc *r)
{
	return r->service->link->client;
}

static void watch(struct rpc *r, int events)
{
	if (!r->poll || events == r->watching)
		return;
	r->watching = events;
	if (events)
		uv_poll_start(r->poll, events, on_socket);
	else
		uv_poll_stop(r->poll);
}

/* ---- slots ---- */

static struct slot *slot_of(struct rpc *r, uint32_t trace)
{
	return &r->slot[trace % MICA_RPC_SLOTS];
}

static void fail_slots(struct rpc *r, enum slot_state in, int errnum)
{
	for (unsigned int i = 0; i < MICA_RPC_SLOTS; i++) {
		if (r->slot[i].state != in)
			continue;
		r->n_sent -= in == SENT;
		r->slot[i].state = FAILED;
		r->slot[i].errnum = errnum;
	}
}

/* False: some wait for room; rpc_writable() goes on. */
static bool answer_failed(struct rpc *r)
{
	uint8_t reply[MICA_RPC_MESSAGE];

	for (unsigned int i = 0; i < MICA_RPC_SLOTS; i++) {
		struct slot *s = &r->slot[i];

		if (s->state != FAILED)
			continue;
		if (!mica_service_can_send(r->service) ||
		    mica_service_send(r->service, reply,
				      mica_rpc_fail(s->id, s->trace, s->errnum, reply)))
			return false;
		s->state = FREE;
	}
	return true;
}

/* ---- the process ---- */

static void hang_up(struct rpc *r)
{
	if (r->poll)
		uv_poll_stop(r->poll);
	mica_handle_free(client_of(r)->host, r->poll);
	r->poll = NULL;
	r->watching = 0;
	if (r->sock >= 0)
		close(r->sock);
	r->sock = -1;
}

static void died(struct rpc *r)
{
	struct mica_client *c = client_of(r);

	hang_up(r);
	r->deaths = uv_now(c->host->loop) - r->started_ms < DEATH_MS ? r->deaths + 1 : 1;
	mica_log(c->host, LOG_WARNING, c->cfg.name,
		 "rpc: the process that executes its calls died; calls in flight fail, the next "
		 "one starts another");
	fail_slots(r, SENT, EIO);
	(void)answer_failed(r);
}

static int start(struct rpc *r)
{
	struct mica_client *c = client_of(r);
	uint64_t now = uv_now(c->host->loop);
	struct mica_error err;

	if (r->deaths >= DEATHS_MAX && now - r->started_ms < DEATH_MS)
		return -1;
	if (r->deaths >= DEATHS_MAX)
		r->deaths = 0;
	r->started_ms = now;
	r->poll = calloc(1, sizeof(*r->poll));
	if (r->poll && !mica_rpc_process_start(c, &r->sock, &err)) {
		if (!uv_poll_init(c->host->loop, r->poll, r->sock)) {
			r->poll->data = r;
			watch(r, UV_READABLE);
			return 0;
		}
		close(r->sock);
		r->sock = -1;
	} else if (r->poll) {
		mica_log(c->host, LOG_ERR, c->cfg.name, "%s", err.text);
	}
	free(r->poll);
	r->poll = NULL;
	r->deaths = DEATHS_MAX; /* not at every request again */
	return -1;
}

/* ---- requests ---- */

static struct request *take_first(struct rpc *r)
{
	struct request *q = r->first;

	r->first = q->next;
	if (!r->first)
		r->last = &r->first;
	r->n_queued--;
	return q;
}

static void drop_queue(struct rpc *r)
{
	while (r->first)
		free(take_first(r));
}

static void let_ring_rest(struct rpc *r)
{
	struct mica_service *s = r->service;
	bool rested = s->rest_until != 0;

	if (r->n_queued <= REST_ABOVE)
		s->rest_until = 0;
	else if (!rested)
		s->rest_until = uv_now(client_of(r)->host->loop) + PATIENCE_MS;
	if (rested && !s->rest_until)
		mica_link_again(s->link, 0);
}

static void mark_sent(struct rpc *r, const struct request *q)
{
	uint32_t id = mica_rpc_get32(q->data, MICA_RPC_AT_ID);

	if (!mica_rpc_has_reply(id))
		return;
	slot_of(r, mica_rpc_get32(q->data, MICA_RPC_AT_TRACE))->state = SENT;
	r->n_sent++;
}

static void forward(struct rpc *r)
{
	while (r->first) {
		if (r->sock < 0 && start(r)) {
			drop_queue(r);
			fail_slots(r, QUEUED, EIO);
			break;
		}
		if (send(r->sock, r->first->data, r->first->len, MSG_NOSIGNAL) < 0) {
			if (errno != EAGAIN && errno != EINTR)
				died(r);
			else
				break;
			continue;
		}
		mark_sent(r, r->first);
		free(take_first(r));
	}
	if (!r->first)
		mica_service_drained(r->service);
	let_ring_rest(r);
	watch(r, r->first ? r->watching | UV_WRITABLE : r->watching & ~UV_WRITABLE);
	(void)answer_failed(r);
}

static void refuse(struct rpc *r, const char *why)
{
	struct mica_client *c = client_of(r);

	if (!r->warned)
		mica_log(c->host, LOG_WARNING, c->cfg.name, "rpc: %s", why);
	r->warned = true;
}

/* The slot of a request that wants a reply. False: it can have none. */
static bool enter(struct rpc *r, const uint8_t *data, size_t len, struct slot **slot)
{
	uint32_t id = mica_rpc_get32(data, MICA_RPC_AT_ID), trace;
	struct slot *s;

	*slot = NULL;
	if (!mica_rpc_has_reply(id))
		return true;
	/* Answers to calls that no host makes, and what is too short to be answered. */
	if (len < MICA_RPC_AT_ARGS || (id > MICA_RPC_LAST && id <= MICA_RPC_REVERSE_LAST)) {
		refuse(r, "a message that is no request is ignored");
		return false;
	}
	trace = mica_rpc_get32(data, MICA_RPC_AT_TRACE);
	s = slot_of(r, trace);
	if (s->state != FREE) {
		refuse(r, "a second request in a slot that is in use is ignored");
		return false;
	}
	*s = (struct slot){ .id = id, .trace = trace, .state = QUEUED };
	*slot = s;
	return true;
}

static void rpc_message(struct mica_service *s, const void *data, size_t len)
{
	struct rpc *r = s->priv;
	struct request *q = NULL;
	struct slot *slot;

	if (len > MICA_RPC_MESSAGE)
		len = MICA_RPC_MESSAGE; /* as the other side's buffers cut it */
	if (len >= 8)
		q = malloc(sizeof(*q));
	if (!q) {
		mica_service_drained(s);
		return;
	}
	/* The one copy: from here on the client cannot change it any more. */
	memcpy(q->data, data, len);
	q->len = len;
	q->next = NULL;
	if (!enter(r, q->data, len, &slot) || r->n_queued == QUEUE_MAX) {
		if (r->n_queued == QUEUE_MAX)
			s->info.dropped_bytes += len;
		if (slot) {
			slot->state = FAILED;
			slot->errnum = EAGAIN;
		}
		free(q);
	} else {
		*r->last = q;
		r->last = &q->next;
		r->n_queued++;
	}
	forward(r);
}

/* ---- replies ---- */

/* Of a call that waits for it, once. The process is the client's own: what it says is checked as
 * if the client had said it. */
static bool expected(struct rpc *r, const uint8_t *reply, size_t len)
{
	struct slot *s;

	if (len < MICA_RPC_AT_RESULT)
		return false;
	s = slot_of(r, mica_rpc_get32(reply, MICA_RPC_AT_TRACE));
	if (s->state != SENT || s->trace != mica_rpc_get32(reply, MICA_RPC_AT_TRACE))
		return false;
	s->state = FREE;
	r->n_sent--;
	return true;
}

/* True: more may be there. Not looked for in vain where nobody else waits for a reply. */
static bool pass_reply(struct rpc *r)
{
	uint8_t reply[MICA_RPC_MESSAGE];
	ssize_t n;

	if (!answer_failed(r) || !mica_service_can_send(r->service)) {
		/* rpc_writable() goes on. */
		watch(r, r->watching & ~UV_READABLE);
		return false;
	}
	n = recv(r->sock, reply, sizeof(reply), 0);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		died(r);
		if (r->first)
			forward(r);
		return false;
	}
	if (n > 0 && expected(r, reply, (size_t)n))
		(void)mica_service_send(r->service, reply, (size_t)n);
	return n > 0 && r->n_sent;
}

static void on_socket(uv_poll_t *poll, int status, int events)
{
	struct rpc *r = poll->data;

	if (status < 0) {
		died(r);
		return;
	}
	if (events & UV_WRITABLE)
		forward(r);
	for (unsigned int i = 0; events & UV_READABLE && i < TURN_MAX; i++) {
		if (r->sock < 0 || !pass_reply(r))
			break;
	}
}

static void rpc_writable(struct mica_service *s)
{
	struct rpc *r = s->priv;

	if (answer_failed(r))
		watch(r, r->watching | UV_READABLE);
}

/* ---- life ---- */

static int rpc_open(struct mica_service *s, struct mica_error *err)
{
	struct rpc *r = calloc(1, sizeof(*r));

	if (!r)
		return mica_fail(err, MICA_E_FAILED, "out of memory");
	r->service = s;
	r->sock = -1;
	r->last = &r->first;
	s->priv = r;
	return 0;
}

static void rpc_close(struct mica_service *s)
{
	struct rpc *r = s->priv;

	if (!r)
		return;
	hang_up(r);
	drop_queue(r);
	free(r);
	s->priv = NULL;
}

/* A client that calls functions would take it for a reply: only where the configuration says so. */
static bool rpc_ask_stop(struct mica_service *s)
{
	return s->link->client->cfg.rpc_power_off &&
	       mica_service_send(s, power_off, sizeof(power_off)) == 0;
}

/* Its filter cannot be changed from outside: the next call starts another process. */
void mica_rpc_policy_changed(struct mica_link *link)
{
	struct mica_client *c = link->client;

	for (struct mica_service *s = link->services; s; s = s->next) {
		struct rpc *r = s->priv;

		if (s->ops != &mica_service_rpc || !s->bound || !r || r->sock < 0)
			continue;
		mica_log(c->host, LOG_NOTICE, c->cfg.name,
			 "rpc: other rights: the process that executes its calls is replaced; "
			 "calls in flight fail, open files are closed");
		hang_up(r);
		r->deaths = 0;
		fail_slots(r, SENT, EIO);
		(void)answer_failed(r);
		if (r->first)
			forward(r);
	}
}

const struct mica_service_ops mica_service_rpc = {
	.names = names,
	.hello = hello,
	.hello_len = sizeof(hello),
	.open = rpc_open,
	.message = rpc_message,
	.writable = rpc_writable,
	.close = rpc_close,
	.ask_stop = rpc_ask_stop,
};
