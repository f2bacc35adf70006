/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>

#include "cli.h"
#include "link.h"
#include "options.h"

static int run(struct cli *cli, int argc, char **argv)
{
	struct mica_error err;
	int ret = cli_arguments(cli, &verb_resume, &argc, &argv, "NAME");

	if (ret >= 0)
		return ret;
	if (link_once(cli->socket, "Resume", json_strings("name", argv[0]), NULL, &err))
		return cli_fail(cli, &err);
	if (cli->json)
		cli_print_json(json_strings("name", argv[0]));
	else
		printf("resume %s successfully!\n", argv[0]);
	return MICA_OK;
}

const struct verb verb_resume = {
	.name = "resume",
	.args = "NAME",
	.summary = "Let a suspended client go on",
	.help = "",
	.run = run,
};
