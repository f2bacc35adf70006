/* SPDX-License-Identifier: BSD-3-Clause */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "link.h"
#include "options.h"

/* On a terminal, what the daemon is at; scripts get the result only. */
static void show_step(const struct cli *cli, const char *step)
{
	if (!cli->json && isatty(STDOUT_FILENO))
		printf("  %s\n", !strcmp(step, "healthy") ? "running; watching it" : step);
}

/* The last reply, without a step. */
static int follow(const struct cli *cli, struct link *link, struct json_object **reply,
		  struct mica_error *err)
{
	for (;;) {
		const char *step;

		*reply = NULL;
		if (link_next(link, LINK_FOREVER, reply, err) < 0)
			return -1;
		step = json_text(*reply, "step");
		if (!*step)
			return 0;
		if (strcmp(step, "unchanged") != 0)
			show_step(cli, step);
		json_object_put(*reply);
	}
}

static int call(struct cli *cli, const char *method, struct json_object *params, const char *name,
		const char *done)
{
	struct json_object *reply;
	struct mica_error err;
	struct link link;
	int ret;

	if (link_open(&link, cli->socket, &err)) {
		json_object_put(params);
		return cli_fail(cli, &err);
	}
	ret = link_watch(&link, method, params, &err);
	if (!ret)
		ret = follow(cli, &link, &reply, &err);
	link_close(&link);
	if (ret)
		return cli_fail(cli, &err);
	if (cli->json) {
		json_object_object_add(reply, "name", json_object_new_string(name));
		cli_print_json(reply);
		return MICA_OK;
	}
	if (json_flag(reply, "changed"))
		printf("%s %s successfully! Its image is %.12s\n", done, name,
		       json_text(reply, "sha256"));
	else
		printf("%s has that image already: %.12s\n", name, json_text(reply, "sha256"));
	json_object_put(reply);
	return MICA_OK;
}

static int run_update(struct cli *cli, int argc, char **argv)
{
	struct json_object *params;
	struct mica_error err;
	char path[PATH_MAX];
	bool reset = false;
	const struct cli_option options[] = { { .name = "reset", .flag = &reset }, { 0 } };
	const char *file;
	int ret = cli_options(cli, &verb_update, &argc, &argv, options, "NAME [FILE]");

	if (ret >= 0)
		return ret;
	if (reset == (argc > 1))
		return cli_usage(cli, &verb_update,
				 reset ? "--reset goes without FILE"
				       : "FILE is missing; or say --reset");
	if (reset) {
		params = json_strings("name", argv[0]);
		json_object_object_add(params, "reset", json_object_new_boolean(true));
	} else {
		file = argv[1];
		if (strchr(file, '/')) {
			if (cli_absolute(path, sizeof(path), file, &err))
				return cli_fail(cli, &err);
			file = path;
		}
		params = json_strings("name", argv[0], "file", file);
	}
	if (!cli->json)
		printf("updating %s...\n", argv[0]);
	return call(cli, "Update", params, argv[0], "update");
}

static int run_rollback(struct cli *cli, int argc, char **argv)
{
	int ret = cli_arguments(cli, &verb_rollback, &argc, &argv, "NAME");

	if (ret >= 0)
		return ret;
	if (!cli->json)
		printf("rolling %s back...\n", argv[0]);
	return call(cli, "Rollback", json_strings("name", argv[0]), argv[0], "rollback");
}

const struct verb verb_update = {
	.name = "update",
	.args = "NAME FILE | NAME --reset",
	.summary = "Give a client another image, and take it back if that does not run",
	.help = "FILE is a path, or a bare name in /lib/firmware; FILE.minisig is its signature.\n"
		"A running client is stopped and started with it, and watched for HealthySec.\n"
		"  --reset   use the file that ClientPath names again\n",
	.run = run_update,
};

const struct verb verb_rollback = {
	.name = "rollback",
	.args = "NAME",
	.summary = "Give a client the image it had before",
	.help = "The same way as an update; a second one undoes the first.\n",
	.run = run_rollback,
};
