/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>

#include "cli.h"
#include "link.h"

static int run(struct cli *cli, int argc, char **argv)
{
	struct mica_error err;
	int ret = cli_simple_args(cli, &verb_rm, argc, argv, 1, 1);

	if (ret >= 0)
		return ret;
	if (!cli->json)
		printf("removing %s...\n", argv[1]);
	if (link_once(cli->socket, "Remove", json_strings("name", argv[1]), NULL, &err))
		return cli_fail(cli, &err);
	if (cli->json)
		cli_print_json(json_strings("name", argv[1]));
	else
		printf("rm %s successfully!\n", argv[1]);
	return MICA_OK;
}

const struct verb verb_rm = {
	.name = "rm",
	.args = "NAME",
	.summary = "Remove a stopped client and give its cores and memory back",
	.help = "",
	.run = run,
};
