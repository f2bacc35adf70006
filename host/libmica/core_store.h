/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Core files of one client: STATE-ROOT/cores/NAME/core-YYYYMMDDTHHMMSS-N.elf, N ascending for
 * ever: clocks of boards jump. Only root reads them. Blocks: worker threads.
 */
#ifndef MICA_CORE_STORE_H
#define MICA_CORE_STORE_H

#include <stddef.h>

#include "core_elf.h"
#include "mica/error.h"

/* Write one, then remove the oldest beyond `keep`. path: where it is, PATH_MAX bytes. After an
 * error nothing of it is left. */
int core_store_write(const char *state_root, const char *name, unsigned int keep,
		     const struct core_image *core, char *path, struct mica_error *err);
/* All of them, and their folder. None is no error. */
int core_store_purge(const char *state_root, const char *name, struct mica_error *err);
/* The newest; empty: none. */
void core_store_last(const char *state_root, const char *name, char *path);

#endif /* MICA_CORE_STORE_H */
