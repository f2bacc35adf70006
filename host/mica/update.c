/* SPDX-License-Identifier: BSD-3-Clause */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "link.h"

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

static int parse(struct cli *cli, int argc, char **argv, bool *reset)
{
	static const struct option longs[] = {
		{ "reset", no_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		if (c == 'h') {
			cli_print_help(&verb_update);
			return MICA_OK;
		}
		if (c != 'r')
			return cli_usage(cli, &verb_update, "unknown option '%.60s'",
					 argv[optind - 1]);
		*reset = true;
	}
	if (optind == argc)
		return cli_usage(cli, &verb_update, "NAME is missing");
	if (*reset ? argc - optind > 1 : argc - optind > 2)
		return cli_usage(cli, &verb_update, "unexpected argument '%.60s'",
				 argv[optind + (*reset ? 1 : 2)]);
	if (!*reset && argc - optind < 2)
		return cli_usage(cli, &verb_update, "FILE is missing; or say --reset");
	return -1;
}

static int run_update(struct cli *cli, int argc, char **argv)
{
	struct json_object *params;
	struct mica_error err;
	char path[PATH_MAX];
	bool reset = false;
	const char *file;
	int ret = parse(cli, argc, argv, &reset);

	if (ret >= 0)
		return ret;
	if (reset) {
		params = json_strings("name", argv[optind]);
		json_object_object_add(params, "reset", json_object_new_boolean(true));
	} else {
		file = argv[optind + 1];
		if (strchr(file, '/')) {
			if (cli_absolute(path, sizeof(path), file, &err))
				return cli_fail(cli, &err);
			file = path;
		}
		params = json_strings("name", argv[optind], "file", file);
	}
	if (!cli->json)
		printf("updating %s...\n", argv[optind]);
	return call(cli, "Update", params, argv[optind], "update");
}

static int run_rollback(struct cli *cli, int argc, char **argv)
{
	int ret = cli_simple_args(cli, &verb_rollback, argc, argv, 1, 1);

	if (ret >= 0)
		return ret;
	if (!cli->json)
		printf("rolling %s back...\n", argv[1]);
	return call(cli, "Rollback", json_strings("name", argv[1]), argv[1], "rollback");
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
