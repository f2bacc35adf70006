/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>

#include "cli.h"
#include "link.h"

static int run(struct cli *cli, int argc, char **argv)
{
	struct mica_error err;
	int ret = cli_simple_args(cli, &verb_stop, argc, argv, 1, 1);

	if (ret >= 0)
		return ret;
	if (!cli->json)
		printf("stopping %s...\n", argv[1]);
	if (link_once(cli->socket, "Stop", json_strings("name", argv[1]), NULL, &err))
		return cli_fail(cli, &err);
	if (cli->json)
		cli_print_json(json_strings("name", argv[1]));
	else
		printf("stop %s successfully!\n", argv[1]);
	return MICA_OK;
}

const struct verb verb_stop = {
	.name = "stop",
	.args = "NAME",
	.summary = "Stop a client; returns when its cores are off",
	.help = "The client keeps its cores and memory until 'mica rm NAME'.\n",
	.run = run,
};
