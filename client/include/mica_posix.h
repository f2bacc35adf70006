/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What retargeted POSIX code calls (mica_rpc_retarget.h maps the names): as POSIX has it, -1 or
 * NULL and errno of the calling thread. Each is one call of mica_rpc.h or a few. Limits:
 * docs/rpc.md.
 */
#ifndef MICA_POSIX_H
#define MICA_POSIX_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#define MICA_POSIX_PRINTF(at, first) __attribute__((format(printf, at, first)))
#define MICA_POSIX_SCANF(at, first)  __attribute__((format(scanf, at, first)))

/* ---- types ---- */

/* A stream of Linux: the pointer is its number. */
typedef struct mica_posix_file mica_posix_FILE;
/* Folders being read: 4 at once. */
typedef struct mica_posix_dir mica_posix_DIR;

struct mica_posix_timespec {
	long tv_sec, tv_nsec;
};

struct mica_posix_timeval {
	long tv_sec, tv_usec;
};

struct mica_posix_stat {
	unsigned long st_dev, st_ino, st_nlink;
	unsigned int st_mode, st_uid, st_gid;
	unsigned long st_rdev;
	long st_size, st_blksize, st_blocks;
	struct mica_posix_timespec st_atim, st_mtim, st_ctim;
};

struct mica_posix_dirent {
	unsigned long d_ino;
	long d_off;
	unsigned short d_reclen;
	unsigned char d_type;
	char d_name[256];
};

struct mica_posix_pollfd {
	int fd;
	short events, revents;
};

typedef struct {
	uint64_t word[16];
} mica_posix_fd_set;

struct mica_posix_iovec {
	void *iov_base;
	size_t iov_len;
};

struct mica_posix_sockaddr {
	unsigned short sa_family;
	char sa_data[14];
};

struct mica_posix_sockaddr_storage {
	unsigned short ss_family;
	char ss_data[118];
	unsigned long ss_align;
};

struct mica_posix_in_addr {
	uint32_t s_addr;
};

struct mica_posix_sockaddr_in {
	unsigned short sin_family;
	uint16_t sin_port;
	struct mica_posix_in_addr sin_addr;
	unsigned char sin_zero[8];
};

struct mica_posix_in6_addr {
	uint8_t s6_addr[16];
};

struct mica_posix_sockaddr_in6 {
	unsigned short sin6_family;
	uint16_t sin6_port;
	uint32_t sin6_flowinfo;
	struct mica_posix_in6_addr sin6_addr;
	uint32_t sin6_scope_id;
};

struct mica_posix_addrinfo {
	int ai_flags, ai_family, ai_socktype, ai_protocol;
	unsigned int ai_addrlen;
	struct mica_posix_sockaddr *ai_addr;
	char *ai_canonname;
	struct mica_posix_addrinfo *ai_next;
};

struct mica_posix_hostent {
	char *h_name;
	char **h_aliases;
	int h_addrtype, h_length;
	char **h_addr_list;
};

struct mica_posix_if_nameindex {
	unsigned int if_index;
	char *if_name;
};

/* ---- descriptors, names: posix_files.c ---- */

int *mica_os_errno(void);

int mica_posix_open(const char *path, int flags, ...);
int mica_posix_creat(const char *path, unsigned int mode);
int mica_posix_close(int fd);
long mica_posix_read(int fd, void *data, size_t len);
long mica_posix_write(int fd, const void *data, size_t len);
long mica_posix_readv(int fd, const struct mica_posix_iovec *iov, int n);
long mica_posix_writev(int fd, const struct mica_posix_iovec *iov, int n);
long mica_posix_lseek(int fd, long offset, int whence);
/* The argument is a number; those that take a pointer fail with EINVAL. */
int mica_posix_fcntl(int fd, int cmd, ...);
int mica_posix_ioctl(int fd, unsigned long request, ...);
int mica_posix_pipe(int fd[2]);
int mica_posix_dup(int fd);
int mica_posix_dup2(int from, int to);
int mica_posix_poll(struct mica_posix_pollfd *fds, unsigned long n, int timeout_ms);
int mica_posix_select(int nfds, mica_posix_fd_set *r, mica_posix_fd_set *w, mica_posix_fd_set *e,
		      struct mica_posix_timeval *limit);
int mica_posix_stat(const char *path, struct mica_posix_stat *st);
int mica_posix_lstat(const char *path, struct mica_posix_stat *st);
int mica_posix_fstat(int fd, struct mica_posix_stat *st);
int mica_posix_access(const char *path, int mode);
int mica_posix_unlink(const char *path);
int mica_posix_rename(const char *from, const char *to);
int mica_posix_mkdir(const char *path, unsigned int mode);
int mica_posix_rmdir(const char *path);
int mica_posix_mkfifo(const char *path, unsigned int mode);
int mica_posix_chmod(const char *path, unsigned int mode);
int mica_posix_chdir(const char *path);
char *mica_posix_getcwd(char *path, size_t size);
long mica_posix_readlink(const char *path, char *target, size_t size);
/* The name that was chosen does not come back: the template stays as it is. */
int mica_posix_mkstemp(char *template_name);
int mica_posix_system(const char *command);
int mica_posix_gethostname(char *name, size_t size);
mica_posix_DIR *mica_posix_opendir(const char *path);
struct mica_posix_dirent *mica_posix_readdir(mica_posix_DIR *dir);
int mica_posix_closedir(mica_posix_DIR *dir);

/* ---- streams: posix_stdio.c ---- */

mica_posix_FILE *mica_posix_fopen(const char *path, const char *mode);
mica_posix_FILE *mica_posix_freopen(const char *path, const char *mode, mica_posix_FILE *f);
mica_posix_FILE *mica_posix_fdopen(int fd, const char *mode);
mica_posix_FILE *mica_posix_popen(const char *command, const char *mode);
mica_posix_FILE *mica_posix_tmpfile(void);
int mica_posix_fclose(mica_posix_FILE *f);
int mica_posix_pclose(mica_posix_FILE *f);
int mica_posix_fflush(mica_posix_FILE *f);
int mica_posix_feof(mica_posix_FILE *f);
int mica_posix_ferror(mica_posix_FILE *f);
int mica_posix_fileno(mica_posix_FILE *f);
void mica_posix_clearerr(mica_posix_FILE *f);
int mica_posix_setvbuf(mica_posix_FILE *f, char *room, int mode, size_t size);
void mica_posix_setbuf(mica_posix_FILE *f, char *room);
size_t mica_posix_fread(void *data, size_t size, size_t n, mica_posix_FILE *f);
size_t mica_posix_fwrite(const void *data, size_t size, size_t n, mica_posix_FILE *f);
int mica_posix_fseek(mica_posix_FILE *f, long offset, int whence);
long mica_posix_ftell(mica_posix_FILE *f);
void mica_posix_rewind(mica_posix_FILE *f);
int mica_posix_getc(mica_posix_FILE *f);
int mica_posix_getc_unlocked(mica_posix_FILE *f);
int mica_posix_getchar(void);
int mica_posix_ungetc(int c, mica_posix_FILE *f);
int mica_posix_putc(int c, mica_posix_FILE *f);
int mica_posix_putchar(int c);
unsigned int mica_posix_getwc(mica_posix_FILE *f);
unsigned int mica_posix_putwc(wchar_t c, mica_posix_FILE *f);
unsigned int mica_posix_ungetwc(unsigned int c, mica_posix_FILE *f);
char *mica_posix_fgets(char *line, int size, mica_posix_FILE *f);
int mica_posix_fputs(const char *text, mica_posix_FILE *f);
int mica_posix_puts(const char *text);
int mica_posix_remove(const char *path);
void mica_posix_perror(const char *what);
/* "error N" for those that have no text here. */
char *mica_posix_strerror(int errnum);
int mica_posix_printf(const char *format, ...) MICA_POSIX_PRINTF(1, 2);
int mica_posix_fprintf(mica_posix_FILE *f, const char *format, ...) MICA_POSIX_PRINTF(2, 3);
int mica_posix_dprintf(int fd, const char *format, ...) MICA_POSIX_PRINTF(2, 3);
int mica_posix_snprintf(char *dst, size_t size, const char *format, ...) MICA_POSIX_PRINTF(3, 4);
int mica_posix_vprintf(const char *format, va_list args);
int mica_posix_vfprintf(mica_posix_FILE *f, const char *format, va_list args);
int mica_posix_vsnprintf(char *dst, size_t size, const char *format, va_list args);
int mica_posix_scanf(const char *format, ...) MICA_POSIX_SCANF(1, 2);
int mica_posix_fscanf(mica_posix_FILE *f, const char *format, ...) MICA_POSIX_SCANF(2, 3);
int mica_posix_vfscanf(mica_posix_FILE *f, const char *format, va_list args);

/* ---- sockets: posix_net.c ---- */

int mica_posix_socket(int domain, int type, int protocol);
int mica_posix_bind(int fd, const struct mica_posix_sockaddr *addr, unsigned int len);
int mica_posix_connect(int fd, const struct mica_posix_sockaddr *addr, unsigned int len);
int mica_posix_listen(int fd, int backlog);
int mica_posix_accept(int fd, struct mica_posix_sockaddr *addr, unsigned int *len);
int mica_posix_accept4(int fd, struct mica_posix_sockaddr *addr, unsigned int *len, int flags);
int mica_posix_getsockname(int fd, struct mica_posix_sockaddr *addr, unsigned int *len);
int mica_posix_getpeername(int fd, struct mica_posix_sockaddr *addr, unsigned int *len);
int mica_posix_setsockopt(int fd, int level, int name, const void *value, unsigned int len);
int mica_posix_getsockopt(int fd, int level, int name, void *value, unsigned int *len);
int mica_posix_shutdown(int fd, int how);
/* A stream takes any length, a datagram of more than fits into a call is EMSGSIZE. */
long mica_posix_send(int fd, const void *data, size_t len, int flags);
long mica_posix_recv(int fd, void *data, size_t len, int flags);
long mica_posix_sendto(int fd, const void *data, size_t len, int flags,
		       const struct mica_posix_sockaddr *addr, unsigned int addr_len);
long mica_posix_recvfrom(int fd, void *data, size_t len, int flags,
			 struct mica_posix_sockaddr *addr, unsigned int *addr_len);
/* 4 lists at once. */
int mica_posix_getaddrinfo(const char *node, const char *service,
			   const struct mica_posix_addrinfo *hints,
			   struct mica_posix_addrinfo **list);
void mica_posix_freeaddrinfo(struct mica_posix_addrinfo *list);
/* Text of the last call of any thread. */
const char *mica_posix_gai_strerror(int code);
/* The answer stays until the next call of any thread. */
struct mica_posix_hostent *mica_posix_gethostbyname(const char *name);
struct mica_posix_hostent *mica_posix_gethostbyaddr(const void *addr, unsigned int len, int type);
/* 4 lists at once. */
struct mica_posix_if_nameindex *mica_posix_if_nameindex(void);
void mica_posix_if_freenameindex(struct mica_posix_if_nameindex *list);
unsigned int mica_posix_if_nametoindex(const char *name);
char *mica_posix_if_indextoname(unsigned int index, char *name);
/* IPv4 only; others EAFNOSUPPORT. */
int mica_posix_inet_pton(int family, const char *text, void *addr);
const char *mica_posix_inet_ntop(int family, const void *addr, char *text, unsigned int size);
uint32_t mica_posix_inet_addr(const char *text);

#endif /* MICA_POSIX_H */
