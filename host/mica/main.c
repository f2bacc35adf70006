/* SPDX-License-Identifier: BSD-3-Clause */
/* mica: find the verb, take the options that every verb has. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "mica/control.h"

const struct verb *const verbs[] = {
	&verb_create, &verb_attach,   &verb_start,   &verb_stop,  &verb_suspend, &verb_resume,
	&verb_rm,     &verb_status,   &verb_console, &verb_logs,  &verb_get,	 &verb_set,
	&verb_update, &verb_rollback, &verb_wait,    &verb_cores, &verb_ping,	 &verb_top,
	&verb_dump,   &verb_metrics,  &verb_version, &verb_gdb,	  &verb_help,	 NULL,
};

struct globals {
	const char *socket, *run_root;
	bool json;
};

/* Is argv[*i] option `name`, as "--name VALUE" or "--name=VALUE"? 1 yes, 0 no, -1 without value. */
static int option(int argc, char **argv, int *i, const char *name, const char **value)
{
	size_t len = strlen(name);

	if (strncmp(argv[*i], name, len) != 0)
		return 0;
	if (argv[*i][len] == '=') {
		*value = argv[*i] + len + 1;
		return **value ? 1 : -1;
	}
	if (argv[*i][len])
		return 0;
	if (*i + 1 >= argc)
		return -1;
	*value = argv[++*i];
	return 1;
}

/* Takes the common options out of argv, wherever they stand before "--"; returns the new argc. */
static int take_globals(int argc, char **argv, struct globals *g, const char **bad)
{
	bool ended = false;
	int out = 1;

	for (int i = 1; i < argc; i++) {
		const char *word = argv[i];
		int s, r;

		ended |= !strcmp(word, "--");
		if (ended) {
			argv[out++] = argv[i];
			continue;
		}
		if (!strcmp(word, "--json")) {
			g->json = true;
			continue;
		}
		s = option(argc, argv, &i, "--socket", &g->socket);
		r = s ? 0 : option(argc, argv, &i, "--run-root", &g->run_root);
		if (s < 0 || r < 0)
			*bad = word;
		if (s || r)
			continue;
		argv[out++] = argv[i];
	}
	argv[out] = NULL;
	return out;
}

/*
 * Without a word from the user: the daemon of the same user; for an ordinary user who runs none,
 * the one of the system.
 */
static int find_socket(struct cli *cli, const struct globals *g, struct mica_error *err)
{
	char root[PATH_MAX];
	int n;

	if (g->socket) {
		n = snprintf(cli->socket, sizeof(cli->socket), "%s", g->socket);
	} else {
		if (g->run_root)
			n = snprintf(root, sizeof(root), "%s", g->run_root);
		else if (mica_run_root(root, sizeof(root)))
			n = snprintf(root, sizeof(root), "/run/mica");
		else
			n = 0;
		if (n >= 0 && (size_t)n < sizeof(root))
			n = snprintf(cli->socket, sizeof(cli->socket), "%s/" MICA_CONTROL_SOCKET,
				     root);
		if (!g->run_root && !getenv(MICA_RUN_ROOT_ENV) && access(cli->socket, F_OK) &&
		    !access("/run/mica/" MICA_CONTROL_SOCKET, F_OK))
			strcpy(cli->socket, "/run/mica/" MICA_CONTROL_SOCKET);
	}
	if (n < 0 || (size_t)n >= sizeof(cli->socket))
		return cli_error(err, MICA_E_USAGE, "path of the control socket is too long");
	return 0;
}

/* Letters to change, add or leave out, counted up to the length that verbs have. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[17], la = (unsigned int)strlen(a), lb = (unsigned int)strlen(b);

	if (la > 16 || lb > 16)
		return 16;
	for (unsigned int j = 0; j <= lb; j++)
		row[j] = j;
	for (unsigned int i = 1; i <= la; i++) {
		unsigned int diagonal = row[0];

		row[0] = i;
		for (unsigned int j = 1; j <= lb; j++) {
			unsigned int best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[lb];
}

static int unknown_verb(const struct cli *cli, const char *word)
{
	const char *near = NULL;
	unsigned int best = 3;

	for (const struct verb *const *v = verbs; *v; v++) {
		unsigned int d = distance(word, (*v)->name);

		if (d < best) {
			best = d;
			near = (*v)->name;
		}
	}
	if (near)
		return cli_usage(cli, NULL, "unknown command '%.60s', did you mean '%s'?", word,
				 near);
	return cli_usage(cli, NULL, "unknown command '%.60s'", word);
}

int main(int argc, char **argv)
{
	struct globals g = { 0 };
	struct cli cli = { 0 };
	struct mica_error err;
	const char *bad = NULL;

	setvbuf(stdout, NULL, _IOLBF, 0);
	argc = take_globals(argc, argv, &g, &bad);
	cli.json = g.json;
	if (bad)
		return cli_usage(&cli, NULL, "option '%.60s' needs a value", bad);
	if (argc < 2) {
		verb_help.run(&cli, 1, argv);
		return MICA_E_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return verb_help.run(&cli, 1, argv);
	if (find_socket(&cli, &g, &err))
		return cli_fail(&cli, &err);
	if (!strcmp(argv[1], "--version"))
		return verb_version.run(&cli, argc - 1, argv + 1);
	for (const struct verb *const *v = verbs; *v; v++)
		if (!strcmp((*v)->name, argv[1]))
			return (*v)->run(&cli, argc - 1, argv + 1);
	return unknown_verb(&cli, argv[1]);
}
