/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli.h"

static struct json_object *get(struct json_object *o, const char *key, enum json_type type)
{
	struct json_object *v = NULL;

	if (json_object_is_type(o, json_type_object))
		json_object_object_get_ex(o, key, &v);
	return json_object_is_type(v, type) ? v : NULL;
}

const char *json_text(struct json_object *o, const char *key)
{
	struct json_object *v = get(o, key, json_type_string);

	return v ? json_object_get_string(v) : "";
}

long long json_number(struct json_object *o, const char *key)
{
	struct json_object *v = get(o, key, json_type_int);

	return v ? json_object_get_int64(v) : 0;
}

bool json_flag(struct json_object *o, const char *key)
{
	struct json_object *v = get(o, key, json_type_boolean);

	return v && json_object_get_boolean(v);
}

struct json_object *json_list(struct json_object *o, const char *key)
{
	return get(o, key, json_type_array);
}

struct json_object *json_of_pairs(const char *const *pairs)
{
	struct json_object *o = json_object_new_object();

	for (; pairs[0]; pairs += 2)
		if (pairs[1])
			json_object_object_add(o, pairs[0], json_object_new_string(pairs[1]));
	return o;
}
