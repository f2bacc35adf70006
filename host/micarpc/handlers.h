/* SPDX-License-Identifier: BSD-3-Clause */
/* Handlers of all calls: one function an id, in the order of the files that have them. */
#ifndef MICARPC_HANDLERS_H
#define MICARPC_HANDLERS_H

#include "call.h"

/* calls_fd.c: descriptors */
void do_close(struct call *c);
void do_write(struct call *c);
void do_read(struct call *c);
void do_lseek(struct call *c);
void do_fcntl(struct call *c);
void do_getdents64(struct call *c);
void do_fstat(struct call *c);
void do_pipe(struct call *c);
void do_dup2(struct call *c);
void do_writev(struct call *c);

/* calls_ioctl.c */
void do_ioctl(struct call *c);

/* calls_file.c: by name */
void do_open(struct call *c);
void do_unlink(struct call *c);
void do_rename(struct call *c);
void do_remove(struct call *c);
void do_mkstemp(struct call *c);
void do_stat(struct call *c);
void do_lstat(struct call *c);
void do_getcwd(struct call *c);
void do_readlink(struct call *c);
void do_access(struct call *c);
void do_mkfifo(struct call *c);
void do_chmod(struct call *c);
void do_chdir(struct call *c);
void do_mkdir(struct call *c);
void do_rmdir(struct call *c);

/* calls_stream.c: opening, closing and moving streams */
void do_fopen(struct call *c);
void do_fclose(struct call *c);
void do_freopen(struct call *c);
void do_fdopen(struct call *c);
void do_tmpfile(struct call *c);
void do_fileno(struct call *c);
void do_feof(struct call *c);
void do_ferror(struct call *c);
void do_clearerr(struct call *c);
void do_fseek(struct call *c);
void do_ftell(struct call *c);
void do_fflush(struct call *c);

/* calls_stdio.c: what streams carry */
void do_fread(struct call *c);
void do_fwrite(struct call *c);
void do_fputs(struct call *c);
void do_fgets(struct call *c);
void do_fprintf(struct call *c);
void do_getc(struct call *c);
void do_putc(struct call *c);
void do_ungetc(struct call *c);
void do_getwc(struct call *c);
void do_putwc(struct call *c);
void do_ungetwc(struct call *c);
void do_fscanf(struct call *c);
void do_putchar(struct call *c);
void do_printf(struct call *c);

/* calls_shell.c: commands */
void do_system(struct call *c);
void do_popen(struct call *c);
void do_pclose(struct call *c);

/* calls_wait.c */
void do_poll(struct call *c);
void do_select(struct call *c);

/* calls_socket.c */
void do_socket(struct call *c);
void do_bind(struct call *c);
void do_connect(struct call *c);
void do_listen(struct call *c);
void do_accept(struct call *c);
void do_accept4(struct call *c);
void do_getsockname(struct call *c);
void do_getpeername(struct call *c);
void do_getsockopt(struct call *c);
void do_setsockopt(struct call *c);
void do_shutdown(struct call *c);
void do_send(struct call *c);
void do_sendto(struct call *c);
void do_recv(struct call *c);
void do_recvfrom(struct call *c);

/* calls_name.c: names of the network */
void do_getaddrinfo(struct call *c);
void do_gethostbyaddr(struct call *c);
void do_gethostbyname(struct call *c);
void do_gethostname(struct call *c);
void do_if_nameindex(struct call *c);
void do_gai_strerror(struct call *c);

#endif /* MICARPC_HANDLERS_H */
