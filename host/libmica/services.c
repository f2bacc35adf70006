/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Services of a link: bound by the name a client announces, sending under the rules of that
 * client. At most MICA_SERVICES_MAX names are remembered, whatever a client announces.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <metal/atomic.h>
#include <openamp/rpmsg_hdr.h>

#include "client_priv.h"
#include "endpoint.h"
#include "link.h"
#include "link_table.h"
#include "service.h"
#include "totals.h"

#define CREDIT_MAX 1024u
/* Credit is given back when a message goes to the client anyway and has it to carry, or else before
 * the client runs dry: it begins with four. */
#define CREDIT_RIDES 2u
#define CREDIT_DUE   3u

static const struct mica_service_ops *const all_services[] = {
	&mica_service_tty,
	&mica_service_rpc,
	&mica_service_umt,
	&mica_service_onoff,
};

static bool name_matches(const char *pattern, const char *name)
{
	size_t len = strlen(pattern);

	if (len && pattern[len - 1] == '*')
		return !strncmp(pattern, name, len - 1);
	return !strcmp(pattern, name);
}

const struct mica_service_ops *mica_service_builtin(const char *name)
{
	for (size_t i = 0; i < sizeof(all_services) / sizeof(all_services[0]); i++) {
		for (const char *const *p = all_services[i]->names; *p; p++) {
			if (name_matches(*p, name))
				return all_services[i];
		}
	}
	return NULL;
}

static bool bound(const struct mica_link *link, const char *name)
{
	for (const struct mica_service *s = link->services; s; s = s->next) {
		if (s->bound && !strcmp(s->info.name, name))
			return true;
	}
	return false;
}

/* Images of an earlier generation have rpc under other names, at addresses of their own. */
static const struct mica_service_ops *earlier_rpc(const char *name, uint32_t remote)
{
	if ((remote == 0x11 && !strcmp(name, "proxy")) ||
	    (remote == 0xFE && !strcmp(name, "rpmsg-rpc-proxy")))
		return &mica_service_rpc;
	return NULL;
}

/* A program that has opened the endpoint goes first. Of two endpoints of one name, one has the
 * socket. */
static const struct mica_service_ops *find_ops(const struct mica_link *link, const char *name,
					       uint32_t remote)
{
	const struct mica_service_ops *ops = mica_endpoint_service(link->client, name);

	if (!ops)
		ops = mica_service_builtin(name);
	if (!ops)
		ops = earlier_rpc(name, remote);
	if (!ops && !bound(link, name))
		ops = mica_socket_service(link->client, name);
	return ops;
}

static void tell(struct mica_service *s, bool open)
{
	struct mica_client *c = s->link->client;

	if (c->host->on_service)
		c->host->on_service(c->host->arg, c, &s->info, open);
}

/* ---- sending ---- */

/*
 * Buffers come back in any order: a client may keep one message while it takes others. Called
 * before every send, which is when a descriptor may be used again.
 */
void mica_service_note_returned(struct mica_link *link)
{
	struct virtqueue *vq = link->rvdev.svq;
	uint16_t used;

	if (link->rvdev.lanes)
		return; /* clients with credit only: nothing waits for that */
	used = metal_shared_read16_acquire(&vq->vq_ring.used->idx);
	/* Only paces this client: a wrong answer is its own loss. */
	if ((uint16_t)(used - link->tx_seen) > vq->vq_nentries)
		link->tx_seen = (uint16_t)(used - vq->vq_nentries);
	for (; link->tx_seen != used; link->tx_seen++) {
		uint32_t id = metal_shared_read32(
			&vq->vq_ring.used->ring[link->tx_seen & (vq->vq_nentries - 1)].id);

		for (struct mica_service *s = link->services; s; s = s->next) {
			if (s->last_tx == id)
				s->outstanding = false;
		}
	}
}

static bool consumed(struct mica_service *s)
{
	if (s->outstanding)
		mica_service_note_returned(s->link);
	return !s->outstanding;
}

static bool has_room(struct mica_service *s)
{
	struct mica_link *link = s->link;

	if (!link->up || link->dead || link->stopping || !s->bound || s->hello_due)
		return false;
	if (link->features & MICA_F_CREDIT) {
		if (!s->tx_credit)
			return false;
	} else if (!consumed(s)) {
		return false;
	}
	return rpmsg_virtio_has_room(&link->rvdev, MICA_PAYLOAD_MAX);
}

bool mica_service_can_send(struct mica_service *s)
{
	if (has_room(s))
		return true;
	s->want_send = true;
	if (s->link->up && !s->link->dead)
		mica_link_again(s->link, s->link->retry_ms);
	return false;
}

void mica_service_sent(struct mica_service *s, size_t len)
{
	struct virtqueue *vq = s->link->rvdev.svq;

	if (!s->link->rvdev.lanes) {
		s->last_tx = virtqueue_last_put(vq);
		s->outstanding = true;
	}
	s->info.tx_messages++;
	s->info.tx_bytes += len;
}

static int send_now(struct mica_service *s, const void *data, size_t len)
{
	mica_service_note_returned(s->link);
	if (rpmsg_trysend(&s->ept, len ? data : NULL, (int)len) < 0)
		return -1;
	mica_service_sent(s, len);
	return 0;
}

static bool give_credit(struct mica_service *s);

int mica_service_send(struct mica_service *s, const void *data, size_t len)
{
	int rc = -1;

	mica_link_cork(s->link);
	if (len <= MICA_PAYLOAD_MAX && has_room(s))
		rc = send_now(s, data, len);
	if (!rc)
		mica_service_paid(s, len);
	else if (s->link->up && !s->link->dead)
		mica_link_again(s->link, 0); /* whatever is wrong, the next turn finds out */
	mica_link_uncork(s->link);
	return rc;
}

void mica_service_paid(struct mica_service *s, size_t len)
{
	if (!(s->link->features & MICA_F_CREDIT))
		return;
	s->tx_credit -= len != 0;
	if (s->rx_drained >= CREDIT_RIDES)
		(void)give_credit(s);
}

/* ---- credit ---- */

void mica_services_credit(struct mica_link *link, uint32_t receiver, uint32_t sender,
			  uint32_t count)
{
	for (struct mica_service *s = link->services; s; s = s->next) {
		if (!s->bound || s->ept.addr != sender || s->remote != receiver)
			continue;
		s->tx_credit =
			count < CREDIT_MAX - s->tx_credit ? s->tx_credit + count : CREDIT_MAX;
		return;
	}
}

bool mica_services_control(struct mica_link *link, const void *msg, size_t len)
{
	if (!link->up || link->dead || link->stopping || !link->ctrl_open)
		return false;
	mica_service_note_returned(link);
	return rpmsg_trysend(&link->ctrl, msg, (int)len) >= 0;
}

static bool give_credit(struct mica_service *s)
{
	struct mica_link *link = s->link;
	struct mica_ctrl_credit msg = { .kind = MICA_CTRL_CREDIT,
					.receiver = s->ept.addr,
					.sender = s->remote,
					.count = s->rx_drained };

	if (!s->rx_drained || !link->ctrl_open)
		return true;
	if (!mica_services_control(link, &msg, sizeof(msg)))
		return false;
	s->rx_drained = 0;
	return true;
}

/* False: there is some to give that found no room. */
static bool settle_credit(struct mica_service *s)
{
	/* While some is held, the rest is all that the client has. */
	if (s->rx_drained < CREDIT_DUE && !s->rx_owed)
		return true;
	return give_credit(s);
}

void mica_service_drained(struct mica_service *s)
{
	s->rx_drained += s->rx_owed;
	s->rx_owed = 0;
	/* A turn settles at its end. */
	if (s->link->up && !s->link->dead && !s->link->rvdev.corked && !settle_credit(s))
		mica_link_again(s->link, s->link->retry_ms);
}

/* ---- binding ---- */

static int on_message(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct mica_service *s = priv;

	(void)ept;
	s->link->announced = true;
	/* Endpoints here have one partner each; anybody else has no business with them. */
	if (src != s->remote)
		return RPMSG_ERR_ADDR;
	s->info.rx_messages++;
	s->info.rx_bytes += len;
	if (!len && !s->ops->empty)
		return RPMSG_SUCCESS;
	s->rx_owed += len != 0;
	if (!s->widened && s->link->rvdev.lanes)
		s->rx_drained += s->ops->window;
	s->widened = true;
	mica_service_mark(s->link, false);
	if (s->ops->message)
		s->ops->message(s, data, len);
	else
		mica_service_drained(s);
	return RPMSG_SUCCESS;
}

/*
 * What a later process needs to find the endpoints again; unbound ones have no host address. In
 * the client's endpoint table; for a client without one, in its folder.
 */
static void write_table(struct mica_link *link)
{
	struct mica_ept_entry ept[MICA_EPT_TABLE_MAX];
	struct mica_client *c = link->client;
	unsigned int n = 0;

	memset(ept, 0, sizeof(ept));
	for (struct mica_service *s = link->services; s && n < MICA_EPT_TABLE_MAX; s = s->next) {
		memcpy(ept[n].name, s->info.name, sizeof(ept[n].name));
		ept[n].addr = s->remote;
		ept[n++].dest_addr = s->bound ? s->ept.addr : RPMSG_ADDR_ANY;
	}
	if (c->table.ept_table) {
		mica_link_write_endpoints(link, ept, n);
		return;
	}
	for (c->n_kept = 0; c->n_kept < n; c->n_kept++) {
		struct mica_kept_endpoint *kept = &c->kept[c->n_kept];

		memcpy(kept->name, ept[c->n_kept].name, sizeof(kept->name));
		kept->remote = ept[c->n_kept].addr;
		kept->local = ept[c->n_kept].dest_addr;
	}
	if (mica_client_save_again(c, NULL))
		mica_log(c->host, LOG_WARNING, c->cfg.name, "cannot note its endpoints");
}

static unsigned int read_table(struct mica_link *link,
			       struct mica_ept_entry ept[MICA_EPT_TABLE_MAX])
{
	const struct mica_client *c = link->client;

	if (c->table.ept_table)
		return mica_link_read_endpoints(link, ept);
	for (unsigned int i = 0; i < c->n_kept; i++) {
		memcpy(ept[i].name, c->kept[i].name, sizeof(ept[i].name));
		ept[i].addr = c->kept[i].remote;
		ept[i].dest_addr = c->kept[i].local;
	}
	return c->n_kept;
}

static void say_hello(struct mica_service *s)
{
	size_t len = s->ops->hello_len;
	const void *hello;

	if (!s->hello_due || !consumed(s))
		return;
	hello = s->ops->hello_of ? s->ops->hello_of(s, &len) : s->ops->hello;
	if (!send_now(s, hello, len)) {
		s->hello_due = false;
		if (len && s->link->features & MICA_F_CREDIT && s->tx_credit)
			s->tx_credit--;
	}
}

static void bind_service(struct mica_service *s, uint32_t local)
{
	const char *name = s->link->client->cfg.name;
	struct mica_host *host = s->link->client->host;
	struct mica_error err;

	s->ept.priv = s;
	if (s->urgent ? rpmsg_create_urgent_ept(&s->ept, &s->link->rvdev.rdev, s->info.name, local,
						s->remote, on_message, NULL, 0)
		      : rpmsg_create_ept(&s->ept, &s->link->rvdev.rdev, s->info.name, local,
					 s->remote, on_message, NULL))
		return;
	s->bound = true;
	s->widened = false;
	s->tx_credit = MICA_CREDIT_INITIAL;
	if (s->ops->open && s->ops->open(s, &err)) {
		mica_log(host, LOG_ERR, name, "%s: %s", s->info.name, err.text);
		rpmsg_destroy_ept(&s->ept);
		s->bound = false;
		return;
	}
	/* Before the client learns of it: it will not announce again what a later process has to
	 * find. At a known address an earlier one has written it. */
	if (local == RPMSG_ADDR_ANY)
		write_table(s->link);
	/* ... and has said what may be said but once. */
	s->hello_due = !s->ops->silent && !(s->ops->hello_acts && local != RPMSG_ADDR_ANY);
	say_hello(s);
	if (s->hello_due)
		mica_link_again(s->link, s->link->retry_ms);
	tell(s, true);
}

static struct mica_service *find_service(struct mica_link *link, const char *name, uint32_t remote)
{
	struct mica_service *s = link->services;

	while (s && (s->remote != remote || strcmp(s->info.name, name)))
		s = s->next;
	return s;
}

/* A client that made its endpoint anew waits for the first message again. False: no such service.
 */
static bool greet_again(struct mica_service *s)
{
	if (s && s->bound && !s->ops->silent && !s->ops->hello_acts) {
		s->hello_due = true;
		say_hello(s);
		if (s->hello_due)
			mica_link_again(s->link, s->link->retry_ms);
	}
	return s;
}

static bool add_service(struct mica_link *link, const char *name, uint32_t remote, uint32_t local,
			bool urgent)
{
	struct mica_service **pp = &link->services;
	struct mica_service *s;

	if (find_service(link, name, remote))
		return false;
	if (link->n_services == MICA_SERVICES_MAX) {
		if (!link->n_refused++)
			mica_log(link->client->host, LOG_WARNING, link->client->cfg.name,
				 "announces more than %d endpoints: the others are ignored",
				 MICA_SERVICES_MAX);
		return false;
	}
	s = calloc(1, sizeof(*s));
	if (!s)
		return false;
	s->link = link;
	s->remote = remote;
	s->urgent = urgent;
	s->ops = find_ops(link, name, s->remote);
	snprintf(s->info.name, sizeof(s->info.name), "%s", name);
	mica_totals_know(link->client, s->info.name);
	while (*pp)
		pp = &(*pp)->next;
	*pp = s;
	link->n_services++;
	if (s->ops)
		bind_service(s, local);
	return true;
}

void mica_services_announced(struct mica_link *link, const char *name, uint32_t remote, bool urgent)
{
	link->announced = true;
	if (link->stopping || greet_again(find_service(link, name, remote)))
		return;
	if (add_service(link, name, remote, RPMSG_ADDR_ANY, urgent))
		write_table(link);
}

static void unbind(struct mica_service *s)
{
	if (!s->bound)
		return;
	tell(s, false);
	if (s->ops->close)
		s->ops->close(s);
	if (s->link->up)
		mica_service_note_returned(
			s->link); /* the announcement of the end is a message too */
	rpmsg_destroy_ept(&s->ept);
	s->bound = false;
}

static void end_service(struct mica_service *s)
{
	unbind(s);
	mica_totals_keep(s->link->client, &s->info);
	free(s);
}

bool mica_services_serve(const struct mica_link *link, const char *name)
{
	for (const struct mica_service *s = link->services; s; s = s->next) {
		if (s->bound && !mica_socket_serves(s) && !strcmp(s->info.name, name))
			return true;
	}
	return false;
}

void mica_services_take_up(struct mica_link *link, const char *name)
{
	for (struct mica_service *s = link->services; s && link->up && !link->dead; s = s->next) {
		if ((s->bound && !mica_socket_serves(s)) || strcmp(s->info.name, name))
			continue;
		unbind(s);
		s->ops = find_ops(link, name, s->remote);
		if (s->ops)
			bind_service(s, RPMSG_ADDR_ANY);
		write_table(link);
		return;
	}
}

void mica_service_let_go(struct mica_service *s)
{
	struct mica_link *link = s->link;

	unbind(s);
	s->ops = NULL;
	if (!link->up || link->dead)
		return;
	write_table(link);
	if (!mica_service_builtin(s->info.name))
		mica_services_take_up(link, s->info.name);
}

void mica_services_gone(struct mica_link *link, const char *name, uint32_t remote)
{
	for (struct mica_service **pp = &link->services; *pp; pp = &(*pp)->next) {
		struct mica_service *s = *pp;

		if (s->remote != remote || strcmp(s->info.name, name))
			continue;
		*pp = s->next;
		link->n_services--;
		end_service(s);
		write_table(link);
		return;
	}
}

void mica_services_restore(struct mica_link *link)
{
	struct mica_ept_entry ept[MICA_EPT_TABLE_MAX];
	unsigned int n = read_table(link, ept);

	for (unsigned int i = 0; i < n; i++) {
		/* Addresses below 1024 have a meaning of their own; nobody's endpoint is there. */
		if (ept[i].name[0] && ept[i].addr != RPMSG_ADDR_ANY &&
		    ept[i].dest_addr >= RPMSG_RESERVED_ADDRESSES)
			link->announced |= add_service(link, ept[i].name, ept[i].addr,
						       ept[i].dest_addr, false);
	}
	write_table(link);
}

/* ---- turns, end ---- */

bool mica_services_run(struct mica_link *link)
{
	bool waiting = false;

	for (struct mica_service *s = link->services; s; s = s->next) {
		if (!s->bound)
			continue;
		say_hello(s);
		if (s->ops->turn_ends)
			s->ops->turn_ends(s);
		if (!settle_credit(s) || s->hello_due)
			waiting = true;
		if (s->want_send && has_room(s)) {
			s->want_send = false;
			if (s->ops->writable)
				s->ops->writable(s);
		}
		/* Credit comes with a doorbell of its own; nothing to look for meanwhile. */
		if (s->want_send && !(link->features & MICA_F_CREDIT && !s->tx_credit))
			waiting = true;
	}
	return waiting;
}

bool mica_services_withdraw(struct mica_link *link)
{
	while (link->services && rpmsg_virtio_has_room(&link->rvdev, sizeof(struct rpmsg_ns_msg))) {
		struct mica_service *s = link->services;

		link->services = s->next;
		link->n_services--;
		end_service(s);
	}
	return !link->services;
}

void mica_services_close(struct mica_link *link, bool announce)
{
	/* The destroy announcements go by this flag. */
	if (link->up && !announce)
		link->rvdev.rdev.support_ns = false;
	while (link->services) {
		struct mica_service *s = link->services;

		link->services = s->next;
		end_service(s);
	}
	link->n_services = 0;
	if (announce && link->up)
		mica_link_write_endpoints(link, NULL, 0);
}
