/* SPDX-License-Identifier: BSD-3-Clause */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "link.h"

/* -1 to go on, else the exit status. */
static int parse(struct cli *cli, int argc, char **argv, long *pid)
{
	static const struct option longs[] = {
		{ "pid", required_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	char *end = NULL;
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, ":h", longs, NULL)) != -1) {
		if (c == 'h') {
			cli_print_help(&verb_attach);
			return MICA_OK;
		}
		if (c == ':')
			return cli_usage(cli, &verb_attach, "--pid needs a value");
		if (c != 'p')
			return cli_usage(cli, &verb_attach, "unknown option '%.60s'",
					 argv[optind - 1]);
		*pid = strtol(optarg, &end, 10);
		if (!*optarg || *end || *pid <= 0 || *pid > INT_MAX)
			return cli_usage(cli, &verb_attach,
					 "--pid '%.40s' is no number of a process", optarg);
	}
	if (optind == argc)
		return cli_usage(cli, &verb_attach, "FILE is missing");
	if (optind + 1 < argc)
		return cli_usage(cli, &verb_attach, "unexpected argument '%.60s'",
				 argv[optind + 1]);
	return -1;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct json_object *params, *reply = NULL, *list;
	const char *file, *name;
	struct mica_error err;
	char path[PATH_MAX];
	long pid = 0;
	int ret = parse(cli, argc, argv, &pid);

	if (ret >= 0)
		return ret;
	file = argv[optind];
	/* A bare name is the daemon's to find, in its own folder. */
	if (strchr(file, '/')) {
		if (cli_absolute(path, sizeof(path), file, &err))
			return cli_fail(cli, &err);
		file = path;
	}
	params = json_strings("file", file);
	if (pid)
		json_object_object_add(params, "pid", json_object_new_int64(pid));
	if (link_once(cli->socket, "Attach", params, &reply, &err))
		return cli_fail(cli, &err);
	list = json_list(reply, "warnings");
	for (size_t i = 0; list && i < json_object_array_length(list); i++)
		cli_warn(json_object_get_string(json_object_array_get_idx(list, i)));
	name = json_text(reply, "name");
	if (cli->json) {
		cli_print_json(reply);
		return MICA_OK;
	}
	printf("attach %s successfully!\n", name);
	json_object_put(reply);
	return MICA_OK;
}

const struct verb verb_attach = {
	.name = "attach",
	.args = "FILE [--pid PID]",
	.summary = "Take over a client that something else started",
	.help = "FILE is a configuration, as of 'mica create'; what runs must be its image.\n"
		"Nothing is loaded or started.\n"
		"  --pid PID   pedestal native: the client's process\n",
	.run = run,
};
