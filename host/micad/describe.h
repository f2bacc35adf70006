/* SPDX-License-Identifier: BSD-3-Clause */
/* A client as JSON, type Client of the interface file. */
#ifndef MICAD_DESCRIBE_H
#define MICAD_DESCRIBE_H

#include <json.h>

#include "mica/client.h"

/* An endpoint's name, as far as it is plain ASCII. */
void describe_name(struct json_object *o, const char *key, const char *value);
struct json_object *describe_client(const struct mica_client *client);
/* All clients, or only that one when `only` is not NULL. */
struct json_object *describe_clients(struct mica_host *host, const struct mica_client *only);

#endif /* MICAD_DESCRIBE_H */
