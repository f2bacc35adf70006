/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "message.h"

/* The deepest legitimate call is the root, its parameters and one list. */
#define DEPTH_MAX 8

static int bad(struct mica_error *err, const char *what)
{
	return mica_fail(err, MICA_E_PROTOCOL,
			 "malformed message: %s; the control socket speaks Varlink", what);
}

static struct json_object *parse(const char *text, size_t len, struct mica_error *err)
{
	struct json_tokener *tok = json_tokener_new_ex(DEPTH_MAX);
	struct json_object *root;
	enum json_tokener_error e;
	size_t used;

	if (!tok) {
		bad(err, "out of memory");
		return NULL;
	}
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	/* With the NUL: otherwise a number at the end would be waited for. */
	root = json_tokener_parse_ex(tok, text, (int)len + 1);
	e = json_tokener_get_error(tok);
	used = json_tokener_get_parse_end(tok);
	json_tokener_free(tok);
	if (e != json_tokener_success) {
		bad(err, json_tokener_error_desc(e));
	} else if (used < len) {
		bad(err, "something follows the object");
	} else if (!json_object_is_type(root, json_type_object)) {
		bad(err, "not a JSON object");
	} else {
		return root;
	}
	json_object_put(root);
	return NULL;
}

static int flag(struct json_object *root, const char *name, bool *out)
{
	struct json_object *o;

	*out = false;
	if (!json_object_object_get_ex(root, name, &o) || !o)
		return 0;
	if (!json_object_is_type(o, json_type_boolean))
		return -1;
	*out = json_object_get_boolean(o);
	return 0;
}

static bool is_text(struct json_object *o)
{
	return json_object_is_type(o, json_type_string) &&
	       strlen(json_object_get_string(o)) == (size_t)json_object_get_string_len(o);
}

static int check(struct call *call, struct mica_error *err)
{
	struct json_object *o;
	bool upgrade;

	if (!json_object_object_get_ex(call->root, "method", &o) || !is_text(o))
		return bad(err, "'method' is missing or not a string");
	call->method = json_object_get_string(o);
	if (json_object_object_get_ex(call->root, "parameters", &o) && o) {
		if (!json_object_is_type(o, json_type_object))
			return bad(err, "'parameters' is not an object");
		call->params = o;
	}
	if (flag(call->root, "more", &call->more) || flag(call->root, "oneway", &call->oneway) ||
	    flag(call->root, "upgrade", &upgrade))
		return bad(err, "'more', 'oneway' and 'upgrade' are true or false");
	if (upgrade || (call->more && call->oneway))
		return bad(err, "'upgrade' is not offered, 'more' and 'oneway' exclude each other");
	return 0;
}

int call_parse(const char *text, size_t len, struct call *call, struct mica_error *err)
{
	memset(call, 0, sizeof(*call));
	call->root = parse(text, len, err);
	if (!call->root)
		return -1;
	if (check(call, err)) {
		call_free(call);
		return -1;
	}
	return 0;
}

void call_free(struct call *call)
{
	json_object_put(call->root);
	memset(call, 0, sizeof(*call));
}

static struct json_object *param(const struct call *call, const char *name)
{
	struct json_object *o = NULL;

	if (call->params)
		json_object_object_get_ex(call->params, name, &o);
	return o;
}

int call_string(const struct call *call, const char *name, const char **out)
{
	struct json_object *o = param(call, name);

	if (!o)
		return 0;
	if (!is_text(o))
		return -1;
	*out = json_object_get_string(o);
	return 1;
}

int call_bool(const struct call *call, const char *name, bool *out)
{
	struct json_object *o = param(call, name);

	if (!o)
		return 0;
	if (!json_object_is_type(o, json_type_boolean))
		return -1;
	*out = json_object_get_boolean(o);
	return 1;
}

int call_int(const struct call *call, const char *name, int64_t *out)
{
	struct json_object *o = param(call, name);

	if (!o)
		return 0;
	if (!json_object_is_type(o, json_type_int))
		return -1;
	*out = json_object_get_int64(o);
	return 1;
}

int call_object(const struct call *call, const char *name, struct json_object **out)
{
	struct json_object *o = param(call, name);

	if (!o)
		return 0;
	if (!json_object_is_type(o, json_type_object))
		return -1;
	*out = o;
	return 1;
}

const char *call_unknown(const struct call *call, const char *const *names)
{
	if (!call->params)
		return NULL;
	json_object_object_foreach(call->params, key, val)
	{
		const char *const *n = names;

		(void)val;
		while (*n && strcmp(*n, key) != 0)
			n++;
		if (!*n)
			return key;
	}
	return NULL;
}

static char *finish(struct json_object *root)
{
	const char *text = json_object_to_json_string_ext(
		root, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
	char *out = text ? strdup(text) : NULL;

	json_object_put(root);
	return out;
}

char *reply_format(struct json_object *params, bool continues)
{
	struct json_object *root = json_object_new_object();

	json_object_object_add(root, "parameters", params ? params : json_object_new_object());
	if (continues)
		json_object_object_add(root, "continues", json_object_new_boolean(true));
	return finish(root);
}

char *reply_error_format(const char *error, struct json_object *params)
{
	struct json_object *root = json_object_new_object();

	json_object_object_add(root, "error", json_object_new_string(error));
	json_object_object_add(root, "parameters", params ? params : json_object_new_object());
	return finish(root);
}
