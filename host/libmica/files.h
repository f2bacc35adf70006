/* SPDX-License-Identifier: BSD-3-Clause */
/* Small files below the run-time root. */
#ifndef MICA_FILES_H
#define MICA_FILES_H

#include <stddef.h>
#include <sys/types.h>

#include "mica/error.h"

/* mkdir -p; existing folders are fine. 0 or -errno. */
int mica_mkdirs(const char *path, mode_t mode);

/* Write all of it into PATH.new, then rename: readers see the old or the new file, never a part. */
int mica_write_atomic(const char *path, const char *data, size_t len, mode_t mode,
		      struct mica_error *err);

/* The same, and on the disk when it returns: a power cut leaves the old or the new file too. Blocks
 * as long as the disk takes: not on the loop thread. */
int mica_write_durable(const char *path, const void *data, size_t len, mode_t mode,
		       struct mica_error *err);

/* An entry of this folder was made or replaced: have that on the disk. 0 or -errno. */
int mica_sync_folder(const char *folder);

/* A regular file of at most max bytes; the caller frees *data, which ends in an extra NUL.
 * 0 or -errno (-EFBIG: larger than max, -EINVAL: not a regular file). */
int mica_read_whole(int fd, size_t max, void **data, size_t *len);

#endif /* MICA_FILES_H */
