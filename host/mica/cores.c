/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <time.h>

#include "cli.h"
#include "link.h"
#include "options.h"

static void print_file(struct json_object *f)
{
	time_t sec = (time_t)(json_number(f, "usec") / 1000000);
	char when[32];
	struct tm tm;

	localtime_r(&sec, &tm);
	strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &tm);
	printf("%s  %8lld KiB  %s  %s\n    %s\n", when, (json_number(f, "size") + 1023) / 1024,
	       json_text(f, "client"), json_text(f, "reason"), json_text(f, "path"));
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct json_object *reply = NULL, *files;
	struct mica_error err;
	int ret = cli_arguments(cli, &verb_cores, &argc, &argv, "[NAME]");

	if (ret >= 0)
		return ret;
	if (link_once(cli->socket, "Cores", json_strings("name", argv[0]), &reply, &err))
		return cli_fail(cli, &err);
	if (cli->json) {
		cli_print_json(reply);
		return MICA_OK;
	}
	files = json_list(reply, "files");
	for (size_t i = 0; files && i < json_object_array_length(files); i++)
		print_file(json_object_array_get_idx(files, i));
	json_object_put(reply);
	return MICA_OK;
}

const struct verb verb_cores = {
	.name = "cores",
	.args = "[NAME]",
	.summary = "List the core files that crashed clients left",
	.help = "Newest first: time, size, client, reason, path. Open one with\n"
		"  gdb-multiarch CLIENT.elf CORE\n",
	.run = run,
};
