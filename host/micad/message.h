/* SPDX-License-Identifier: BSD-3-Clause */
/* Varlink messages: calls as they come in, replies as they go out. No connection, no daemon. */
#ifndef MICAD_MESSAGE_H
#define MICAD_MESSAGE_H

#include <json.h>
#include <stdbool.h>
#include <stddef.h>

#include "mica/error.h"

struct call {
	struct json_object *root;
	const char *method;	    /* "io.mica.Manager.Start"; part of root */
	struct json_object *params; /* an object, or NULL; part of root */
	bool more, oneway;
};

/* text: len bytes, then a NUL. On error (MICA_E_PROTOCOL) nothing is to be freed. */
int call_parse(const char *text, size_t len, struct call *call, struct mica_error *err);
void call_free(struct call *call);

/* A string parameter: 1 found, 0 absent or null, -1 not a string or with a NUL in it. */
int call_string(const struct call *call, const char *name, const char **out);
int call_bool(const struct call *call, const char *name, bool *out);
int call_int(const struct call *call, const char *name, int64_t *out);
/* An object: *out is part of root. */
int call_object(const struct call *call, const char *name, struct json_object **out);
/* The first parameter that is not among names (NULL at the end), or NULL. */
const char *call_unknown(const struct call *call, const char *const *names);

/* Both take their reference of params (may be NULL: none) and return a malloc'd string. */
char *reply_format(struct json_object *params, bool continues);
char *reply_error_format(const char *error, struct json_object *params);

#endif /* MICAD_MESSAGE_H */
