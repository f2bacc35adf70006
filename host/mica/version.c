/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>

#include "cli.h"
#include "link.h"
#include "mica/control.h"
#include "options.h"

/* Says its own version even when no daemon runs: then that is what the user wants to know first. */
static int run(struct cli *cli, int argc, char **argv)
{
	struct json_object *reply = NULL, *o;
	struct mica_error err;
	int ret = cli_arguments(cli, &verb_version, &argc, &argv, "");

	if (ret >= 0)
		return ret;
	ret = link_once(cli->socket, "Version", NULL, &reply, &err);
	if (ret && err.code != MICA_E_NO_DAEMON && err.code != MICA_E_PERMISSION)
		return cli_fail(cli, &err);
	if (cli->json) {
		o = json_strings("version", MICA_VERSION, "daemon",
				 ret ? NULL : json_text(reply, "version"));
		json_object_object_add(o, "protocol", json_object_new_int(MICA_PROTOCOL));
		cli_print_json(o);
	} else {
		printf("mica %s (protocol %d)\n", MICA_VERSION, MICA_PROTOCOL);
		if (ret)
			printf("micad: not reached\n");
		else
			printf("micad %s\n", json_text(reply, "version"));
	}
	json_object_put(reply);
	return MICA_OK;
}

const struct verb verb_version = {
	.name = "version",
	.args = "",
	.summary = "Print the versions of mica and of the running micad",
	.help = "",
	.run = run,
};
