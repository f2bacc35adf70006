/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli.h"
#include "link.h"
#include "options.h"

static void print_line(struct json_object *line)
{
	long long usec = json_number(line, "usec"), level = json_number(line, "level");
	static const char *const names[] = { "emerg", "alert", "crit", "err", "warning" };
	time_t sec = (time_t)(usec / 1000000);
	const char *name = level >= 0 && level <= 4 ? names[level] : NULL;
	char when[32];
	struct tm tm;

	localtime_r(&sec, &tm);
	strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &tm);
	printf("%s.%03lld %s: %s%s%s\n", when, usec / 1000 % 1000, json_text(line, "source"),
	       name ? name : "", name ? ": " : "", json_text(line, "text"));
}

static void print_lines(const struct cli *cli, struct json_object *reply)
{
	struct json_object *list = json_list(reply, "lines");
	size_t n = list ? json_object_array_length(list) : 0;

	if (cli->json) {
		cli_print_json(json_object_get(reply));
		return;
	}
	for (size_t i = 0; i < n; i++)
		print_line(json_object_array_get_idx(list, i));
}

static int show(struct cli *cli, struct json_object *params, bool follow, struct mica_error *err)
{
	struct json_object *reply = NULL;
	struct link link;
	int ret;

	if (link_open(&link, cli->socket, err)) {
		json_object_put(params);
		return -1;
	}
	ret = follow ? link_watch(&link, "Logs", params, err)
		     : link_call(&link, "Logs", params, &reply, err);
	if (!ret && !follow)
		print_lines(cli, reply);
	json_object_put(reply);
	while (!ret && follow) {
		reply = NULL;
		ret = link_next(&link, LINK_FOREVER, &reply, err) < 0 ? -1 : 0;
		if (!ret)
			print_lines(cli, reply);
		json_object_put(reply);
		fflush(stdout);
	}
	link_close(&link);
	return ret;
}

static int run(struct cli *cli, int argc, char **argv)
{
	bool follow = false;
	long long lines = 0;
	const struct cli_option options[] = {
		{ .name = "follow", .letter = 'f', .flag = &follow },
		{ .name = "lines", .letter = 'n', .number = &lines, .min = 1, .max = 1000000 },
		{ 0 },
	};
	int ret = cli_options(cli, &verb_logs, &argc, &argv, options, "NAME");
	struct json_object *params;
	struct mica_error err;

	if (ret >= 0)
		return ret;
	params = json_strings("name", argv[0]);
	if (lines)
		json_object_object_add(params, "lines", json_object_new_int64(lines));
	return show(cli, params, follow, &err) ? cli_fail(cli, &err) : MICA_OK;
}

const struct verb verb_logs = {
	.name = "logs",
	.args = "[-f] [-n LINES] NAME",
	.summary = "Print what a client wrote into its log, and what happened to it",
	.help = "  -f, --follow        go on with each new line until the client is removed\n"
		"  -n, --lines LINES   only the newest ones\n"
		"\n"
		"Each line has its time and its source: log (the client's own log), the name of\n"
		"a trace buffer, rpc (what it prints on Linux), micad (what happened to it).\n",
	.run = run,
};
