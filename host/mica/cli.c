/* SPDX-License-Identifier: BSD-3-Clause */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

int cli_error(struct mica_error *err, enum mica_code code, const char *fmt, ...)
{
	va_list ap;

	err->code = code;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return -1;
}

/* With --json the reason is on stdout too, where a program looks for it. */
int cli_fail(const struct cli *cli, const struct mica_error *err)
{
	struct json_object *inner, *o;

	fflush(stdout);
	fprintf(stderr, "mica: %s\n", err->text);
	if (cli->json) {
		inner = json_object_new_object();
		json_object_object_add(inner, "code", json_object_new_int(err->code));
		json_object_object_add(inner, "message", json_object_new_string(err->text));
		o = json_object_new_object();
		json_object_object_add(o, "error", inner);
		cli_print_json(o);
	}
	return err->code;
}

int cli_usage(const struct cli *cli, const struct verb *verb, const char *fmt, ...)
{
	struct mica_error err = { .code = MICA_E_USAGE };
	size_t len;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err.text, sizeof(err.text) - 64, fmt, ap);
	va_end(ap);
	len = strlen(err.text);
	snprintf(err.text + len, sizeof(err.text) - len, "; try 'mica %s%s--help'",
		 verb ? verb->name : "", verb ? " " : "");
	return cli_fail(cli, &err);
}

void cli_warn(const char *text)
{
	fflush(stdout);
	fprintf(stderr, "mica: warning: %s\n", text);
}

void cli_print_json(struct json_object *o)
{
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN |
						       JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

void cli_print_help(const struct verb *verb)
{
	printf("Usage: mica [OPTION]... %s%s%s\n%s.\n", verb->name, *verb->args ? " " : "",
	       verb->args, verb->summary);
	if (*verb->help)
		printf("\n%s", verb->help);
	printf("\nOptions of every command: see 'mica help'.\n");
}

int cli_absolute(char *out, size_t size, const char *path, struct mica_error *err)
{
	char *real = realpath(path, NULL), cwd[PATH_MAX] = "";
	int n = -1;

	if (real)
		n = snprintf(out, size, "%s", real);
	else if (path[0] == '/')
		n = snprintf(out, size, "%s", path);
	else if (getcwd(cwd, sizeof(cwd)))
		n = snprintf(out, size, "%s/%s", cwd, path);
	free(real);
	if (n < 0 || (size_t)n >= size)
		return cli_error(err, MICA_E_USAGE, "'%.80s': path too long", path);
	return 0;
}
