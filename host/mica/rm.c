/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>

#include "cli.h"
#include "link.h"
#include "options.h"

static int run(struct cli *cli, int argc, char **argv)
{
	bool purge = false;
	const struct cli_option options[] = { { .name = "purge", .flag = &purge }, { 0 } };
	int ret = cli_options(cli, &verb_rm, &argc, &argv, options, "NAME");
	struct json_object *params;
	struct mica_error err;
	const char *name;

	if (ret >= 0)
		return ret;
	name = argv[0];
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
