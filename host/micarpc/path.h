/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names, confined to the client's root folder: "/" is that folder, ".." ends there, symbolic links
 * are followed inside of it. The kernel resolves them (openat2, RESOLVE_IN_ROOT); nothing here
 * compares names. One current folder a client.
 */
#ifndef MICARPC_PATH_H
#define MICARPC_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

/* root: descriptor of the folder; proc: of /proc/self/fd of this very process. Both stay open. */
void path_init(int root, int proc);

/* As open(2); O_CLOEXEC is the caller's. Mode bits beyond 01777 are dropped. */
int path_open(const char *path, int flags, mode_t mode);
/* follow: stat(2), else lstat(2). */
int path_stat(const char *path, bool follow, struct stat *st);
int path_access(const char *path, int mode);
int path_chmod(const char *path, mode_t mode);
ssize_t path_readlink(const char *path, char *target, size_t size);
int path_mkdir(const char *path, mode_t mode);
int path_mkfifo(const char *path, mode_t mode);
/* flags: as unlinkat(2). */
int path_unlink(const char *path, int flags);
int path_rename(const char *from, const char *to);
int path_chdir(const char *path);
/* The current folder as the client sees it, with its NUL. ERANGE: does not fit. */
int path_getcwd(char *path, size_t size);
/* A file without a name. */
int path_tmpfile(void);
/* template ends in XXXXXX, which is replaced. */
int path_mkstemp(char *template);

#endif /* MICARPC_PATH_H */
