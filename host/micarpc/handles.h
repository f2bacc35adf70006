/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a client has open. Descriptors are this process's own numbers below FD_LIMIT, which belong
 * to the client only while they are noted here; the program's own ones lie above or are not
 * noted. Streams are small numbers, never pointers.
 */
#ifndef MICARPC_HANDLES_H
#define MICARPC_HANDLES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define FD_LIMIT     256
#define STREAM_LIMIT 256

/* Note a new descriptor (-1 passes through): returns fd, or closes it and fails with EMFILE. */
int fd_give(int fd);
/* fd, if it is the client's; otherwise -1 with errno EBADF. */
int fd_check(int32_t fd);
void fd_forget(int fd);
/* It is a file or a folder: reading and writing it does not wait for anybody. */
bool fd_is_quick(int32_t fd);

struct stream {
	FILE *f;      /* NULL: free */
	pid_t child;  /* of popen; 0: none */
	bool quick;   /* a file: never waits */
	bool closing; /* on its way out: new calls do not find it */
	unsigned int users;
};

/* Takes f over: its handle, or 0 with errno EMFILE and f closed. Its descriptor is noted. */
uint32_t stream_give(FILE *f, pid_t child);
/* The stream, held until stream_put(); NULL with errno EBADF. */
struct stream *stream_get(uint64_t handle);
void stream_put(struct stream *s);
bool stream_is_quick(uint64_t handle);
/* Some stream uses that descriptor. */
bool stream_has_fd(int fd);
/* The stream alone: nobody finds it any more and everybody else has left. Follow with stream_free()
 * or stream_replace(). */
struct stream *stream_take(uint64_t handle);
/* The handle is free again; the caller has closed or kept f. */
void stream_free(struct stream *s);
/* Another file under the same handle. */
void stream_replace(struct stream *s, FILE *f);
/* The session ends: what files have buffered is written. */
void stream_flush_files(void);

static inline bool stream_is_console(uint64_t handle)
{
	return handle >= 1 && handle <= 3;
}

#endif /* MICARPC_HANDLES_H */
