/* SPDX-License-Identifier: BSD-3-Clause */
/* Command line of micad(8). */
#ifndef MICAD_OPTIONS_H
#define MICAD_OPTIONS_H

#include <limits.h>
#include <stdbool.h>

#include "mica/error.h"

struct options {
	char run_root[PATH_MAX];
	char state_root[PATH_MAX];
	char config_dir[PATH_MAX];
	char dev_root[PATH_MAX];
	char journal[PATH_MAX]; /* socket; empty: none but systemd's own */
	char pedestal[32];	/* of clients that are started by their image alone */
	bool debug;		/* log each step */
	bool done;		/* --help or --version was answered: exit with 0 */
};

int options_parse(int argc, char **argv, struct options *opt, struct mica_error *err);

#endif /* MICAD_OPTIONS_H */
