/* SPDX-License-Identifier: BSD-3-Clause */
#include <getopt.h>
#include <stdio.h>

#include "cli.h"
#include "link.h"

/* -1 to go on, else the exit status. */
static int parse(struct cli *cli, int argc, char **argv, bool *purge)
{
	static const struct option longs[] = {
		{ "purge", no_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		if (c == 'h') {
			cli_print_help(&verb_rm);
			return MICA_OK;
		}
		if (c != 'p')
			return cli_usage(cli, &verb_rm, "unknown option '%.60s'", argv[optind - 1]);
		*purge = true;
	}
	if (optind == argc)
		return cli_usage(cli, &verb_rm, "NAME is missing");
	if (optind + 1 < argc)
		return cli_usage(cli, &verb_rm, "unexpected argument '%.60s'", argv[optind + 1]);
	return -1;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct json_object *params;
	struct mica_error err;
	bool purge = false;
	int ret = parse(cli, argc, argv, &purge);
	const char *name;

	if (ret >= 0)
		return ret;
	name = argv[optind];
	if (!cli->json)
		printf("removing %s...\n", name);
	params = json_strings("name", name);
	if (purge)
		json_object_object_add(params, "purge", json_object_new_boolean(true));
	if (link_once(cli->socket, "Remove", params, NULL, &err))
		return cli_fail(cli, &err);
	if (cli->json)
		cli_print_json(json_strings("name", name));
	else
		printf("rm %s successfully!\n", name);
	return MICA_OK;
}

const struct verb verb_rm = {
	.name = "rm",
	.args = "NAME",
	.summary = "Remove a stopped client and give its cores and memory back",
	.help = "Images that 'mica update' brought in stay: a client of that name finds them "
		"again;\n"
		"so do core files of its crashes.\n"
		"  --purge   remove these too\n",
	.run = run,
};
