/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * POSIX code for Linux, unchanged, in a client: compile it with
 *
 *	-include mica_rpc_retarget.h -Iclient/include -Iclient/include/posix
 *
 * Its calls are executed by Linux (mica_posix.h, docs/rpc.md). posix/ has the headers that such
 *code includes, in front of the C library's; string.h, stdlib.h, time.h and the like stay those of
 *the toolchain. Numbers and layouts are Linux'.
 */
#ifndef MICA_RPC_RETARGET_H
#define MICA_RPC_RETARGET_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "mica_arch_fcntl.h"
#include "mica_posix.h"
#include "mica_posix_errno.h"

/* ---- types ---- */

typedef long ssize_t;
typedef long off_t;
typedef int pid_t;
typedef unsigned int mode_t;
typedef unsigned int uid_t;
typedef unsigned int gid_t;
typedef unsigned long dev_t;
typedef unsigned long ino_t;
typedef unsigned long nlink_t;
typedef long blksize_t;
typedef long blkcnt_t;
typedef long time_t;
typedef long suseconds_t;
typedef unsigned int socklen_t;
typedef unsigned short sa_family_t;
typedef uint16_t in_port_t;
typedef uint32_t in_addr_t;
typedef unsigned long nfds_t;
typedef unsigned int wint_t;

/* So that the C library's headers do not define them again. */
#define _STRUCT_TIMESPEC  1
#define __timeval_defined 1
#define timespec	  mica_posix_timespec
#define timeval		  mica_posix_timeval
#define FILE		  mica_posix_FILE
#define DIR		  mica_posix_DIR
#define dirent		  mica_posix_dirent
#define pollfd		  mica_posix_pollfd
#define fd_set		  mica_posix_fd_set
#define iovec		  mica_posix_iovec
#define sockaddr	  mica_posix_sockaddr
#define sockaddr_storage  mica_posix_sockaddr_storage
#define sockaddr_in	  mica_posix_sockaddr_in
#define sockaddr_in6	  mica_posix_sockaddr_in6
#define in_addr		  mica_posix_in_addr
#define in6_addr	  mica_posix_in6_addr
#define addrinfo	  mica_posix_addrinfo
#define hostent		  mica_posix_hostent
#define if_nameindex	  mica_posix_if_nameindex
#define st_atime	  st_atim.tv_sec
#define st_mtime	  st_mtim.tv_sec
#define st_ctime	  st_ctim.tv_sec
#define h_addr		  h_addr_list[0]

/* ---- numbers ---- */

#undef errno
#define errno (*mica_os_errno())

#undef O_RDONLY
#undef O_WRONLY
#undef O_RDWR
#undef O_ACCMODE
#undef O_CREAT
#undef O_EXCL
#undef O_NOCTTY
#undef O_TRUNC
#undef O_APPEND
#undef O_NONBLOCK
#undef O_CLOEXEC
#undef O_SYNC
#define O_RDONLY   00
#define O_WRONLY   01
#define O_RDWR	   02
#define O_ACCMODE  03
#define O_CREAT	   0100
#define O_EXCL	   0200
#define O_NOCTTY   0400
#define O_TRUNC	   01000
#define O_APPEND   02000
#define O_NONBLOCK 04000
#define O_CLOEXEC  02000000
#define O_SYNC	   04010000

#undef F_DUPFD
#undef F_GETFD
#undef F_SETFD
#undef F_GETFL
#undef F_SETFL
#undef FD_CLOEXEC
#define F_DUPFD	   0
#define F_GETFD	   1
#define F_SETFD	   2
#define F_GETFL	   3
#define F_SETFL	   4
#define FD_CLOEXEC 1

#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#define EOF	 (-1)
#define WEOF	 0xffffffffu
#define BUFSIZ	 1024
#define _IOFBF	 0
#define _IOLBF	 1
#define _IONBF	 2
#define R_OK	 4
#define W_OK	 2
#define X_OK	 1
#define F_OK	 0

#define STDIN_FILENO  0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2
#define stdin	      ((FILE *)1)
#define stdout	      ((FILE *)2)
#define stderr	      ((FILE *)3)

#define S_IFMT	    0170000
#define S_IFSOCK    0140000
#define S_IFLNK	    0120000
#define S_IFREG	    0100000
#define S_IFBLK	    0060000
#define S_IFDIR	    0040000
#define S_IFCHR	    0020000
#define S_IFIFO	    0010000
#define S_ISREG(m)  (((m)&S_IFMT) == S_IFREG)
#define S_ISDIR(m)  (((m)&S_IFMT) == S_IFDIR)
#define S_ISLNK(m)  (((m)&S_IFMT) == S_IFLNK)
#define S_ISCHR(m)  (((m)&S_IFMT) == S_IFCHR)
#define S_ISBLK(m)  (((m)&S_IFMT) == S_IFBLK)
#define S_ISFIFO(m) (((m)&S_IFMT) == S_IFIFO)
#define S_ISSOCK(m) (((m)&S_IFMT) == S_IFSOCK)
#define S_IRWXU	    0700
#define S_IRUSR	    0400
#define S_IWUSR	    0200
#define S_IXUSR	    0100
#define S_IRWXG	    0070
#define S_IRGRP	    0040
#define S_IWGRP	    0020
#define S_IXGRP	    0010
#define S_IRWXO	    0007
#define S_IROTH	    0004
#define S_IWOTH	    0002
#define S_IXOTH	    0001

#define DT_UNKNOWN 0
#define DT_FIFO	   1
#define DT_CHR	   2
#define DT_DIR	   4
#define DT_BLK	   6
#define DT_REG	   8
#define DT_LNK	   10
#define DT_SOCK	   12

#define POLLIN	 0x01
#define POLLPRI	 0x02
#define POLLOUT	 0x04
#define POLLERR	 0x08
#define POLLHUP	 0x10
#define POLLNVAL 0x20

#define FD_SETSIZE	  1024
#define FD_ZERO(set)	  ((void)(*(set) = (fd_set){ { 0 } }))
#define FD_BIT_(fd)	  (UINT64_C(1) << ((unsigned int)(fd) % 64))
#define FD_SET(fd, set)	  ((void)((set)->word[(fd) / 64] |= FD_BIT_(fd)))
#define FD_CLR(fd, set)	  ((void)((set)->word[(fd) / 64] &= ~FD_BIT_(fd)))
#define FD_ISSET(fd, set) (((set)->word[(fd) / 64] & FD_BIT_(fd)) != 0)

#define AF_UNSPEC	 0
#define AF_UNIX		 1
#define AF_INET		 2
#define AF_INET6	 10
#define PF_UNSPEC	 AF_UNSPEC
#define PF_INET		 AF_INET
#define PF_INET6	 AF_INET6
#define SOCK_STREAM	 1
#define SOCK_DGRAM	 2
#define SOCK_RAW	 3
#define SOCK_NONBLOCK	 04000
#define SOCK_CLOEXEC	 02000000
#define IPPROTO_IP	 0
#define IPPROTO_ICMP	 1
#define IPPROTO_TCP	 6
#define IPPROTO_UDP	 17
#define IPPROTO_IPV6	 41
#define TCP_NODELAY	 1
#define TCP_KEEPIDLE	 4
#define TCP_KEEPINTVL	 5
#define TCP_KEEPCNT	 6
#define IPV6_V6ONLY	 26
#define INADDR_ANY	 ((in_addr_t)0)
#define INADDR_LOOPBACK	 ((in_addr_t)0x7f000001)
#define INADDR_BROADCAST ((in_addr_t)0xffffffff)
#define INADDR_NONE	 ((in_addr_t)0xffffffff)
#define INET_ADDRSTRLEN	 16
#define INET6_ADDRSTRLEN 46
#define SOMAXCONN	 4096
#define SHUT_RD		 0
#define SHUT_WR		 1
#define SHUT_RDWR	 2
#define MSG_OOB		 0x01
#define MSG_PEEK	 0x02
#define MSG_DONTWAIT	 0x40
#define MSG_WAITALL	 0x100
#define MSG_NOSIGNAL	 0x4000
#define SOL_SOCKET	 1
#define SO_REUSEADDR	 2
#define SO_TYPE		 3
#define SO_ERROR	 4
#define SO_BROADCAST	 6
#define SO_SNDBUF	 7
#define SO_RCVBUF	 8
#define SO_KEEPALIVE	 9
#define SO_LINGER	 13
#define SO_REUSEPORT	 15
#define SO_RCVTIMEO	 20
#define SO_SNDTIMEO	 21
#define AI_PASSIVE	 0x01
#define AI_CANONNAME	 0x02
#define AI_NUMERICHOST	 0x04
#define AI_NUMERICSERV	 0x400
#define EAI_BADFLAGS	 (-1)
#define EAI_NONAME	 (-2)
#define EAI_AGAIN	 (-3)
#define EAI_FAIL	 (-4)
#define EAI_FAMILY	 (-6)
#define EAI_SOCKTYPE	 (-7)
#define EAI_SERVICE	 (-8)
#define EAI_MEMORY	 (-10)
#define EAI_SYSTEM	 (-11)
#define EAI_OVERFLOW	 (-12)
#define IF_NAMESIZE	 16
#define FIONREAD	 0x541B
#define FIONBIO		 0x5421

#define htons(v) __builtin_bswap16((uint16_t)(v))
#define ntohs(v) __builtin_bswap16((uint16_t)(v))
#define htonl(v) __builtin_bswap32((uint32_t)(v))
#define ntohl(v) __builtin_bswap32((uint32_t)(v))

/* ---- functions ---- */

#define open	      mica_posix_open
#define creat	      mica_posix_creat
#define close	      mica_posix_close
#define read	      mica_posix_read
#define write	      mica_posix_write
#define readv	      mica_posix_readv
#define writev	      mica_posix_writev
#define lseek	      mica_posix_lseek
#define fcntl	      mica_posix_fcntl
#define ioctl	      mica_posix_ioctl
#define pipe	      mica_posix_pipe
#define dup	      mica_posix_dup
#define dup2	      mica_posix_dup2
#define poll	      mica_posix_poll
#define select	      mica_posix_select
#define stat	      mica_posix_stat
#define lstat	      mica_posix_lstat
#define fstat	      mica_posix_fstat
#define access	      mica_posix_access
#define unlink	      mica_posix_unlink
#define rename	      mica_posix_rename
#define mkdir	      mica_posix_mkdir
#define rmdir	      mica_posix_rmdir
#define mkfifo	      mica_posix_mkfifo
#define chmod	      mica_posix_chmod
#define chdir	      mica_posix_chdir
#define getcwd	      mica_posix_getcwd
#define readlink      mica_posix_readlink
#define mkstemp	      mica_posix_mkstemp
#define system	      mica_posix_system
#define gethostname   mica_posix_gethostname
#define opendir	      mica_posix_opendir
#define readdir	      mica_posix_readdir
#define closedir      mica_posix_closedir
#define fopen	      mica_posix_fopen
#define freopen	      mica_posix_freopen
#define fdopen	      mica_posix_fdopen
#define popen	      mica_posix_popen
#define tmpfile	      mica_posix_tmpfile
#define fclose	      mica_posix_fclose
#define pclose	      mica_posix_pclose
#define fflush	      mica_posix_fflush
#define feof	      mica_posix_feof
#define ferror	      mica_posix_ferror
#define fileno	      mica_posix_fileno
#define clearerr      mica_posix_clearerr
#define setvbuf	      mica_posix_setvbuf
#define setbuf	      mica_posix_setbuf
#define fread	      mica_posix_fread
#define fwrite	      mica_posix_fwrite
#define fseek	      mica_posix_fseek
#define ftell	      mica_posix_ftell
#define rewind	      mica_posix_rewind
#define getc	      mica_posix_getc
#define getc_unlocked mica_posix_getc_unlocked
#define getchar	      mica_posix_getchar
#define ungetc	      mica_posix_ungetc
#define putc	      mica_posix_putc
#define putchar	      mica_posix_putchar
#define getwc	      mica_posix_getwc
#define putwc	      mica_posix_putwc
#define ungetwc	      mica_posix_ungetwc
#define fgets	      mica_posix_fgets
#define fputs	      mica_posix_fputs
#define puts	      mica_posix_puts
#define remove	      mica_posix_remove
#define perror	      mica_posix_perror
#define strerror      mica_posix_strerror
/* With brackets only: format(printf, 1, 2) of an attribute stays. */
#define printf(...)	 mica_posix_printf(__VA_ARGS__)
#define fprintf		 mica_posix_fprintf
#define dprintf		 mica_posix_dprintf
#define snprintf	 mica_posix_snprintf
#define vprintf		 mica_posix_vprintf
#define vfprintf	 mica_posix_vfprintf
#define vsnprintf	 mica_posix_vsnprintf
#define scanf(...)	 mica_posix_scanf(__VA_ARGS__)
#define fscanf		 mica_posix_fscanf
#define vfscanf		 mica_posix_vfscanf
#define socket		 mica_posix_socket
#define bind		 mica_posix_bind
#define connect		 mica_posix_connect
#define listen		 mica_posix_listen
#define accept		 mica_posix_accept
#define accept4		 mica_posix_accept4
#define getsockname	 mica_posix_getsockname
#define getpeername	 mica_posix_getpeername
#define setsockopt	 mica_posix_setsockopt
#define getsockopt	 mica_posix_getsockopt
#define shutdown	 mica_posix_shutdown
#define send		 mica_posix_send
#define recv		 mica_posix_recv
#define sendto		 mica_posix_sendto
#define recvfrom	 mica_posix_recvfrom
#define getaddrinfo	 mica_posix_getaddrinfo
#define freeaddrinfo	 mica_posix_freeaddrinfo
#define gai_strerror	 mica_posix_gai_strerror
#define gethostbyname	 mica_posix_gethostbyname
#define gethostbyaddr	 mica_posix_gethostbyaddr
#define if_freenameindex mica_posix_if_freenameindex
#define if_nametoindex	 mica_posix_if_nametoindex
#define if_indextoname	 mica_posix_if_indextoname
#define inet_pton	 mica_posix_inet_pton
#define inet_ntop	 mica_posix_inet_ntop
#define inet_addr	 mica_posix_inet_addr
#define fseeko		 mica_posix_fseek
#define ftello		 mica_posix_ftell
#define fgetc		 mica_posix_getc
#define fputc		 mica_posix_putc
#define fgetwc		 mica_posix_getwc
#define fputwc		 mica_posix_putwc

#endif /* MICA_RPC_RETARGET_H */
