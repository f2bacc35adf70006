/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "options.h"

static void overview(void)
{
	printf("Usage: mica [OPTION]... COMMAND [ARGUMENT]...\n"
	       "Client OSes beside this Linux: create, start, watch, talk to.\n\n");
	for (const struct verb *const *v = verbs; *v; v++)
		printf("  %-8s %-20s %s\n", (*v)->name, (*v)->args, (*v)->summary);
	printf("\n"
	       "Options of every command:\n"
	       "  --json           one JSON object on standard output instead of text\n"
	       "  --run-root DIR   where micad keeps its run-time files (or $MICA_RUN_ROOT)\n"
	       "  --socket PATH    control socket of micad (DIR/micad.sock)\n"
	       "  --help           help about a command\n"
	       "\n"
	       "Exit status: 0 good, 1 failed, 2 usage, 3 micad does not run, 4 permission,\n"
	       "5 unknown client, 6 not possible in its state, 7 configuration, 8 taken,\n"
	       "9 image, 10 platform, 11 time-out, 12 protocol, 13 client broke the rules.\n");
}

static int run(struct cli *cli, int argc, char **argv)
{
	int ret = cli_arguments(cli, &verb_help, &argc, &argv, "[COMMAND]");

	if (ret >= 0)
		return ret;
	if (!argc) {
		overview();
		return MICA_OK;
	}
	for (const struct verb *const *v = verbs; *v; v++) {
		if (!strcmp((*v)->name, argv[0])) {
			cli_print_help(*v);
			return MICA_OK;
		}
	}
	return cli_usage(cli, NULL, "unknown command '%.60s'", argv[0]);
}

const struct verb verb_help = {
	.name = "help",
	.args = "[COMMAND]",
	.summary = "Explain a command, or list all of them",
	.help = "",
	.run = run,
};
