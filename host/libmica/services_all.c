/* SPDX-License-Identifier: BSD-3-Clause */
/* What a link asks of all its services at once. */
#include "client_priv.h"
#include "link.h"
#include "service.h"

uint64_t mica_services_rest(const struct mica_link *link)
{
	uint64_t now = uv_now(link->client->host->loop), rest = 0;

	for (const struct mica_service *s = link->services; s; s = s->next) {
		if (s->rest_until > now && s->rest_until - now > rest)
			rest = s->rest_until - now;
	}
	return rest;
}

bool mica_services_ask_stop(struct mica_link *link)
{
	bool sent = false;

	for (struct mica_service *s = link->services; s; s = s->next) {
		if (s->bound && s->ops->ask_stop)
			sent |= s->ops->ask_stop(s);
	}
	return sent;
}

bool mica_services_any(const struct mica_link *link)
{
	const struct mica_service *s = link->services;

	while (s && !s->bound)
		s = s->next;
	return s != NULL;
}

void mica_services_info(const struct mica_link *link, struct mica_client_info *info)
{
	for (const struct mica_service *s = link->services; s; s = s->next) {
		if (info->n_services < MICA_SERVICES_MAX)
			info->service[info->n_services++] = s->info;
	}
}
