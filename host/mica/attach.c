/* SPDX-License-Identifier: BSD-3-Clause */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "link.h"
#include "options.h"

static int run(struct cli *cli, int argc, char **argv)
{
	long long pid = 0;
	const struct cli_option options[] = {
		{ .name = "pid", .number = &pid, .min = 1, .max = INT_MAX },
		{ 0 },
	};
	int ret = cli_options(cli, &verb_attach, &argc, &argv, options, "FILE");
	struct json_object *params, *reply = NULL, *list;
	const char *file, *name;
	struct mica_error err;
	char path[PATH_MAX];

	if (ret >= 0)
		return ret;
	file = argv[0];
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
