/* SPDX-License-Identifier: BSD-3-Clause */
/* What a verb takes on the command line: options from a table, then arguments. */
#ifndef MICA_OPTIONS_H
#define MICA_OPTIONS_H

#include <stdbool.h>

#include "cli.h"

/* One option; of flag, text, number and seconds the one that it sets is not NULL, and stays as it
 * is where the user does not name the option. A table ends with { 0 }. */
struct cli_option {
	const char *name;  /* "timeout" is --timeout */
	char letter;	   /* 't' is -t, too; 0: none */
	bool *flag;	   /* takes no value */
	const char **text; /* never empty; points into argv */
	long long *number;
	double *seconds;
	double min, max; /* of number and seconds, both within */
};

/*
 * Takes options out, wherever they stand before "--", and answers --help. arguments: their names
 * as the help has them, each that is in brackets may be missing, and "..." at the end stands for
 * any number: "NAME [KEY]...".
 * -1: go on; *argv is then the first argument, *argc their number, (*argv)[*argc] NULL. Else the
 * exit status, after a line that says what is wrong.
 */
int cli_options(struct cli *cli, const struct verb *verb, int *argc, char ***argv,
		const struct cli_option *options, const char *arguments);
/* The same for a verb without options. */
int cli_arguments(struct cli *cli, const struct verb *verb, int *argc, char ***argv,
		  const char *arguments);

#endif /* MICA_OPTIONS_H */
