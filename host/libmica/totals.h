/* SPDX-License-Identifier: BSD-3-Clause */
/* Counters of endpoints that outlive their bindings, so that sums never go back. */
#ifndef MICA_TOTALS_H
#define MICA_TOTALS_H

#include "mica/diag.h"

struct mica_total {
	struct mica_total *next;
	struct mica_endpoint_counters sum; /* of bindings that ended */
};

/* A name was announced: it gets a sum of its own, while there is room. */
void mica_totals_know(struct mica_client *client, const char *name);
/* An endpoint ends: its counters stay. */
void mica_totals_keep(struct mica_client *client, const struct mica_service_info *info);
void mica_totals_free(struct mica_client *client);

#endif /* MICA_TOTALS_H */
