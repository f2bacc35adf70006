/* SPDX-License-Identifier: BSD-3-Clause */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "link.h"
#include "options.h"

/* AutoBoot=yes starts at create too, as users of the existing tool know it. */
static int start(struct cli *cli, struct link *link, const char *name, struct mica_error *err)
{
	if (!cli->json)
		printf("starting %s...\n", name);
	if (link_call(link, "Start", json_strings("name", name), NULL, err))
		return -1;
	if (!cli->json)
		printf("start %s successfully!\n", name);
	return 0;
}

static void print_warnings(struct json_object *reply)
{
	struct json_object *list = json_list(reply, "warnings");
	size_t n = list ? json_object_array_length(list) : 0;

	for (size_t i = 0; i < n; i++)
		cli_warn(json_object_get_string(json_object_array_get_idx(list, i)));
}

/* *done, if not NULL, gets the daemon's reply; owned by the caller. */
static int create(struct cli *cli, struct link *link, const char *file, bool existing_ok,
		  struct json_object **done, struct mica_error *err)
{
	struct json_object *params = json_strings("file", file), *reply = NULL;
	const char *name;
	int ret = 0;

	if (existing_ok)
		json_object_object_add(params, "existing_ok", json_object_new_boolean(true));
	if (link_call(link, "Create", params, &reply, err))
		return -1;
	name = json_text(reply, "name");
	print_warnings(reply);
	if (json_flag(reply, "created")) {
		if (!cli->json)
			printf("Creating %s...\nSuccessfully created %s!\n", name, name);
		if (json_flag(reply, "auto_boot"))
			ret = start(cli, link, name, err);
	} else if (!cli->json) {
		printf("%s is there already\n", name);
	}
	*done = reply;
	return ret;
}

static int create_one(struct cli *cli, struct link *link, const char *arg, struct mica_error *err)
{
	struct json_object *reply = NULL;
	char path[PATH_MAX];
	int ret;

	/* A bare name is the daemon's to find, in its own folder. */
	if (strchr(arg, '/')) {
		if (cli_absolute(path, sizeof(path), arg, err))
			return -1;
		arg = path;
	}
	ret = create(cli, link, arg, false, &reply, err);
	if (!ret && cli->json)
		cli_print_json(reply);
	else
		json_object_put(reply);
	return ret;
}

/* Each file on its own: one that fails is said at once and keeps no other from being created. */
static int create_all(struct cli *cli, struct link *link, struct mica_error *err)
{
	struct json_object *reply = NULL, *files, *made = json_object_new_array(), *out;
	const struct cli quiet = { .json = false };
	int failed = 0;

	if (link_call(link, "ListConfigs", NULL, &reply, err)) {
		json_object_put(made);
		return -1;
	}
	files = json_list(reply, "files");
	for (size_t i = 0; files && i < json_object_array_length(files); i++) {
		const char *file = json_object_get_string(json_object_array_get_idx(files, i));
		struct json_object *one = NULL;
		struct mica_error e;

		if (create(cli, link, file, true, &one, &e)) {
			cli_fail(&quiet, &e);
			if (!failed++)
				*err = e;
		}
		if (one)
			json_object_array_add(made, one);
	}
	json_object_put(reply);
	if (cli->json && !failed) {
		out = json_object_new_object();
		json_object_object_add(out, "clients", made);
		cli_print_json(out);
		return 0;
	}
	json_object_put(made);
	if (!failed)
		return 0;
	return cli_error(err, err->code, "%d configuration%s could not be used", failed,
			 failed > 1 ? "s" : "");
}

static int run(struct cli *cli, int argc, char **argv)
{
	bool all = false;
	const struct cli_option options[] = { { .name = "all", .flag = &all }, { 0 } };
	struct mica_error err;
	struct link link;
	int ret = cli_options(cli, &verb_create, &argc, &argv, options, "[FILE]");

	if (ret >= 0)
		return ret;
	if (all == !!argc)
		return cli_usage(cli, &verb_create,
				 all ? "--all goes without FILE" : "FILE is missing; or say --all");
	if (link_open(&link, cli->socket, &err))
		return cli_fail(cli, &err);
	ret = all ? create_all(cli, &link, &err) : create_one(cli, &link, argv[0], &err);
	link_close(&link);
	return ret ? cli_fail(cli, &err) : MICA_OK;
}

const struct verb verb_create = {
	.name = "create",
	.args = "FILE | --all",
	.summary = "Create a client from its configuration, or all in /etc/mica",
	.help = "FILE is a path, or a bare name in /etc/mica (with or without \".conf\").\n"
		"A client with AutoBoot=yes is also started. --all leaves clients alone that\n"
		"are there already.\n",
	.run = run,
};
