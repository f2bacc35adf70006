/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Client configurations: the INI form, read line by line so that every message names FILE:LINE.
 * The file is hostile input: bounded in size, no NUL, no line that the INI library would split.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "config_keys.h"
#include "files.h"

#define FILE_MAX  (64u * 1024u)
#define KEYS_ROOM 64

struct reader {
	const char *next; /* unread rest of the text */
	const char *file;
	unsigned int line; /* of what the INI library sees at the moment, from 1 */
	bool in_section;
	bool failed;
	unsigned int given[KEYS_ROOM]; /* line of each key, 0: not given */
	struct mica_config *cfg;
	struct mica_error *err;
};

bool mica_name_valid(const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || len > MICA_NAME_MAX || !strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	return strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-") ==
	       len;
}

void mica_config_defaults(struct mica_config *cfg)
{
	memset(cfg, 0, sizeof(*cfg));
	strcpy(cfg->pedestal, "baremetal");
	cfg->vcpu = cfg->max_vcpu = cfg->cpu_weight = cfg->cpu_capacity = -1;
	cfg->memory = cfg->max_memory = -1;
	cfg->layout = MICA_LAYOUT_TABLE;
	cfg->comm_offset = MICA_COMM_OFFSET_AUTO;
	cfg->load_address = cfg->entry = MICA_ADDRESS_NONE;
	cfg->start_timeout_ms = 20 * 1000;
	cfg->stop_timeout_ms = 10 * 1000;
	cfg->restart_ms = 100;
	cfg->restart_max_ms = 30 * 1000;
	cfg->start_limit_burst = 5;
	cfg->start_limit_ms = 10 * 1000;
	cfg->core_dump = true;
	cfg->core_dump_keep = 3;
	cfg->core_dump_mib = 256;
	cfg->log_level = 6; /* info */
	cfg->endpoint_sockets = true;
	cfg->healthy_ms = 10 * 1000;
}

/* The first error stays: whatever else the INI library finds afterwards is its echo. */
static int fail_line(struct reader *r, unsigned int line, const char *what)
{
	if (!r->failed)
		mica_fail(r->err, MICA_E_CONFIG, "%s:%u: %s", r->file, line, what);
	r->failed = true;
	return -1;
}

static int check_section(struct reader *r, const char *line, size_t len)
{
	char what[160];

	while (len && isspace((unsigned char)line[len - 1]))
		len--;
	if (len == 6 && !memcmp(line, "[Mica]", 6)) {
		if (r->in_section)
			return fail_line(r, r->line, "section [Mica] is given twice");
		r->in_section = true;
		return 0;
	}
	snprintf(what, sizeof(what), "unknown section '%.*s'; the only one is [Mica]",
		 len > 60 ? 60 : (int)len, line);
	return fail_line(r, r->line, what);
}

/*
 * The INI library's fgets. Leading blanks go: to the library they mean "more of the value above",
 * which no key here wants. Returns NULL at the end and after an error.
 */
static char *next_line(char *out, int room, void *arg)
{
	struct reader *r = arg;
	const char *start = r->next;
	size_t len;

	if (r->failed || !*start)
		return NULL;
	len = strcspn(start, "\n");
	r->next = start + len + (start[len] == '\n');
	r->line++;
	while (len && (*start == ' ' || *start == '\t')) {
		start++;
		len--;
	}
	if (*start == '[' && len && check_section(r, start, len))
		return NULL;
	if (len + 2 > (size_t)room) {
		char what[80];

		snprintf(what, sizeof(what), "line longer than %d characters", room - 2);
		fail_line(r, r->line, what);
		return NULL;
	}
	memcpy(out, start, len);
	out[len] = '\n';
	out[len + 1] = '\0';
	return out;
}

static int unknown_key(struct reader *r, const char *name)
{
	char what[160];

	for (unsigned int i = 0; i < config_n_keys; i++) {
		if (!strcasecmp(name, config_keys[i].name)) {
			snprintf(what, sizeof(what), "unknown key '%s'; write %s", name,
				 config_keys[i].name);
			return fail_line(r, r->line, what);
		}
	}
	snprintf(what, sizeof(what), "unknown key '%.60s'; mica.conf(5) lists the keys", name);
	return fail_line(r, r->line, what);
}

/* The INI library's handler: 1 goes on, 0 is an error. */
static int on_key(void *arg, const char *section, const char *name, const char *value)
{
	struct reader *r = arg;
	struct mica_error err;
	char what[160];
	unsigned int i;

	if (r->failed)
		return 0;
	if (strcmp(section, "Mica") != 0) {
		fail_line(r, r->line, "a key before the line [Mica]");
		return 0;
	}
	for (i = 0; i < config_n_keys && strcmp(name, config_keys[i].name) != 0; i++)
		;
	if (i == config_n_keys) {
		unknown_key(r, name);
		return 0;
	}
	if (r->given[i]) {
		snprintf(what, sizeof(what), "%s is given twice (first in line %u)", name,
			 r->given[i]);
		fail_line(r, r->line, what);
		return 0;
	}
	if (!*value) {
		snprintf(what, sizeof(what), "%s has no value", name);
		fail_line(r, r->line, what);
		return 0;
	}
	r->given[i] = r->line;
	if (config_key_set(&config_keys[i], r->cfg, value, &err)) {
		fail_line(r, r->line, err.text);
		return 0;
	}
	return 1;
}

static bool given(const struct reader *r, const char *name)
{
	for (unsigned int i = 0; i < config_n_keys; i++)
		if (!strcmp(config_keys[i].name, name))
			return r->given[i] != 0;
	return false;
}

static int require(struct reader *r, const char *name, const char *example)
{
	if (given(r, name))
		return 0;
	return mica_fail(r->err, MICA_E_CONFIG, "%s: %s= is missing; add a line like %s=%s",
			 r->file, name, name, example);
}

static int check_whole(struct reader *r)
{
	const struct mica_config *cfg = r->cfg;

	if (!r->in_section)
		return mica_fail(r->err, MICA_E_CONFIG,
				 "%s: no section [Mica]; a configuration starts with that line",
				 r->file);
	if (require(r, "Name", "zephyr") || require(r, "ClientPath", "/lib/firmware/zephyr.elf"))
		return -1;
	if (!strcmp(cfg->pedestal, "baremetal") && require(r, "CPU", "3"))
		return -1;
	if (cfg->vcpu > 0 && cfg->max_vcpu > 0 && cfg->vcpu > cfg->max_vcpu)
		return mica_fail(r->err, MICA_E_CONFIG, "%s: VCPU is larger than MaxVCPU", r->file);
	if (cfg->memory > 0 && cfg->max_memory > 0 && cfg->memory > cfg->max_memory)
		return mica_fail(r->err, MICA_E_CONFIG, "%s: Memory is larger than MaxMemory",
				 r->file);
	return 0;
}

/* A pedestal of another name is refused at create; what it would use is not known here. */
static void warn_unused(const struct reader *r, mica_warn_fn warn, void *arg)
{
	unsigned int pedestal;
	char line[256];

	if (!strcmp(r->cfg->pedestal, "baremetal"))
		pedestal = KEY_BAREMETAL;
	else if (!strcmp(r->cfg->pedestal, "native"))
		pedestal = KEY_NATIVE;
	else
		return;
	for (unsigned int i = 0; i < config_n_keys; i++) {
		if (!r->given[i] || (config_keys[i].used_by & pedestal))
			continue;
		snprintf(line, sizeof(line), "%.160s:%u: %s is not used by pedestal %s", r->file,
			 r->given[i], config_keys[i].name, r->cfg->pedestal);
		warn(arg, line);
	}
}

int mica_config_parse(const char *text, const char *file, struct mica_config *cfg,
		      mica_warn_fn warn, void *arg, struct mica_error *err)
{
	struct mica_config out;
	struct reader r = { .next = text, .file = file, .cfg = &out, .err = err };
	int bad_line;

	if (config_n_keys > KEYS_ROOM)
		abort();
	mica_config_defaults(&out);
	if (strlen(file) >= sizeof(out.file))
		return mica_fail(err, MICA_E_CONFIG, "path of the configuration is too long");
	strcpy(out.file, file);
	if (!strncmp(text, "\xEF\xBB\xBF", 3)) /* some editors put it in front of UTF-8 */
		r.next += 3;
	bad_line = ini_parse_stream(next_line, &r, on_key, &r);
	if (r.failed)
		return -1;
	if (bad_line < 0)
		return mica_fail(err, MICA_E_FAILED, "%s: out of memory", file);
	if (bad_line > 0)
		return fail_line(&r, (unsigned int)bad_line, "not of the form KEY=VALUE");
	if (check_whole(&r))
		return -1;
	if (warn)
		warn_unused(&r, warn, arg);
	*cfg = out;
	return 0;
}

int mica_config_set(struct mica_config *cfg, const char *name, const char *value, bool running,
		    struct mica_error *err)
{
	const struct config_key *key = config_key_find(name);

	if (!key)
		return mica_fail(err, MICA_E_USAGE,
				 "unknown key '%.60s'; mica.conf(5) lists the keys", name);
	if (!strcmp(name, "Name"))
		return mica_fail(err, MICA_E_STATE, "a client keeps its name: create another one");
	if (running && !key->live)
		return mica_fail(err, MICA_E_STATE,
				 "%s cannot change while the client runs: stop it first", name);
	return config_key_set(key, cfg, value, err);
}

int mica_config_read(const char *path, struct mica_config *cfg, mica_warn_fn warn, void *arg,
		     struct mica_error *err)
{
	void *text = NULL;
	size_t len;
	int fd, ret;

	/* O_NONBLOCK: a FIFO of that name must not hang the caller before it is refused. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return mica_fail(err, MICA_E_CONFIG, "%s: %s", path, strerror(errno));
	ret = mica_read_whole(fd, FILE_MAX, &text, &len);
	close(fd);
	if (ret == -EFBIG)
		return mica_fail(err, MICA_E_CONFIG,
				 "%s: larger than 64 KiB; not a client configuration", path);
	if (ret == -EINVAL)
		return mica_fail(err, MICA_E_CONFIG, "%s: not a regular file", path);
	if (ret)
		return mica_fail(err, MICA_E_CONFIG, "%s: %s", path, strerror(-ret));
	if (strlen(text) != len)
		ret = mica_fail(err, MICA_E_CONFIG, "%s: contains a NUL byte; not a text file",
				path);
	else
		ret = mica_config_parse(text, path, cfg, warn, arg, err);
	free(text);
	return ret;
}
