/* SPDX-License-Identifier: BSD-3-Clause */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "configs.h"

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add(struct configs *list, const char *dir, const char *name, struct mica_error *err)
{
	char *path;

	if (list->n == CONFIGS_MAX)
		return mica_fail(err, MICA_E_CONFIG, "%s: more than %d configurations", dir,
				 CONFIGS_MAX);
	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return mica_fail(err, MICA_E_FAILED, "out of memory");
	list->file[list->n++] = path;
	return 0;
}

int configs_list(struct configs *list, const char *dir, struct mica_error *err)
{
	struct dirent *entry;
	int ret = 0;
	DIR *d;

	list->n = 0;
	list->file = calloc(CONFIGS_MAX, sizeof(*list->file));
	if (!list->file)
		return mica_fail(err, MICA_E_FAILED, "out of memory");
	d = opendir(dir);
	if (!d) {
		if (errno == ENOENT)
			return 0;
		return mica_fail(err, MICA_E_CONFIG, "cannot read %s: %s", dir, strerror(errno));
	}
	while (!ret && (entry = readdir(d))) {
		size_t len = strlen(entry->d_name);

		if (entry->d_name[0] != '.' && len > 5 && !strcmp(entry->d_name + len - 5, ".conf"))
			ret = add(list, dir, entry->d_name, err);
	}
	closedir(d);
	qsort(list->file, list->n, sizeof(*list->file), compare);
	return ret;
}

void configs_free(struct configs *list)
{
	for (unsigned int i = 0; i < list->n; i++)
		free(list->file[i]);
	free(list->file);
	memset(list, 0, sizeof(*list));
}

static int join(char out[PATH_MAX], const char *dir, const char *file, const char *ending)
{
	int n = snprintf(out, PATH_MAX, "%s%s%s%s", dir, *dir ? "/" : "", file, ending);

	return n < 0 || n >= PATH_MAX ? -1 : 0;
}

int configs_find(char out[PATH_MAX], const char *dir, const char *file, struct mica_error *err)
{
	if (file[0] == '/') {
		if (!join(out, "", file, ""))
			return 0;
		return mica_fail(err, MICA_E_CONFIG, "path of the configuration is too long");
	}
	if (!*file || strchr(file, '/'))
		return mica_fail(err, MICA_E_USAGE,
				 "'%.80s': give an absolute path or a bare name in %s", file, dir);
	if ((!join(out, dir, file, "") && !access(out, F_OK)) ||
	    (!join(out, dir, file, ".conf") && !access(out, F_OK)))
		return 0;
	return mica_fail(err, MICA_E_CONFIG,
			 "no configuration '%.80s' in %s; give its path (./%.80s for this folder)",
			 file, dir, file);
}
