/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

#define OPTIONS_MAX 8
#define HELP	    OPTIONS_MAX /* an option's number is its place in the table */
#define LONG	    256		/* and this more, where its name stood there and not its letter */

struct tables {
	struct option longs[OPTIONS_MAX + 2];
	char shorts[3 + 2 * OPTIONS_MAX];
};

static void make_tables(struct tables *t, const struct cli_option *o)
{
	char *letter = t->shorts;
	int n = 0;

	memset(t, 0, sizeof(*t));
	*letter++ = ':';
	*letter++ = 'h';
	for (; n < OPTIONS_MAX && o[n].name; n++) {
		t->longs[n] = (struct option){ o[n].name, !o[n].flag, NULL, LONG + n };
		if (!o[n].letter)
			continue;
		*letter++ = o[n].letter;
		if (!o[n].flag)
			*letter++ = ':';
	}
	t->longs[n] = (struct option){ "help", no_argument, NULL, LONG + HELP };
}

/* What getopt_long() returned, as a place in the table; HELP; -1: neither. */
static int place_of(const struct cli_option *options, int c)
{
	if (c >= LONG)
		return c - LONG;
	if (c == 'h')
		return HELP;
	for (int n = 0; options[n].name; n++) {
		if (options[n].letter && options[n].letter == c)
			return n;
	}
	return -1;
}

static int take_number(const struct cli_option *o, const char *text)
{
	long long value;
	char *end;

	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno || end == text || *end || (double)value < o->min || (double)value > o->max)
		return -1;
	*o->number = value;
	return 0;
}

static int take_seconds(const struct cli_option *o, const char *text)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !(value >= o->min && value <= o->max))
		return -1;
	*o->seconds = value;
	return 0;
}

static int take(struct cli *cli, const struct verb *verb, const struct cli_option *o, char *value)
{
	if (o->flag)
		*o->flag = true;
	else if (!*value)
		return cli_usage(cli, verb, "--%s needs a value", o->name);
	else if (o->text)
		*o->text = value;
	else if (o->number && take_number(o, value))
		return cli_usage(cli, verb, "--%s '%.60s' is no number from %.0f to %.0f", o->name,
				 value, o->min, o->max);
	else if (o->seconds && take_seconds(o, value))
		return cli_usage(cli, verb,
				 "--%s '%.60s' is no number of seconds from %.7g to %.7g", o->name,
				 value, o->min, o->max);
	return -1;
}

/* getopt_long() refused something: optopt is what, 0 for a name that it does not know. */
static int refuse(struct cli *cli, const struct verb *verb, const struct cli_option *options,
		  const char *word, bool value_missing)
{
	int n = optopt ? place_of(options, optopt) : -1;
	char letter[3] = { '-', (char)optopt, '\0' };
	const char *name = n == HELP ? "help" : n >= 0 ? options[n].name : NULL;

	if (name && value_missing)
		return cli_usage(cli, verb, "--%s needs a value", name);
	if (name)
		return cli_usage(cli, verb, "--%s takes no value", name);
	return cli_usage(cli, verb, "unknown option '%.60s'", optopt ? letter : word);
}

/* Word by word: which argument is the first that is missing, or too many. */
static int count_arguments(struct cli *cli, const struct verb *verb, int argc, char **argv,
			   const char *wanted)
{
	int n = 0;

	while (*wanted) {
		size_t len = strcspn(wanted, " ");

		if (n >= argc && *wanted != '[')
			return cli_usage(cli, verb, "%.*s is missing", (int)len, wanted);
		n++;
		if (len > 3 && !strncmp(wanted + len - 3, "...", 3))
			return -1;
		wanted += len + strspn(wanted + len, " ");
	}
	return argc > n ? cli_usage(cli, verb, "unexpected argument '%.60s'", argv[n]) : -1;
}

int cli_options(struct cli *cli, const struct verb *verb, int *argc, char ***argv,
		const struct cli_option *options, const char *arguments)
{
	struct tables tables;
	int c, n, ret;

	make_tables(&tables, options);
	opterr = 0;
	while ((c = getopt_long(*argc, *argv, tables.shorts, tables.longs, NULL)) != -1) {
		if (c == '?' || c == ':')
			return refuse(cli, verb, options, (*argv)[optind - 1], c == ':');
		n = place_of(options, c);
		if (n == HELP) {
			cli_print_help(verb);
			return MICA_OK;
		}
		ret = take(cli, verb, &options[n], optarg);
		if (ret >= 0)
			return ret;
	}
	*argc -= optind;
	*argv += optind;
	return count_arguments(cli, verb, *argc, *argv, arguments);
}

int cli_arguments(struct cli *cli, const struct verb *verb, int *argc, char ***argv,
		  const char *arguments)
{
	static const struct cli_option none[] = { { 0 } };

	return cli_options(cli, verb, argc, argv, none, arguments);
}
