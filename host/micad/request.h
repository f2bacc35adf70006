/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One call at work. A method takes it and, now or from a later callback, ends it with exactly one
 * of the request_...() functions, which frees it. The caller may have gone meanwhile; the reply is
 * dropped then. Loop thread only.
 */
#ifndef MICAD_REQUEST_H
#define MICAD_REQUEST_H

#include <stddef.h>

#include "access.h"
#include "conn.h"
#include "message.h"
#include "mica/client.h"

struct request {
	struct conn *conn;
	struct daemon *daemon;
	struct call call;
};

struct method {
	const char *name; /* after the interface and its dot */
	enum right right;
	const char *const *params; /* names, NULL at the end */
	void (*run)(struct request *req);
};

/* text: one message of the connection, valid during the call only. */
void request_begin(struct conn *c, const char *text, size_t len);

/* Takes its reference of params; NULL: none. */
void request_reply(struct request *req, struct json_object *params);
/* One reply before the last, for a caller that asked for "more"; the request goes on. */
void request_progress(struct request *req, struct json_object *params);
/* One of several; the call is ended by one of the others. */
void request_part(struct request *req, struct json_object *params);
/* First of a row of replies without an end: the connection becomes a monitor. */
void request_stay(struct request *req, struct json_object *params);
void request_fail(struct request *req, const struct mica_error *err);
void request_failf(struct request *req, enum mica_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* One of org.varlink.service's errors, with its one parameter. */
void request_refuse(struct request *req, const char *error, const char *param, const char *value);

/* A required name. NULL: the request has been ended. */
const char *request_string(struct request *req, const char *name);
/* An optional one: false if the request has been ended. */
bool request_optional(struct request *req, const char *name, const char **out);
/* The client that parameter "name" names. NULL: the request has been ended. */
struct mica_client *request_client(struct request *req);

/* An io.mica.Manager.Error, formatted. */
char *request_error_text(enum mica_code code, const char *text);

#endif /* MICAD_REQUEST_H */
