/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "link.h"
#include "options.h"
#include "watch.h"

static int report(struct cli *cli, const char *name, const char *state, const char *reason)
{
	if (cli->json)
		cli_print_json(json_strings("name", name, "state", state, "reason", reason));
	else
		printf("%s: %s%s%s\n", name, state, *reason ? ": " : "", reason);
	return watch_went_wrong(state) ? MICA_E_CLIENT : MICA_OK;
}

static int wait_for_end(struct cli *cli, const char *name, int timeout_ms, struct mica_error *err)
{
	struct watch_event e;
	struct link link;
	int ret;

	if (watch_open(&link, cli->socket, name, err))
		return cli_fail(cli, err);
	/* The daemon tells only changes: the time starts anew with each, which is good enough. */
	while ((ret = watch_next(&link, timeout_ms, &e, err)) > 0 &&
	       (!watch_is_end(e.state) || e.pending))
		;
	link_close(&link);
	if (ret > 0)
		return report(cli, name, e.state, e.reason);
	if (ret == 0)
		cli_error(err, MICA_E_TIMEOUT, "client %s still runs after %d s", name,
			  timeout_ms / 1000);
	return cli_fail(cli, err);
}

static int run(struct cli *cli, int argc, char **argv)
{
	double timeout = -1;
	const struct cli_option options[] = {
		{ .name = "timeout", .letter = 't', .seconds = &timeout, .max = 1000000 },
		{ 0 },
	};
	int ret = cli_options(cli, &verb_wait, &argc, &argv, options, "NAME");
	struct mica_error err;

	if (ret >= 0)
		return ret;
	return wait_for_end(cli, argv[0], timeout < 0 ? LINK_FOREVER : (int)(timeout * 1000), &err);
}

const struct verb verb_wait = {
	.name = "wait",
	.args = "NAME [--timeout SEC]",
	.summary = "Wait until a client does not run any more",
	.help = "A client that is about to be restarted is waited for on.\n"
		"Prints the state and, where there is one, the reason. Exit status 0 after an\n"
		"ordinary end, 13 after a crash, 11 when the time is up.\n",
	.run = run,
};
