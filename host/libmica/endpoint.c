/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Endpoints in the hands of a program: a service whose message, writable and close are callbacks of
 * whoever opened it. The list hangs at the client; a service finds its endpoint there by name.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <metal/io.h>

#include "client_priv.h"
#include "endpoint.h"
#include "link.h"
#include "service.h"

struct mica_endpoint {
	struct mica_client *client; /* NULL: it is gone */
	struct mica_endpoint *next;
	char name[32];
	struct mica_endpoint_ops ops;
	void *arg;
	struct mica_service *service; /* NULL: not bound */
};

static struct mica_endpoint *find(const struct mica_client *c, const char *name, bool unbound)
{
	struct mica_endpoint *ep = c->endpoints;

	while (ep && (strcmp(ep->name, name) || (unbound && ep->service)))
		ep = ep->next;
	return ep;
}

/* ---- as a service ---- */

static int ep_open(struct mica_service *s, struct mica_error *err)
{
	struct mica_endpoint *ep = find(s->link->client, s->info.name, true);

	if (!ep)
		return mica_fail(err, MICA_E_FAILED, "nobody has opened it");
	ep->service = s;
	s->priv = ep;
	if (ep->ops.bound)
		ep->ops.bound(ep->arg, true);
	return 0;
}

static void ep_message(struct mica_service *s, const void *data, size_t len)
{
	struct mica_endpoint *ep = s->priv;
	uint8_t copy[MICA_ENDPOINT_MESSAGE];

	if (len > sizeof(copy))
		len = sizeof(copy);
	metal_copy_from_shared(copy, data, len);
	if (!ep->ops.message || ep->ops.message(ep->arg, copy, len))
		mica_service_drained(s);
}

static void ep_writable(struct mica_service *s)
{
	struct mica_endpoint *ep = s->priv;

	if (ep->ops.writable)
		ep->ops.writable(ep->arg);
}

static void ep_close(struct mica_service *s)
{
	struct mica_endpoint *ep = s->priv;

	ep->service = NULL;
	if (ep->ops.bound)
		ep->ops.bound(ep->arg, false);
}

static bool ep_ask_stop(struct mica_service *s)
{
	const struct mica_service_ops *own = mica_service_builtin(s->info.name);

	return own && own->ask_stop && own->ask_stop(s);
}

static const struct mica_service_ops endpoint_ops = {
	.open = ep_open,
	.message = ep_message,
	.writable = ep_writable,
	.close = ep_close,
	.ask_stop = ep_ask_stop,
};

static const struct mica_service_ops silent_ops = {
	.silent = true,
	.open = ep_open,
	.message = ep_message,
	.writable = ep_writable,
	.close = ep_close,
	.ask_stop = ep_ask_stop,
};

const struct mica_service_ops *mica_endpoint_service(const struct mica_client *c, const char *name)
{
	const struct mica_endpoint *ep = find(c, name, true);

	if (!ep)
		return NULL;
	return ep->ops.silent ? &silent_ops : &endpoint_ops;
}

void mica_endpoints_orphan(struct mica_client *c)
{
	while (c->endpoints) {
		struct mica_endpoint *ep = c->endpoints;

		c->endpoints = ep->next;
		ep->client = NULL;
		ep->next = NULL;
	}
}

/* ---- for the program ---- */

int mica_endpoint_open(struct mica_client *c, const char *name, const struct mica_endpoint_ops *ops,
		       void *arg, struct mica_endpoint **out, struct mica_error *err)
{
	struct mica_endpoint *ep;

	if (!*name || strlen(name) >= sizeof(ep->name))
		return mica_fail(err, MICA_E_USAGE,
				 "'%.40s' is no endpoint name: it has 1 to %zu characters", name,
				 sizeof(ep->name) - 1);
	if (find(c, name, false) || (c->link && mica_services_serve(c->link, name)))
		return mica_fail(err, MICA_E_BUSY, "endpoint '%s' of client '%s' is in use", name,
				 c->cfg.name);
	ep = calloc(1, sizeof(*ep));
	if (!ep)
		return mica_fail(err, MICA_E_FAILED, "out of memory");
	ep->client = c;
	snprintf(ep->name, sizeof(ep->name), "%s", name);
	ep->ops = *ops;
	ep->arg = arg;
	ep->next = c->endpoints;
	c->endpoints = ep;
	*out = ep;
	if (c->link)
		mica_services_take_up(c->link, name);
	return 0;
}

void mica_endpoint_close(struct mica_endpoint *ep)
{
	struct mica_endpoint **pp;

	if (!ep)
		return;
	ep->ops = (struct mica_endpoint_ops){ 0 };
	if (ep->client) {
		for (pp = &ep->client->endpoints; *pp != ep;)
			pp = &(*pp)->next;
		*pp = ep->next;
	}
	if (ep->service)
		mica_service_let_go(ep->service);
	free(ep);
}

bool mica_endpoint_bound(const struct mica_endpoint *ep)
{
	return ep->service != NULL;
}

bool mica_endpoint_can_send(struct mica_endpoint *ep)
{
	return ep->service && mica_service_can_send(ep->service);
}

int mica_endpoint_send(struct mica_endpoint *ep, const void *data, size_t len)
{
	if (!ep->service || !len)
		return -1;
	return mica_service_send(ep->service, data, len);
}

void mica_endpoint_drained(struct mica_endpoint *ep)
{
	if (ep->service)
		mica_service_drained(ep->service);
}
