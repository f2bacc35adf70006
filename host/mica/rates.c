/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "rates.h"

static size_t length(struct json_object *list)
{
	return list ? json_object_array_length(list) : 0;
}

/* The k-th element of that name; NULL: none. Endpoints may share a name. */
static struct json_object *named(struct json_object *list, const char *name, size_t k)
{
	for (size_t i = 0; i < length(list); i++) {
		struct json_object *o = json_object_array_get_idx(list, i);

		if (!strcmp(json_text(o, "name"), name) && !k--)
			return o;
	}
	return NULL;
}

/* A counter that is lower than before began anew. */
static double rate(struct json_object *now, struct json_object *before, const char *key,
		   double seconds)
{
	long long a = json_number(before, key), b = json_number(now, key);

	if (!before || seconds <= 0)
		return 0;
	return (double)(b < a ? b : b - a) / seconds;
}

static struct rates endpoint_rates(struct json_object *now, struct json_object *before,
				   double seconds)
{
	return (struct rates){
		.in_messages = rate(now, before, "rx_messages", seconds),
		.in_bytes = rate(now, before, "rx_bytes", seconds),
		.out_messages = rate(now, before, "tx_messages", seconds),
		.out_bytes = rate(now, before, "tx_bytes", seconds),
	};
}

/* The client's row and, behind it, its endpoints' rows. */
static size_t client_rows(struct json_object *now, struct json_object *before, double seconds,
			  struct rates_row *row)
{
	struct json_object *services = json_list(now, "services"),
			   *old = json_list(before, "services");
	struct rates *sum = &row->rates;
	size_t n = 1;

	*row = (struct rates_row){ .client = now };
	sum->bells_in = rate(now, before, "doorbells_in", seconds);
	sum->bells_out = rate(now, before, "doorbells_out", seconds);
	for (size_t i = 0; i < length(services); i++, n++) {
		struct json_object *s = json_object_array_get_idx(services, i), *was;
		const char *name = json_text(s, "name");
		size_t k = 0;

		for (size_t j = 0; j < i; j++)
			k += !strcmp(json_text(json_object_array_get_idx(services, j), "name"),
				     name);
		was = named(old, name, k);
		row[n] = (struct rates_row){ .client = now, .service = s };
		row[n].rates = endpoint_rates(s, was, seconds);
		sum->in_messages += row[n].rates.in_messages;
		sum->in_bytes += row[n].rates.in_bytes;
		sum->out_messages += row[n].rates.out_messages;
		sum->out_bytes += row[n].rates.out_bytes;
	}
	return n;
}

static double weight(const struct rates *r, enum rates_order order)
{
	return order == RATES_BY_BYTES ? r->in_bytes + r->out_bytes
				       : r->in_messages + r->out_messages;
}

/* Rows of one client stay together. `from` is used up. */
static size_t arrange(struct rates_row *from, size_t n, struct rates_row *to,
		      enum rates_order order, bool endpoints)
{
	size_t out = 0;

	for (;;) {
		struct rates_row *best = NULL;

		for (size_t i = 0; i < n; i++) {
			struct rates_row *r = &from[i];

			if (!r->service && r->client &&
			    (!best || (order != RATES_BY_AGE &&
				       weight(&r->rates, order) > weight(&best->rates, order))))
				best = r;
		}
		if (!best)
			return out;
		to[out++] = *best;
		for (struct rates_row *r = best + 1; endpoints && r < from + n && r->service; r++)
			to[out++] = *r;
		best->client = NULL;
	}
}

struct rates_row *rates_of(struct json_object *now, struct json_object *before, double seconds,
			   enum rates_order order, bool endpoints, size_t *n)
{
	struct json_object *clients = json_list(now, "clients"),
			   *old = json_list(before, "clients");
	struct rates_row *rows, *sorted;
	size_t room = 1;

	for (size_t i = 0; i < length(clients); i++)
		room += 1 + length(json_list(json_object_array_get_idx(clients, i), "services"));
	rows = calloc(room, sizeof(*rows));
	sorted = calloc(room, sizeof(*sorted));
	*n = 0;
	if (rows && sorted) {
		for (size_t i = 0; i < length(clients); i++) {
			struct json_object *c = json_object_array_get_idx(clients, i);

			*n += client_rows(c, named(old, json_text(c, "name"), 0), seconds,
					  rows + *n);
		}
		*n = arrange(rows, *n, sorted, order, endpoints);
	} else {
		free(sorted);
		sorted = NULL;
	}
	free(rows);
	return sorted;
}
