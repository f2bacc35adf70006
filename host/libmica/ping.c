/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Round trips. Answers belong to whoever sent the message with that number and time stamp and is
 * waiting for it; everything else is only counted. Times are taken where a message is handed to the
 * ring and where it is taken from it.
 */
#include <stdlib.h>
#include <string.h>

#include <metal/io.h>

#include "client_priv.h"
#include "mica/abi.h"
#include "mica/endpoint.h"
#include "ping.h"
#include "service.h"
#include "services/socket.h"

#define NS_PER_MS 1000000u

/* An endpoint that pings go through; those of one client share it. */
struct mica_ping_port {
	struct mica_client *client;
	struct mica_ping_port *next;
	struct mica_endpoint *ep;
	char name[32];
	unsigned int users;
};

struct slot {
	bool used;
	uint32_t wire; /* number in the message */
	uint64_t seq, sent_ns;
};

struct mica_ping {
	struct mica_client *client;
	struct mica_ping *next;	     /* of the client */
	struct mica_ping_port *port; /* NULL: control endpoint */
	struct mica_ping_config cfg;
	struct mica_ping_ops ops;
	void *arg;
	uv_timer_t *timer;
	bool paused, stopped;
	uint64_t seq;	     /* of the last one that was sent or given up */
	uint64_t next_ns;    /* when the next one is due */
	uint64_t blocked_ns; /* since when there is no room for it; 0: there is */
	uint64_t strays;     /* of the client, when this began */
	unsigned int n_out;
	struct slot slot[MICA_PING_WINDOW];
	struct mica_ping_totals totals;
};

static void on_timer(uv_timer_t *timer);
static void pump(struct mica_ping *p, uint64_t now);

/* ---- messages ---- */

static uint8_t filler(uint32_t wire, size_t at)
{
	return (uint8_t)(wire + at);
}

static void compose(uint8_t *msg, size_t len, uint32_t wire, uint64_t stamp)
{
	struct mica_ctrl_ping head = { .kind = MICA_CTRL_PING, .seq = wire, .stamp = stamp };

	memcpy(msg, &head, sizeof(head));
	for (size_t i = sizeof(head); i < len; i++)
		msg[i] = filler(wire, i);
}

static bool intact(const struct mica_ping *p, const uint8_t *msg, size_t len, uint32_t wire)
{
	if (len != p->cfg.size)
		return false;
	for (size_t i = sizeof(struct mica_ctrl_ping); i < len; i++) {
		if (msg[i] != filler(wire, i))
			return false;
	}
	return true;
}

static bool send_one(struct mica_ping *p)
{
	struct mica_link *link = p->client->link;
	struct slot *slot = p->slot;
	uint8_t msg[MICA_PING_SIZE_MAX];
	uint32_t wire = p->client->ping_wire + 1;
	uint64_t now;

	while (slot->used)
		slot++;
	if (p->port && !mica_endpoint_can_send(p->port->ep))
		return false;
	now = uv_hrtime();
	compose(msg, p->cfg.size, wire, now);
	if (p->port ? mica_endpoint_send(p->port->ep, msg, p->cfg.size) != 0
		    : !mica_services_control(link, msg, p->cfg.size))
		return false;
	p->client->ping_wire = wire;
	*slot = (struct slot){ .used = true, .wire = wire, .seq = ++p->seq, .sent_ns = now };
	p->n_out++;
	p->totals.sent++;
	return true;
}

static void report(struct mica_ping *p, uint64_t seq, enum mica_ping_outcome outcome,
		   uint64_t rtt_ns)
{
	struct mica_ping_reply r = { .seq = seq, .outcome = outcome, .rtt_ns = rtt_ns };

	if (outcome == MICA_PING_LOST)
		p->totals.lost++;
	else
		p->totals.received++;
	p->totals.changed += outcome == MICA_PING_CHANGED;
	if (!p->stopped)
		p->ops.reply(p->arg, &r);
}

static bool answered(struct mica_ping *p, const uint8_t *msg, size_t len, uint64_t now)
{
	struct mica_ctrl_ping head;

	memcpy(&head, msg, sizeof(head));
	for (struct slot *slot = p->slot; slot < p->slot + MICA_PING_WINDOW; slot++) {
		if (!slot->used || slot->wire != head.seq || slot->sent_ns != head.stamp)
			continue;
		slot->used = false;
		p->n_out--;
		report(p, slot->seq,
		       intact(p, msg, len, head.seq) ? MICA_PING_ANSWERED : MICA_PING_CHANGED,
		       now - head.stamp);
		pump(p, now);
		return true;
	}
	return false;
}

/* msg: private. port NULL: from the control endpoint. */
static void arrived(struct mica_client *c, const struct mica_ping_port *port, const uint8_t *msg,
		    size_t len, uint64_t now)
{
	if (len >= sizeof(struct mica_ctrl_ping)) {
		for (struct mica_ping *p = c->pings; p; p = p->next) {
			if (p->port == port && answered(p, msg, len, now))
				return;
		}
	}
	c->ping_strays++;
}

void mica_pings_pong(struct mica_link *link, const void *data, size_t len)
{
	uint64_t now = uv_hrtime();
	uint8_t msg[MICA_PING_SIZE_MAX];

	if (len > sizeof(msg))
		len = sizeof(msg);
	metal_copy_from_shared(msg, data, len);
	arrived(link->client, NULL, msg, len, now);
}

/* ---- endpoints ---- */

static bool port_message(void *arg, const void *data, size_t len)
{
	struct mica_ping_port *port = arg;

	arrived(port->client, port, data, len, uv_hrtime());
	return true;
}

static void port_writable(void *arg)
{
	struct mica_ping_port *port = arg;
	uint64_t now = uv_hrtime();

	for (struct mica_ping *p = port->client->pings; p; p = p->next) {
		if (p->port == port)
			pump(p, now);
	}
}

static const struct mica_service *announced(const struct mica_link *link, const char *name)
{
	const struct mica_service *s = link->services;

	while (s && strcmp(s->info.name, name))
		s = s->next;
	return s;
}

static int open_port(struct mica_client *c, const char *name, struct mica_ping_port **out,
		     struct mica_error *err)
{
	static const struct mica_endpoint_ops ops = { .message = port_message,
						      .writable = port_writable };
	const struct mica_service *s = announced(c->link, name);
	struct mica_ping_port *port = c->ping_ports;

	while (port && strcmp(port->name, name))
		port = port->next;
	if (!port) {
		if (!s)
			return mica_fail(err, MICA_E_STATE,
					 "client %s has announced no endpoint '%.31s'; 'mica "
					 "status %s' lists them",
					 c->cfg.name, name, c->cfg.name);
		if (mica_socket_connected(s))
			return mica_fail(
				err, MICA_E_BUSY,
				"endpoint '%.31s' of client %s is in use by an application", name,
				c->cfg.name);
		port = calloc(1, sizeof(*port));
		if (!port)
			return mica_fail(err, MICA_E_FAILED, "out of memory");
		port->client = c;
		strcpy(port->name, name);
		if (mica_endpoint_open(c, name, &ops, port, &port->ep, err)) {
			free(port);
			return -1;
		}
		port->next = c->ping_ports;
		c->ping_ports = port;
	}
	port->users++;
	*out = port;
	return 0;
}

static void close_port(struct mica_ping_port *port)
{
	struct mica_ping_port **pp;

	if (!port || --port->users)
		return;
	for (pp = &port->client->ping_ports; *pp != port;)
		pp = &(*pp)->next;
	*pp = port->next;
	mica_endpoint_close(port->ep);
	free(port);
}

/* ---- one ping ---- */

/* It is off its client's list. */
static void finish(struct mica_ping *p, const char *why)
{
	p->totals.unexpected = p->client->ping_strays - p->strays;
	close_port(p->port);
	mica_handle_free(p->client->host, p->timer);
	if (!p->stopped)
		p->ops.end(p->arg, &p->totals, why);
	free(p);
}

static void end(struct mica_ping *p, const char *why)
{
	struct mica_ping **pp = &p->client->pings;

	while (*pp != p)
		pp = &(*pp)->next;
	*pp = p->next;
	finish(p, why);
}

static bool all_sent(const struct mica_ping *p)
{
	return p->cfg.count && p->seq >= p->cfg.count;
}

static uint64_t timeout_ns(const struct mica_ping *p)
{
	return (uint64_t)p->cfg.timeout_ms * NS_PER_MS;
}

static bool due(const struct mica_ping *p, uint64_t now)
{
	if (p->stopped || p->paused || all_sent(p))
		return false;
	return p->cfg.flood ? p->n_out == 0 : p->n_out < MICA_PING_WINDOW && now >= p->next_ns;
}

/* Nothing is ever freed from here: callers are amid the client's messages. */
static void arm(struct mica_ping *p, uint64_t now)
{
	uint64_t at = UINT64_MAX;

	if (p->stopped || (all_sent(p) && !p->n_out)) {
		uv_timer_start(p->timer, on_timer, 0, 0);
		return;
	}
	/* A flood sends without it. */
	if (p->cfg.flood && !p->paused && uv_is_active((uv_handle_t *)p->timer))
		return;
	for (unsigned int i = 0; i < MICA_PING_WINDOW; i++) {
		if (p->slot[i].used && p->slot[i].sent_ns + timeout_ns(p) < at)
			at = p->slot[i].sent_ns + timeout_ns(p);
	}
	if (p->blocked_ns && p->blocked_ns + timeout_ns(p) < at)
		at = p->blocked_ns + timeout_ns(p);
	if (!p->paused && !p->cfg.flood && !p->blocked_ns && !all_sent(p) &&
	    p->n_out < MICA_PING_WINDOW && p->next_ns < at)
		at = p->next_ns;
	if (at == UINT64_MAX)
		uv_timer_stop(p->timer);
	else
		uv_timer_start(p->timer, on_timer,
			       at > now ? (at - now + NS_PER_MS - 1) / NS_PER_MS : 0, 0);
}

static void pump(struct mica_ping *p, uint64_t now)
{
	while (due(p, now)) {
		if (send_one(p)) {
			p->blocked_ns = 0;
		} else if (!p->blocked_ns) {
			p->blocked_ns = now;
			break;
		} else if (now - p->blocked_ns < timeout_ns(p)) {
			break;
		} else {
			/* It takes nothing any more: as good as lost on the way. */
			p->blocked_ns = 0;
			report(p, ++p->seq, MICA_PING_LOST, 0);
		}
		p->next_ns += (uint64_t)p->cfg.interval_ms * NS_PER_MS;
		if (p->next_ns < now)
			p->next_ns = now + (uint64_t)p->cfg.interval_ms * NS_PER_MS;
		if (p->cfg.flood && p->n_out == 0)
			break;
	}
	if (p->blocked_ns && !p->port)
		mica_link_again(p->client->link, p->client->link->retry_ms);
	arm(p, now);
}

static void expire(struct mica_ping *p, uint64_t now)
{
	for (struct slot *slot = p->slot; slot < p->slot + MICA_PING_WINDOW; slot++) {
		if (!slot->used || now - slot->sent_ns < timeout_ns(p))
			continue;
		slot->used = false;
		p->n_out--;
		report(p, slot->seq, MICA_PING_LOST, 0);
	}
}

static void on_timer(uv_timer_t *timer)
{
	struct mica_ping *p = timer->data;
	uint64_t now = uv_hrtime();

	expire(p, now);
	if (p->stopped || (all_sent(p) && !p->n_out))
		end(p, NULL);
	else
		pump(p, now);
}

/* ---- for the link ---- */

bool mica_pings_run(struct mica_link *link)
{
	uint64_t now = uv_hrtime();
	bool waiting = false;

	for (struct mica_ping *p = link->client->pings; p; p = p->next) {
		if (p->blocked_ns)
			pump(p, now);
		waiting |= p->blocked_ns && !p->port;
	}
	return waiting;
}

void mica_pings_end(struct mica_client *c, const char *why)
{
	struct mica_ping *p;

	while ((p = c->pings)) {
		c->pings = p->next;
		finish(p, why);
	}
}

/* ---- for the program ---- */

static int check(const struct mica_client *c, const struct mica_ping_config *cfg,
		 struct mica_error *err)
{
	const struct mica_link *link = c->link;

	if (cfg->size < MICA_PING_SIZE_MIN || cfg->size > MICA_PING_SIZE_MAX)
		return mica_fail(err, MICA_E_USAGE,
				 "size %u: a message of a ping has %u to %u bytes", cfg->size,
				 MICA_PING_SIZE_MIN, MICA_PING_SIZE_MAX);
	if (!cfg->timeout_ms || (!cfg->interval_ms && !cfg->flood))
		return mica_fail(err, MICA_E_USAGE,
				 "interval and time-out of a ping are at least a millisecond");
	if (c->state != MICA_RUNNING || !link || !link->open || link->dead || link->stopping)
		return mica_fail(err, MICA_E_STATE, "client %s is %s; 'mica start %s' starts it",
				 c->cfg.name, mica_state_name(c->state), c->cfg.name);
	if (!link->up)
		return mica_fail(err, MICA_E_STATE, "client %s has no rings to ping it through",
				 c->cfg.name);
	if (!cfg->endpoint[0] && !(link->ctrl_open && link->features & MICA_F_PING))
		return mica_fail(err, MICA_E_STATE,
				 "client %s does not answer pings by itself; name an endpoint "
				 "that sends back what it gets: -e NAME",
				 c->cfg.name);
	return 0;
}

int mica_ping_start(struct mica_client *c, const struct mica_ping_config *cfg,
		    const struct mica_ping_ops *ops, void *arg, struct mica_ping **out,
		    struct mica_error *err)
{
	struct mica_ping *p;

	if (check(c, cfg, err))
		return -1;
	p = calloc(1, sizeof(*p));
	if (p)
		p->timer = calloc(1, sizeof(*p->timer));
	if (!p || !p->timer) {
		free(p);
		return mica_fail(err, MICA_E_FAILED, "out of memory");
	}
	p->client = c;
	p->cfg = *cfg;
	p->ops = *ops;
	p->arg = arg;
	p->strays = c->ping_strays;
	if (cfg->endpoint[0] && open_port(c, cfg->endpoint, &p->port, err)) {
		free(p->timer);
		free(p);
		return -1;
	}
	uv_timer_init(c->host->loop, p->timer);
	p->timer->data = p;
	p->next = c->pings;
	c->pings = p;
	p->next_ns = uv_hrtime();
	uv_timer_start(p->timer, on_timer, 0, 0);
	*out = p;
	return 0;
}

void mica_ping_pause(struct mica_ping *p, bool pause)
{
	if (p->paused == pause)
		return;
	p->paused = pause;
	uv_timer_start(p->timer, on_timer, 0, 0);
}

void mica_ping_stop(struct mica_ping *p)
{
	p->stopped = true;
	uv_timer_start(p->timer, on_timer, 0, 0);
}
