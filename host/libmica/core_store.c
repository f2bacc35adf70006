/* SPDX-License-Identifier: BSD-3-Clause */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core_store.h"
#include "files.h"

#define NAME_SIZE  64
#define FILES_MAX  1024u
#define FORMAT	   "core-%15[0-9T]-%u.elf%n"
#define NEW_ENDING ".new"

struct entry {
	char name[NAME_SIZE];
	unsigned int n;
};

static void folder_of(char dir[PATH_MAX], const char *state_root, const char *name)
{
	snprintf(dir, PATH_MAX, "%.*s/cores/%.64s", PATH_MAX - 80, state_root, name);
}

/* The number of a core file's name, -1: no such name. */
static int parse(const char *name, unsigned int *n)
{
	char when[16];
	int end = 0;

	if (strlen(name) >= NAME_SIZE || sscanf(name, FORMAT, when, n, &end) != 2 || !end ||
	    name[end])
		return -1;
	return 0;
}

static int by_number(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return (x->n > y->n) - (x->n < y->n);
}

/* Oldest first; *list is the caller's. Remains of a write that was cut short are removed. */
static unsigned int list_folder(const char *dir, struct entry **list)
{
	DIR *d = opendir(dir);
	struct dirent *de;
	unsigned int n = 0;

	*list = d ? calloc(FILES_MAX, sizeof(**list)) : NULL;
	while (*list && n < FILES_MAX && (de = readdir(d))) {
		if (parse(de->d_name, &(*list)[n].n))
			continue;
		snprintf((*list)[n++].name, NAME_SIZE, "%.63s", de->d_name);
	}
	if (*list)
		qsort(*list, n, sizeof(**list), by_number);
	if (d)
		closedir(d);
	return n;
}

static void remove_remains(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *de;

	while (d && (de = readdir(d))) {
		size_t len = strlen(de->d_name);

		if (len > strlen(NEW_ENDING) &&
		    !strcmp(de->d_name + len - strlen(NEW_ENDING), NEW_ENDING))
			unlinkat(dirfd(d), de->d_name, 0);
	}
	if (d)
		closedir(d);
}

static void remove_oldest(const char *dir, unsigned int keep)
{
	char path[PATH_MAX + NAME_SIZE];
	struct entry *list;
	unsigned int n = list_folder(dir, &list);

	for (unsigned int i = 0; i + keep < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, list[i].name);
		unlink(path);
	}
	free(list);
}

static unsigned int next_number(const char *dir)
{
	struct entry *list;
	unsigned int n = list_folder(dir, &list);
	unsigned int next = n ? list[n - 1].n + 1 : 1;

	free(list);
	return next;
}

int core_store_write(const char *state_root, const char *name, unsigned int keep,
		     const struct core_image *core, char *path, struct mica_error *err)
{
	char dir[PATH_MAX], tmp[PATH_MAX + NAME_SIZE + 8], final[PATH_MAX + NAME_SIZE], when[16];
	time_t now = time(NULL);
	struct tm tm;
	int fd, rc;

	folder_of(dir, state_root, name);
	rc = mica_mkdirs(dir, 0700);
	if (rc)
		return mica_fail(err, MICA_E_FAILED, "no core file: cannot create %.300s: %s", dir,
				 strerror(-rc));
	remove_remains(dir);
	gmtime_r(&now, &tm);
	strftime(when, sizeof(when), "%Y%m%dT%H%M%S", &tm);
	snprintf(final, sizeof(final), "%s/core-%s-%u.elf", dir, when, next_number(dir));
	snprintf(tmp, sizeof(tmp), "%s" NEW_ENDING, final);
	fd = open(tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	rc = fd < 0 ? -errno : core_write(fd, core);
	if (fd >= 0 && close(fd) < 0 && !rc)
		rc = -errno;
	if (!rc && rename(tmp, final) < 0)
		rc = -errno;
	if (rc) {
		unlink(tmp);
		return mica_fail(err, MICA_E_FAILED, "no core file: cannot write %.300s: %s", final,
				 strerror(-rc));
	}
	(void)mica_sync_folder(dir);
	remove_oldest(dir, keep);
	snprintf(path, PATH_MAX, "%.*s", PATH_MAX - 1, final);
	return 0;
}

int core_store_purge(const char *state_root, const char *name, struct mica_error *err)
{
	char dir[PATH_MAX];

	folder_of(dir, state_root, name);
	remove_remains(dir);
	remove_oldest(dir, 0);
	/* What somebody else put there stays. */
	if (rmdir(dir) < 0 && errno != ENOENT && errno != ENOTEMPTY && errno != EEXIST)
		return mica_fail(err, MICA_E_FAILED, "cannot remove the core files in %.300s: %s",
				 dir, strerror(errno));
	return 0;
}

void core_store_last(const char *state_root, const char *name, char *path)
{
	char dir[PATH_MAX];
	struct entry *list;
	unsigned int n;

	path[0] = '\0';
	if (!state_root[0])
		return;
	folder_of(dir, state_root, name);
	n = list_folder(dir, &list);
	if (n)
		snprintf(path, PATH_MAX, "%.*s/%s", PATH_MAX - NAME_SIZE - 1, dir,
			 list[n - 1].name);
	free(list);
}

static void report(const char *dir, const char *name, const struct entry *e,
		   void (*fn)(void *arg, const struct mica_core_file *file), void *arg)
{
	struct mica_core_file *f = calloc(1, sizeof(*f));
	struct stat st;
	int fd;

	if (!f)
		return;
	snprintf(f->client, sizeof(f->client), "%.64s", name);
	snprintf(f->path, sizeof(f->path), "%.*s/%s", PATH_MAX - NAME_SIZE - 1, dir, e->name);
	fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode)) {
		f->usec =
			(uint64_t)st.st_mtim.tv_sec * 1000000 + (uint64_t)st.st_mtim.tv_nsec / 1000;
		f->size = (uint64_t)st.st_size;
		core_read_reason(fd, f->reason, sizeof(f->reason));
		fn(arg, f);
	}
	if (fd >= 0)
		close(fd);
	free(f);
}

static bool list_client(const char *state_root, const char *name,
			void (*fn)(void *arg, const struct mica_core_file *file), void *arg)
{
	char dir[PATH_MAX];
	struct entry *list;
	unsigned int n;

	folder_of(dir, state_root, name);
	n = list_folder(dir, &list);
	for (unsigned int i = n; i-- > 0;)
		report(dir, name, &list[i], fn, arg);
	free(list);
	return n;
}

bool mica_core_files(const char *state_root, const char *name,
		     void (*fn)(void *arg, const struct mica_core_file *file), void *arg)
{
	char dir[PATH_MAX];
	struct dirent *de;
	bool some = false;
	DIR *d;

	if (name)
		return mica_name_valid(name) && list_client(state_root, name, fn, arg);
	snprintf(dir, sizeof(dir), "%.*s/cores", PATH_MAX - 80, state_root);
	d = opendir(dir);
	while (d && (de = readdir(d))) {
		if (mica_name_valid(de->d_name) && strcmp(de->d_name, ".") != 0 &&
		    strcmp(de->d_name, "..") != 0)
			some |= list_client(state_root, de->d_name, fn, arg);
	}
	if (d)
		closedir(d);
	return some;
}
