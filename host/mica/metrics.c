/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "link.h"
#include "options.h"

/* What the older format calls the samples of a family, and their type. */
static const struct old_type {
	const char *type, *suffix, *old;
} old_types[] = {
	{ "counter", "_total", "counter" },
	{ "info", "_info", "gauge" },
	{ "stateset", "", "gauge" },
	{ "gauge", "", "gauge" },
};

static const struct old_type *old_type(const char *type, size_t len)
{
	const size_t n = sizeof(old_types) / sizeof(old_types[0]);

	for (size_t i = 0; i < n; i++)
		if (strlen(old_types[i].type) == len && !strncmp(old_types[i].type, type, len))
			return &old_types[i];
	return &old_types[n - 1];
}

/* The text format of Prometheus from before OpenMetrics: no units, no end mark, and a description
 * names samples instead of families. */
static void print_old(const char *text)
{
	const struct old_type *t = &old_types[0];

	for (const char *next; *text; text = next) {
		size_t len = strcspn(text, "\n"), name;

		next = text + len + (text[len] == '\n');
		if (!strncmp(text, "# UNIT ", 7) || !strncmp(text, "# EOF", 5))
			continue;
		if (strncmp(text, "# TYPE ", 7) != 0 && strncmp(text, "# HELP ", 7) != 0) {
			printf("%.*s\n", (int)len, text);
			continue;
		}
		name = strcspn(text + 7, " ");
		if (text[2] == 'T')
			t = old_type(text + 7 + name + 1, len - 7 - name - 1);
		printf("%.*s%s", (int)(7 + name), text, t->suffix);
		if (text[2] == 'T')
			printf(" %s\n", t->old);
		else
			printf("%.*s\n", (int)(len - 7 - name), text + 7 + name);
	}
}

static int run(struct cli *cli, int argc, char **argv)
{
	bool old = false;
	const struct cli_option options[] = { { .name = "prometheus", .flag = &old }, { 0 } };
	int ret = cli_options(cli, &verb_metrics, &argc, &argv, options, "");
	struct json_object *reply = NULL;
	struct mica_error err;

	if (ret >= 0)
		return ret;
	if (link_once(cli->socket, "Metrics", NULL, &reply, &err))
		return cli_fail(cli, &err);
	if (cli->json) {
		cli_print_json(reply);
		return MICA_OK;
	}
	if (old)
		print_old(json_text(reply, "text"));
	else
		fputs(json_text(reply, "text"), stdout);
	json_object_put(reply);
	return MICA_OK;
}

const struct verb verb_metrics = {
	.name = "metrics",
	.args = "[--prometheus]",
	.summary = "Print counters of the daemon and of all clients",
	.help = "In the OpenMetrics text format; with --prometheus, in the older one that the\n"
		"textfile collector of node_exporter reads.\n",
	.run = run,
};
