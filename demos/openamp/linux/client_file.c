/* SPDX-License-Identifier: BSD-3-Clause */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client_file.h"
#include "mica/control.h"

#define PATH_ROOM (PATH_MAX - 64)

int client_folder(char path[PATH_MAX], uint32_t cpu, struct mica_error *err)
{
	char root[PATH_ROOM];

	if (mica_run_root(root, sizeof(root)) || root[0] != '/')
		return mica_fail(err, MICA_E_USAGE,
				 "no place for run-time state: run this as root, or set %s to an "
				 "absolute path",
				 MICA_RUN_ROOT_ENV);
	if (cpu == CLIENT_ANY)
		snprintf(path, PATH_MAX, "%s/openamp", root);
	else
		snprintf(path, PATH_MAX, "%s/openamp/cpu%u", root, cpu);
	return 0;
}

static int file_name(char path[PATH_MAX], uint32_t cpu, const char *suffix, struct mica_error *err)
{
	char folder[PATH_MAX];

	if (client_folder(folder, cpu, err))
		return -1;
	snprintf(path, PATH_MAX, "%.*s/client%s", PATH_ROOM, folder, suffix);
	return 0;
}

int client_file_write(const struct client_file *f, struct mica_error *err)
{
	char path[PATH_MAX], new[PATH_MAX];
	bool failed;
	FILE *to;

	if (file_name(path, f->cpu, "", err) || file_name(new, f->cpu, ".new", err))
		return -1;
	to = fopen(new, "we");
	if (!to)
		return mica_fail(err, MICA_E_FAILED, "cannot create %.400s: %s", new,
				 strerror(errno));
	fprintf(to, "cpu=%u\nbase=0x%" PRIx64 "\nprocess=%d\nloader=%d\nevents=%d\n", f->cpu,
		f->base, (int)f->process, (int)f->loader, f->events);
	failed = ferror(to);
	if (fclose(to) || failed || rename(new, path))
		return mica_fail(err, MICA_E_FAILED, "cannot write %.400s: %s", path,
				 strerror(errno));
	return 0;
}

void client_file_remove(uint32_t cpu)
{
	char path[PATH_MAX];

	if (!file_name(path, cpu, "", NULL))
		unlink(path);
}

static int parse(FILE *from, struct client_file *f)
{
	int process, loader;

	if (fscanf(from, "cpu=%" SCNu32 "\nbase=%" SCNx64 "\nprocess=%d\nloader=%d\nevents=%d\n",
		   &f->cpu, &f->base, &process, &loader, &f->events) != 5)
		return -1;
	f->process = process;
	f->loader = loader;
	return f->base % 4096 ? -1 : 0;
}

/* Who may write there decides which memory is written to. */
static bool trusted(FILE *from)
{
	struct stat st;

	return fstat(fileno(from), &st) == 0 && S_ISREG(st.st_mode) && !(st.st_mode & 022) &&
	       (st.st_uid == geteuid() || st.st_uid == 0);
}

static int read_one(uint32_t cpu, struct client_file *f, struct mica_error *err)
{
	char path[PATH_MAX];
	FILE *from;
	int ret = 0;

	if (file_name(path, cpu, "", err))
		return -1;
	from = fopen(path, "re");
	if (!from)
		return mica_fail(
			err, MICA_E_UNKNOWN,
			"no client was started on CPU %u: start one with 'load_fw FILE %u'", cpu,
			cpu);
	if (!trusted(from))
		ret = mica_fail(err, MICA_E_PERMISSION,
				"%.400s must be a file of this user or of root that nobody else "
				"may write",
				path);
	else if (parse(from, f))
		ret = mica_fail(err, MICA_E_FAILED, "%.400s is damaged: start load_fw again", path);
	fclose(from);
	return ret;
}

/* 0 and *cpu CLIENT_ANY: none. -1: more than one. */
static int only_one(uint32_t *cpu)
{
	char folder[PATH_MAX], path[PATH_MAX];
	struct dirent *entry;
	uint32_t number;
	int found = 0;
	DIR *dir;

	*cpu = CLIENT_ANY;
	if (client_folder(folder, CLIENT_ANY, NULL))
		return 0;
	dir = opendir(folder);
	while (dir && (entry = readdir(dir)) != NULL) {
		if (sscanf(entry->d_name, "cpu%" SCNu32, &number) != 1 ||
		    file_name(path, number, "", NULL) || access(path, F_OK))
			continue;
		*cpu = number;
		found++;
	}
	if (dir)
		closedir(dir);
	return found > 1 ? -1 : 0;
}

int client_file_read(uint32_t cpu, struct client_file *f, struct mica_error *err)
{
	if (cpu == CLIENT_ANY) {
		if (only_one(&cpu))
			return mica_fail(err, MICA_E_USAGE,
					 "several clients run: choose one with --cpu");
		if (cpu == CLIENT_ANY)
			return mica_fail(err, MICA_E_UNKNOWN,
					 "no client runs: start one with 'load_fw FILE HART'");
	}
	return read_one(cpu, f, err);
}
