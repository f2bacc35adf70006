/* SPDX-License-Identifier: BSD-3-Clause */
/* Rates out of two replies of the daemon's List method. */
#ifndef MICA_RATES_H
#define MICA_RATES_H

#include <json.h>
#include <stdbool.h>
#include <stddef.h>

struct rates {
	double in_messages, in_bytes, out_messages, out_bytes; /* a second */
	double bells_in, bells_out;			       /* of a client */
};

struct rates_row {
	struct json_object *client,
		*service; /* service NULL: the client itself, all its endpoints */
	struct rates rates;
};

enum rates_order { RATES_BY_AGE, RATES_BY_MESSAGES, RATES_BY_BYTES, RATES_ORDERS };

/*
 * One row a client, followed by its endpoints if those are wanted. now, before: parameters of
 * replies, `seconds` apart; before NULL: all rates 0. The rows refer to `now`. The caller frees
 * them; NULL: out of memory.
 */
struct rates_row *rates_of(struct json_object *now, struct json_object *before, double seconds,
			   enum rates_order order, bool endpoints, size_t *n);

#endif /* MICA_RATES_H */
