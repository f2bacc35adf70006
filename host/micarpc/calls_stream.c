/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Streams: opening, closing, moving. Handles 1 to 3 are the client's console: what they are asked
 * beyond reading and writing succeeds where that harms nobody.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "handlers.h"
#include "handles.h"
#include "path.h"

#define MODE_MAX 6

/* Flags of open(2) for a mode of fopen(3); -1 with errno EINVAL. */
static int mode_flags(const char *mode)
{
	int flags;

	switch (mode[0]) {
	case 'r':
		flags = O_RDONLY;
		break;
	case 'w':
		flags = O_WRONLY | O_CREAT | O_TRUNC;
		break;
	case 'a':
		flags = O_WRONLY | O_CREAT | O_APPEND;
		break;
	default:
		errno = EINVAL;
		return -1;
	}
	for (const char *p = mode + 1; *p; p++) {
		if (*p == '+')
			flags = (flags & ~O_ACCMODE) | O_RDWR;
		else if (*p == 'x')
			flags |= O_EXCL;
		else if (*p == 'e')
			flags |= O_CLOEXEC;
		else if (*p != 'b')
			break; /* as fopen(3): letters that mean nothing end it */
	}
	return flags;
}

/* What fdopen(3) needs of it. */
static FILE *stream_of(int fd, int flags)
{
	const char *mode = "r";
	FILE *f;

	if (fd < 0)
		return NULL;
	if ((flags & O_ACCMODE) == O_RDWR)
		mode = flags & O_APPEND ? "a+" : "r+";
	else if ((flags & O_ACCMODE) == O_WRONLY)
		mode = flags & O_APPEND ? "a" : "w";
	f = fdopen(fd, mode);
	if (!f)
		close(fd);
	return f;
}

static FILE *open_stream(const char *path, const char *mode)
{
	int flags = path && mode ? mode_flags(mode) : -1;

	return flags < 0 ? NULL : stream_of(path_open(path, flags, 0666), flags);
}

void do_fopen(struct call *c)
{
	ret_handle(c, stream_give(
			      open_stream(arg_str(c, 12, MICA_RPC_NAME), arg_str(c, 140, MODE_MAX)),
			      0));
}

void do_fclose(struct call *c)
{
	uint64_t handle = arg_u64(c, 16);
	struct stream *s;
	int rc;

	if (stream_is_console(handle)) {
		ret_s32(c, 0); /* closed for the client; its console stays */
		return;
	}
	s = stream_take(handle);
	if (!s) {
		ret_s32(c, EOF);
		return;
	}
	fd_forget(fileno(s->f));
	rc = fclose(s->f);
	stream_free(s);
	ret_s32(c, rc);
}

void do_freopen(struct call *c)
{
	uint64_t handle = arg_u64(c, 152);
	struct stream *s = stream_take(handle);
	FILE *f;

	if (!s) {
		ret_handle(c, 0);
		return;
	}
	/* As freopen(3): the old one is closed whatever becomes of the new one. */
	fd_forget(fileno(s->f));
	(void)fclose(s->f);
	errno = 0;
	f = open_stream(arg_str(c, 12, MICA_RPC_NAME), arg_str(c, 140, MODE_MAX));
	if (f && fileno(f) >= FD_LIMIT) {
		fclose(f);
		f = NULL;
		errno = EMFILE;
	}
	if (!f) {
		int saved = errno;

		stream_free(s);
		errno = saved;
		ret_handle(c, 0);
		return;
	}
	stream_replace(s, f);
	ret_handle(c, (uint32_t)handle);
}

void do_fdopen(struct call *c)
{
	const char *mode = arg_str(c, 16, MODE_MAX);
	int fd = mode ? fd_check(arg_s32(c, 12)) : -1;
	int flags = fd < 0 ? -1 : mode_flags(mode);
	FILE *f = NULL;

	/* One stream a descriptor: two that close the same number would take a third one's. */
	if (flags >= 0 && stream_has_fd(fd))
		errno = EBUSY;
	else if (flags >= 0)
		f = fdopen(fd, mode);
	ret_handle(c, stream_give(f, 0));
}

void do_tmpfile(struct call *c)
{
	ret_handle(c, stream_give(stream_of(path_tmpfile(), O_RDWR), 0));
}

/* setvbuf has the same number; it comes only for the console, where it means nothing. */
void do_fileno(struct call *c)
{
	uint64_t handle = arg_u64(c, 16);
	struct stream *s;

	if (stream_is_console(handle)) {
		ret_s32(c, 0);
		return;
	}
	s = stream_get(handle);
	ret_s32(c, s ? fileno(s->f) : -1);
	if (s)
		stream_put(s);
}

void do_feof(struct call *c)
{
	struct stream *s = stream_get(arg_u64(c, 16));

	/* The console has no input. */
	if (stream_is_console(arg_u64(c, 16)))
		errno = 0;
	ret_s32(c, s ? feof(s->f) != 0 : (errno ? -1 : arg_u64(c, 16) == MICA_RPC_STDIN));
	if (s)
		stream_put(s);
}

void do_ferror(struct call *c)
{
	struct stream *s = stream_get(arg_u64(c, 16));

	if (stream_is_console(arg_u64(c, 16)))
		errno = 0;
	ret_s32(c, s ? ferror(s->f) != 0 : (errno ? -1 : 0));
	if (s)
		stream_put(s);
}

void do_clearerr(struct call *c)
{
	struct stream *s = stream_get(arg_u64(c, 8));

	if (!s)
		return;
	clearerr(s->f);
	stream_put(s);
}

void do_fseek(struct call *c)
{
	struct stream *s = stream_get(arg_u64(c, 16));

	if (stream_is_console(arg_u64(c, 16)))
		errno = ESPIPE;
	ret_s32(c, s ? fseeko(s->f, (off_t)arg_u64(c, 24), arg_s32(c, 32)) : -1);
	if (s)
		stream_put(s);
}

void do_ftell(struct call *c)
{
	struct stream *s = stream_get(arg_u64(c, 16));

	if (stream_is_console(arg_u64(c, 16)))
		errno = ESPIPE;
	ret_s64(c, s ? ftello(s->f) : -1);
	if (s)
		stream_put(s);
}

/* NULL: all of them. Only files: another one may be in use by a call that waits. */
void do_fflush(struct call *c)
{
	uint64_t handle = arg_u64(c, 16);
	struct stream *s;

	if (!handle || stream_is_console(handle)) {
		if (!handle)
			stream_flush_files();
		ret_s32(c, 0);
		return;
	}
	s = stream_get(handle);
	ret_s32(c, s ? fflush(s->f) : EOF);
	if (s)
		stream_put(s);
}
