/* SPDX-License-Identifier: BSD-3-Clause */
/* mica get, mica set. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "link.h"
#include "options.h"

static int print_keys(const struct cli *cli, const struct verb *verb, struct json_object *reply,
		      int n, char **keys)
{
	struct json_object *settings = NULL, *value;

	json_object_object_get_ex(reply, "settings", &settings);
	for (int i = 0; i < n; i++) {
		if (!json_object_object_get_ex(settings, keys[i], &value))
			return cli_usage(cli, verb, "key '%.60s' has no value here", keys[i]);
	}
	for (int i = 0; i < n; i++) {
		json_object_object_get_ex(settings, keys[i], &value);
		printf("%s=%s\n", keys[i], json_object_get_string(value));
	}
	return MICA_OK;
}

static int get(struct cli *cli, const struct verb *verb, int argc, char **argv)
{
	struct json_object *reply = NULL;
	struct mica_error err;
	int ret = MICA_OK;

	if (link_once(cli->socket, "GetConfig", json_strings("name", argv[0]), &reply, &err))
		return cli_fail(cli, &err);
	if (cli->json) {
		cli_print_json(reply);
		return MICA_OK;
	}
	if (argc > 1)
		ret = print_keys(cli, verb, reply, argc - 1, argv + 1);
	else
		fputs(json_text(reply, "text"), stdout);
	json_object_put(reply);
	return ret;
}

static int run_get(struct cli *cli, int argc, char **argv)
{
	int ret = cli_arguments(cli, &verb_get, &argc, &argv, "NAME [KEY]...");

	return ret >= 0 ? ret : get(cli, &verb_get, argc, argv);
}

/* KEY=VALUE words; NULL after *bad was set. */
static struct json_object *settings(int n, char **words, const char **bad)
{
	struct json_object *o = json_object_new_object();

	for (int i = 0; i < n; i++) {
		char *eq = strchr(words[i], '=');

		if (!eq || eq == words[i]) {
			*bad = words[i];
			json_object_put(o);
			return NULL;
		}
		*eq = '\0';
		json_object_object_add(o, words[i], json_object_new_string(eq + 1));
		*eq = '=';
	}
	return o;
}

static int run_set(struct cli *cli, int argc, char **argv)
{
	int ret = cli_arguments(cli, &verb_set, &argc, &argv, "NAME [KEY=VALUE]...");
	struct json_object *params, *set;
	const char *bad = NULL;
	struct mica_error err;

	if (ret >= 0)
		return ret;
	if (argc == 1)
		return get(cli, &verb_set, argc, argv);
	set = settings(argc - 1, argv + 1, &bad);
	if (!set)
		return cli_usage(cli, &verb_set, "'%.60s' is not KEY=VALUE", bad);
	params = json_strings("name", argv[0]);
	json_object_object_add(params, "settings", set);
	if (link_once(cli->socket, "Set", params, NULL, &err))
		return cli_fail(cli, &err);
	if (cli->json)
		cli_print_json(json_strings("name", argv[0]));
	else
		printf("set %s successfully! It holds until the client is removed; its "
		       "configuration file is unchanged.\n",
		       argv[0]);
	return MICA_OK;
}

const struct verb verb_get = {
	.name = "get",
	.args = "NAME [KEY]...",
	.summary = "Print the configuration of a client as it is in effect",
	.help = "Without KEY: as a file that 'mica create' takes.\n",
	.run = run_get,
};

const struct verb verb_set = {
	.name = "set",
	.args = "NAME KEY=VALUE...",
	.summary = "Change the configuration of a client while it runs",
	.help = "All keys are changed, or none. They hold until the client is removed; the file "
		"it\n"
		"was created from stays as it is. mica(1) lists the keys; without any, prints\n"
		"what 'mica get' prints.\n",
	.run = run_set,
};
