/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * POSIX functions of Linux, called from this image: endpoint rpmsg-rpc, docs/rpc.md. Any thread
 * but the session's, several at once; each call holds up its caller only.
 *
 * Where POSIX says -1 and errno, these return -errno (Linux's numbers). A call that got no answer
 * within the time limit returns -110 (ETIMEDOUT); its work may be done all the same.
 */
#ifndef MICA_RPC_CLIENT_H
#define MICA_RPC_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mica_client.h"

/* A stream of Linux: 1, 2, 3 are standard input, output and error; below 0 an error. */
typedef int64_t mica_file;

#define MICA_STDOUT ((mica_file)2)
#define MICA_STDERR ((mica_file)3)

/* Numbers of every 64-bit Linux. */
#define MICA_O_RDONLY 00
#define MICA_O_WRONLY 01
#define MICA_O_RDWR   02
#define MICA_O_CREAT  0100
#define MICA_O_EXCL   0200
#define MICA_O_TRUNC  01000
#define MICA_O_APPEND 02000

#define MICA_SEEK_SET 0
#define MICA_SEEK_CUR 1
#define MICA_SEEK_END 2

struct mica_stat {
	uint64_t dev, ino, nlink;
	uint32_t mode, uid, gid;
	uint64_t rdev;
	int64_t size, blksize, blocks;
	int64_t atime_s, atime_ns, mtime_s, mtime_ns, ctime_s, ctime_ns;
};

/* As the wire has it: 8 bytes. */
struct mica_pollfd {
	int32_t fd;
	int16_t events, revents;
};

/* Announce the endpoint. Session thread, once. */
int mica_rpc_start(void);
/* Until the host has answered the announcement; false after timeout_ms. */
bool mica_rpc_wait(uint32_t timeout_ms);
/* How long calls wait for their answer; MICA_OS_FOREVER (default 30 s) for ones that may block. */
void mica_rpc_set_timeout(uint32_t ms);

/* ---- descriptors ---- */
int mica_open(const char *path, int flags, uint32_t mode);
int mica_close(int fd);
/* Any length: longer ones go in pieces, and end early as POSIX has it. */
int64_t mica_read(int fd, void *data, size_t len);
int64_t mica_write(int fd, const void *data, size_t len);
int64_t mica_lseek(int fd, int64_t offset, int whence);
int mica_fcntl(int fd, int cmd, uint64_t arg);
int mica_ioctl(int fd, uint64_t request, void *arg, size_t len);
int mica_fstat(int fd, struct mica_stat *st);
int mica_pipe(int fd[2]);
int mica_dup2(int from, int to);
int mica_poll(struct mica_pollfd *fds, size_t n, int timeout_ms);
/* Records as getdents64(2); bytes, 0 at the end. */
int mica_getdents64(int fd, void *records, size_t len);

/* ---- names ---- */
int mica_stat(const char *path, struct mica_stat *st);
int mica_lstat(const char *path, struct mica_stat *st);
int mica_access(const char *path, int mode);
int mica_unlink(const char *path);
int mica_remove(const char *path);
int mica_rename(const char *from, const char *to);
int mica_mkdir(const char *path, uint32_t mode);
int mica_rmdir(const char *path);
int mica_mkfifo(const char *path, uint32_t mode);
int mica_chmod(const char *path, uint32_t mode);
int mica_chdir(const char *path);
int mica_getcwd(char *path, size_t size);
int64_t mica_readlink(const char *path, char *target, size_t size);
int mica_mkstemp(const char *template_name);

/* ---- streams ---- */
mica_file mica_fopen(const char *path, const char *mode);
mica_file mica_freopen(const char *path, const char *mode, mica_file f);
mica_file mica_fdopen(int fd, const char *mode);
mica_file mica_tmpfile(void);
int mica_fclose(mica_file f);
/* Bytes, not items. */
int64_t mica_fread(void *data, size_t len, mica_file f);
int64_t mica_fwrite(const void *data, size_t len, mica_file f);
int mica_fputs(const char *text, mica_file f);
/* 1: a line, 0: the end. */
int mica_fgets(char *line, int size, mica_file f);
/* A character, -1 at the end; below -1 an error. */
int mica_getc(mica_file f);
int mica_putc(int c, mica_file f);
int mica_ungetc(int c, mica_file f);
int mica_fseek(mica_file f, int64_t offset, int whence);
int64_t mica_ftell(mica_file f);
int mica_fflush(mica_file f);
int mica_feof(mica_file f);
int mica_ferror(mica_file f);
int mica_fileno(mica_file f);
int mica_clearerr(mica_file f);
/* Text, up to 432 bytes, into the client's log. */
int mica_print(const char *text);

/* ---- commands: only where the client's configuration allows them ---- */
int mica_system(const char *command);
mica_file mica_popen(const char *command, const char *mode);
int mica_pclose(mica_file f);

/* ---- sockets: only where the client's configuration allows them. Addresses as Linux has them ----
 */
int mica_socket(int domain, int type, int protocol);
int mica_bind(int fd, const void *addr, uint32_t len);
int mica_connect(int fd, const void *addr, uint32_t len);
int mica_listen(int fd, int backlog);
/* addr may be NULL; *len: room, then what is used. */
int mica_accept(int fd, void *addr, uint32_t *len);
int mica_getsockname(int fd, void *addr, uint32_t *len);
int mica_getpeername(int fd, void *addr, uint32_t *len);
int mica_setsockopt(int fd, int level, int name, const void *value, uint32_t len);
int mica_shutdown(int fd, int how);
int64_t mica_send(int fd, const void *data, size_t len, int flags);
int64_t mica_recv(int fd, void *data, size_t len, int flags);

#endif /* MICA_RPC_CLIENT_H */
