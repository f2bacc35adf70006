/* SPDX-License-Identifier: BSD-3-Clause */
/* A client may announce any number of names: those beyond the limit are counted together. */
#include <stdlib.h>
#include <string.h>

#include "client_priv.h"
#include "link.h"
#include "service.h"
#include "totals.h"

static struct mica_total *find(const struct mica_client *c, const char *name)
{
	struct mica_total *t = c->totals;

	while (t && strcmp(t->sum.name, name))
		t = t->next;
	return t;
}

void mica_totals_know(struct mica_client *c, const char *name)
{
	struct mica_total **pp = &c->totals, *t;

	if (find(c, name) || c->n_totals == MICA_SERVICES_MAX)
		return;
	t = calloc(1, sizeof(*t));
	if (!t)
		return;
	strncpy(t->sum.name, name, sizeof(t->sum.name) - 1);
	while (*pp)
		pp = &(*pp)->next;
	*pp = t;
	c->n_totals++;
}

static void add(struct mica_endpoint_counters *sum, const struct mica_service_info *info)
{
	sum->rx_messages += info->rx_messages;
	sum->rx_bytes += info->rx_bytes;
	sum->tx_messages += info->tx_messages;
	sum->tx_bytes += info->tx_bytes;
	sum->dropped_bytes += info->dropped_bytes;
	sum->dropped_messages += info->dropped_messages;
}

void mica_totals_keep(struct mica_client *c, const struct mica_service_info *info)
{
	struct mica_total *t = find(c, info->name);

	add(t ? &t->sum : &c->other_totals, info);
}

void mica_totals_free(struct mica_client *c)
{
	while (c->totals) {
		struct mica_total *t = c->totals;

		c->totals = t->next;
		free(t);
	}
}

static bool any(const struct mica_endpoint_counters *e)
{
	return e->rx_messages || e->tx_messages || e->dropped_bytes || e->dropped_messages;
}

void mica_client_counters(const struct mica_client *c, struct mica_counters *out)
{
	struct mica_endpoint_counters *other;
	unsigned int n = 0;

	memset(out, 0, sizeof(*out));
	out->doorbells_in = c->doorbells_in;
	out->doorbells_out = c->doorbells_out;
	out->restarts = c->restarts_total;
	out->doorbells_lost =
		c->doorbells_lost + (c->link ? mica_link_doorbells_missed(c->link) : 0);
	for (const struct mica_total *t = c->totals; t; t = t->next)
		out->endpoint[n++] = t->sum;
	other = &out->endpoint[n];
	*other = c->other_totals;
	for (const struct mica_service *s = c->link ? c->link->services : NULL; s; s = s->next) {
		struct mica_endpoint_counters *e = out->endpoint;

		while (e < other && strcmp(e->name, s->info.name))
			e++;
		add(e, &s->info);
	}
	out->n_endpoints = n + any(other);
}
