/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>

#include "cli.h"
#include "link.h"
#include "options.h"

static int run(struct cli *cli, int argc, char **argv)
{
	struct mica_error err;
	int ret = cli_arguments(cli, &verb_suspend, &argc, &argv, "NAME");

	if (ret >= 0)
		return ret;
	if (link_once(cli->socket, "Suspend", json_strings("name", argv[0]), NULL, &err))
		return cli_fail(cli, &err);
	if (cli->json)
		cli_print_json(json_strings("name", argv[0]));
	else
		printf("suspend %s successfully!\n", argv[0]);
	return MICA_OK;
}

const struct verb verb_suspend = {
	.name = "suspend",
	.args = "NAME",
	.summary = "Stop a client's threads until it is resumed",
	.help = "The client keeps its memory, and messages wait for it. Its image must offer "
		"that.\n",
	.run = run,
};
