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

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mica_client.h"

/* A stream of Linux: 1, 2, 3 are standard input, output and error; below 0 an error. */
typedef int64_t mica_file;

#define MICA_STDIN  ((mica_file)1)
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

/* Descriptor d is bit d % 64 of word d / 64. */
struct mica_fd_set {
	uint64_t word[16];
};

struct mica_timeval {
	int64_t s, us;
};

struct mica_iovec {
	void *data;
	size_t len;
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
/* Any length: longer ones go in pieces, and end early as POSIX has it: what is no regular file
 * gives at most 432 bytes at once. */
int64_t mica_read(int fd, void *data, size_t len);
int64_t mica_write(int fd, const void *data, size_t len);
int64_t mica_lseek(int fd, int64_t offset, int whence);
int mica_fcntl(int fd, int cmd, uint64_t arg);
int mica_ioctl(int fd, uint64_t request, void *arg, size_t len);
int mica_fstat(int fd, struct mica_stat *st);
int mica_pipe(int fd[2]);
int mica_dup2(int from, int to);
int mica_poll(struct mica_pollfd *fds, size_t n, int timeout_ms);
/* As select(2): what is ready stays in the sets; *limit becomes what was left of it. Any may be
 * NULL. */
int mica_select(int nfds, struct mica_fd_set *r, struct mica_fd_set *w, struct mica_fd_set *e,
		struct mica_timeval *limit);
/* At most 30 entries. writev of up to 6 of at most 60 bytes is one call, and so is one of up to 432
 * bytes in all. */
int64_t mica_readv(int fd, const struct mica_iovec *iov, int n);
int64_t mica_writev(int fd, const struct mica_iovec *iov, int n);
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
int mica_getc_unlocked(mica_file f);
int mica_putc(int c, mica_file f);
int mica_putchar(int c);
int mica_ungetc(int c, mica_file f);
/* Code points, in the executor's locale (C: up to 127). As mica_getc(). */
int mica_getwc(mica_file f);
int mica_putwc(uint32_t wc, mica_file f);
int mica_ungetwc(uint32_t wc, mica_file f);
int mica_fseek(mica_file f, int64_t offset, int whence);
int64_t mica_ftell(mica_file f);
int mica_fflush(mica_file f);
int mica_feof(mica_file f);
int mica_ferror(mica_file f);
int mica_fileno(mica_file f);
int mica_clearerr(mica_file f);
#define MICA_IONBF 2
/* Only MICA_IONBF, only for the standard streams. */
int mica_setvbuf(mica_file f, int mode);
/* No floating point. Bytes written. */
int mica_fprintf(mica_file f, const char *format, ...) __attribute__((format(printf, 2, 3)));
int mica_vfprintf(mica_file f, const char *format, va_list args);
/*
 * As fscanf(3), a call to Linux per conversion (several for long text): values that were stored, -1
 * at the end before the first one, below -1 an error. No %n, %m, %L, no wide text (%ls, %lc).
 */
int mica_fscanf(mica_file f, const char *format, ...) __attribute__((format(scanf, 2, 3)));
int mica_vfscanf(mica_file f, const char *format, va_list args);
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
int mica_accept4(int fd, void *addr, uint32_t *len, int flags);
int mica_getsockname(int fd, void *addr, uint32_t *len);
int mica_getpeername(int fd, void *addr, uint32_t *len);
int mica_setsockopt(int fd, int level, int name, const void *value, uint32_t len);
/* *len: room, then what is used. */
int mica_getsockopt(int fd, int level, int name, void *value, uint32_t *len);
int mica_shutdown(int fd, int how);
/* At most 432 bytes a call, addresses included; of a datagram from recvfrom 304. */
int64_t mica_send(int fd, const void *data, size_t len, int flags);
int64_t mica_recv(int fd, void *data, size_t len, int flags);
/* addr NULL: as send and recv. *addr_len: room, then what is used. */
int64_t mica_sendto(int fd, const void *data, size_t len, int flags, const void *addr,
		    uint32_t addr_len);
int64_t mica_recvfrom(int fd, void *data, size_t len, int flags, void *addr, uint32_t *addr_len);

/* ---- names of the network: only where the client's configuration allows it ---- */

#define MICA_EAI_SYSTEM (-11)
#define MICA_NET_BYTES	432u /* of an answer */
#define MICA_NET_MAX	32u  /* names, addresses of an answer */

struct mica_addrinfo {
	int32_t flags, family, socktype, protocol;
	uint32_t addr_len;
	_Alignas(8) uint8_t addr[32];
	const char *canonname; /* inside the list; NULL: none */
};

struct mica_addrinfo_list {
	size_t n;
	struct mica_addrinfo at[10];
	char names[MICA_NET_BYTES];
};

/* hints may be NULL, so may node or service. 0 or an EAI code (below 0, Linux's numbers); with
 * MICA_EAI_SYSTEM, *mica_os_errno() says why. */
int mica_getaddrinfo(const char *node, const char *service, const struct mica_addrinfo *hints,
		     struct mica_addrinfo_list *list);
/* Text of an EAI code. 0 or -errno. */
int mica_gai_strerror(int code, char *text, size_t size);

/* Pointers lead into bytes; both arrays end with NULL. */
struct mica_hostent {
	int addrtype, length;
	char *name;
	char *aliases[MICA_NET_MAX + 1];
	char *addrs[MICA_NET_MAX + 1];
	_Alignas(8) uint8_t bytes[MICA_NET_BYTES];
};

/* 0; -ENOENT (2): no such name or address; or -errno. */
int mica_gethostbyname(const char *name, struct mica_hostent *h);
int mica_gethostbyaddr(const void *addr, uint32_t len, int type, struct mica_hostent *h);
/* This Linux' name, which needs no permission. */
int mica_gethostname(char *name, size_t size);

struct mica_if_name {
	uint32_t index;
	char name[40];
};

/* The first 10 interfaces; how many. */
int mica_if_nameindex(struct mica_if_name list[10]);

#endif /* MICA_RPC_CLIENT_H */
