/* SPDX-License-Identifier: BSD-3-Clause */
/* What the verbs of mica(1) share. The command line knows the control socket and nothing else. */
#ifndef MICA_CLI_H
#define MICA_CLI_H

#include <json.h>
#include <stdbool.h>

#include "mica/error.h"

struct cli {
	char socket[4096];
	bool json; /* one JSON object on stdout instead of text */
};

struct verb {
	const char *name;
	const char *args;    /* "NAME", for the first line of its help */
	const char *summary; /* one line */
	const char *help;    /* options and remarks, may be "" */
	int (*run)(struct cli *cli, int argc, char **argv); /* exit status */
};

extern const struct verb *const verbs[]; /* NULL at the end */

extern const struct verb verb_create, verb_attach, verb_start, verb_stop, verb_rm, verb_status,
	verb_console, verb_wait, verb_gdb, verb_ping, verb_top, verb_dump, verb_metrics, verb_logs,
	verb_get, verb_set, verb_version, verb_help, verb_update, verb_rollback, verb_suspend,
	verb_resume, verb_cores;

/* Fill in *err and return -1. */
int cli_error(struct mica_error *err, enum mica_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Tell the user; returns the exit status. */
int cli_fail(const struct cli *cli, const struct mica_error *err);
int cli_usage(const struct cli *cli, const struct verb *verb, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void cli_warn(const char *text);
/* Print and free. */
void cli_print_json(struct json_object *o);
void cli_print_help(const struct verb *verb);
/* Absolute path of what the user wrote; links in existing paths are resolved. */
int cli_absolute(char *out, size_t size, const char *path, struct mica_error *err);

/* Strings of a reply; "" and false where they are missing. */
const char *json_text(struct json_object *o, const char *key);
long long json_number(struct json_object *o, const char *key);
bool json_flag(struct json_object *o, const char *key);
struct json_object *json_list(struct json_object *o, const char *key); /* NULL: none */
/* {"key": value, ...} of pairs of strings; a pair whose value is NULL is left out. */
#define json_strings(...) json_of_pairs((const char *const[]){ __VA_ARGS__, NULL, NULL })
struct json_object *json_of_pairs(const char *const *pairs); /* key NULL at the end */

#endif /* MICA_CLI_H */
