/* SPDX-License-Identifier: BSD-3-Clause */
/* The folder of client configurations. Worker threads: nothing here touches the daemon. */
#ifndef MICAD_CONFIGS_H
#define MICAD_CONFIGS_H

#include <limits.h>

#include "mica/error.h"

#define CONFIGS_MAX 256

struct configs {
	unsigned int n;
	char **file; /* absolute paths, sorted */
};

/* All *.conf in dir; none when there is no such folder. Free with configs_free() in any case. */
int configs_list(struct configs *list, const char *dir, struct mica_error *err);
void configs_free(struct configs *list);
/* An absolute path stays; a bare name is looked up in dir, as it is and with ".conf". */
int configs_find(char out[PATH_MAX], const char *dir, const char *file, struct mica_error *err);

#endif /* MICAD_CONFIGS_H */
