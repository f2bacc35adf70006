/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "handles.h"
#include "mica/rpc.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* all below */
static pthread_cond_t left = PTHREAD_COND_INITIALIZER;	 /* a user of some stream has gone */
static bool fds[FD_LIMIT];
static struct stream streams[STREAM_LIMIT];

int fd_give(int fd)
{
	if (fd < 0)
		return -1;
	if (fd >= FD_LIMIT) {
		close(fd);
		errno = EMFILE;
		return -1;
	}
	pthread_mutex_lock(&lock);
	fds[fd] = true;
	pthread_mutex_unlock(&lock);
	return fd;
}

int fd_check(int32_t fd)
{
	bool known = false;

	if (fd >= 0 && fd < FD_LIMIT) {
		pthread_mutex_lock(&lock);
		known = fds[fd];
		pthread_mutex_unlock(&lock);
	}
	if (known)
		return fd;
	errno = EBADF;
	return -1;
}

void fd_forget(int fd)
{
	if (fd < 0 || fd >= FD_LIMIT)
		return;
	pthread_mutex_lock(&lock);
	fds[fd] = false;
	pthread_mutex_unlock(&lock);
}

static bool is_file(int fd)
{
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode));
}

bool fd_is_quick(int32_t fd)
{
	/* One that is nobody's fails, which is quick. */
	return fd_check(fd) < 0 || is_file(fd);
}

uint32_t stream_give(FILE *f, pid_t child)
{
	uint32_t i;

	if (!f)
		return 0;
	pthread_mutex_lock(&lock);
	for (i = 0; i < STREAM_LIMIT && streams[i].f; i++)
		;
	if (i < STREAM_LIMIT) {
		streams[i] = (struct stream){ .f = f, .child = child };
		streams[i].quick = is_file(fileno(f));
	}
	pthread_mutex_unlock(&lock);
	if (i == STREAM_LIMIT) {
		fclose(f);
		errno = EMFILE;
		return 0;
	}
	(void)fd_give(fileno(f));
	return i + MICA_RPC_HANDLE_FIRST;
}

static struct stream *find(uint64_t handle)
{
	struct stream *s;

	if (handle < MICA_RPC_HANDLE_FIRST || handle >= MICA_RPC_HANDLE_FIRST + STREAM_LIMIT)
		return NULL;
	s = &streams[handle - MICA_RPC_HANDLE_FIRST];
	return s->f && !s->closing ? s : NULL;
}

struct stream *stream_get(uint64_t handle)
{
	struct stream *s;

	pthread_mutex_lock(&lock);
	s = find(handle);
	if (s)
		s->users++;
	pthread_mutex_unlock(&lock);
	if (!s)
		errno = EBADF;
	return s;
}

void stream_put(struct stream *s)
{
	pthread_mutex_lock(&lock);
	s->users--;
	pthread_cond_broadcast(&left);
	pthread_mutex_unlock(&lock);
}

bool stream_is_quick(uint64_t handle)
{
	struct stream *s;
	bool quick;

	pthread_mutex_lock(&lock);
	s = find(handle);
	quick = !s || (s->quick && !s->users);
	pthread_mutex_unlock(&lock);
	return quick;
}

bool stream_has_fd(int fd)
{
	bool has = false;

	pthread_mutex_lock(&lock);
	for (uint32_t i = 0; i < STREAM_LIMIT && !has; i++)
		has = streams[i].f && !streams[i].closing && fileno_unlocked(streams[i].f) == fd;
	pthread_mutex_unlock(&lock);
	return has;
}

struct stream *stream_take(uint64_t handle)
{
	struct stream *s;

	pthread_mutex_lock(&lock);
	s = find(handle);
	if (s)
		s->closing = true;
	while (s && s->users)
		pthread_cond_wait(&left, &lock);
	pthread_mutex_unlock(&lock);
	if (!s)
		errno = EBADF;
	return s;
}

void stream_free(struct stream *s)
{
	pthread_mutex_lock(&lock);
	*s = (struct stream){ 0 };
	pthread_mutex_unlock(&lock);
}

void stream_replace(struct stream *s, FILE *f)
{
	bool quick = is_file(fileno(f));

	(void)fd_give(fileno(f));
	pthread_mutex_lock(&lock);
	*s = (struct stream){ .f = f, .quick = quick };
	pthread_mutex_unlock(&lock);
}

void stream_flush_files(void)
{
	for (uint32_t i = 0; i < STREAM_LIMIT; i++) {
		if (streams[i].f && streams[i].quick && !streams[i].users && !streams[i].closing)
			fflush(streams[i].f);
	}
}
