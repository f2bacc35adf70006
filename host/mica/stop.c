/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>

#include "cli.h"
#include "link.h"
#include "options.h"

static int run(struct cli *cli, int argc, char **argv)
{
	struct mica_error err;
	int ret = cli_arguments(cli, &verb_stop, &argc, &argv, "NAME");

	if (ret >= 0)
		return ret;
	if (!cli->json)
		printf("stopping %s...\n", argv[0]);
	if (link_once(cli->socket, "Stop", json_strings("name", argv[0]), NULL, &err))
		return cli_fail(cli, &err);
	if (cli->json)
		cli_print_json(json_strings("name", argv[0]));
	else
		printf("stop %s successfully!\n", argv[0]);
	return MICA_OK;
}

const struct verb verb_stop = {
	.name = "stop",
	.args = "NAME",
	.summary = "Stop a client; returns when its cores are off",
	.help = "The client keeps its cores and memory until 'mica rm NAME'.\n",
	.run = run,
};
