/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls that name files. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "flags.h"
#include "handlers.h"
#include "handles.h"
#include "path.h"
#include "stat_reply.h"

#define STAT_PATH_AT 12
#define MODE_PATH_AT 16 /* access and its like */

void do_open(struct call *c)
{
	const char *path = arg_str(c, 20, MICA_RPC_NAME);

	ret_s32(c,
		path ? fd_give(path_open(path, flags_from_client(arg_u32(c, 12)), arg_u32(c, 16)))
		     : -1);
}

void do_unlink(struct call *c)
{
	const char *path = arg_str(c, 12, MICA_RPC_NAME);

	ret_s32(c, path ? path_unlink(path, 0) : -1);
}

void do_rename(struct call *c)
{
	const char *from = arg_str(c, 12, MICA_RPC_NAME), *to = arg_str(c, 140, MICA_RPC_NAME);

	ret_s32(c, from && to ? path_rename(from, to) : -1);
}

void do_remove(struct call *c)
{
	const char *path = arg_str(c, 12, MICA_RPC_NAME);
	int rc = path ? path_unlink(path, 0) : -1;

	if (path && rc && (errno == EISDIR || errno == EPERM))
		rc = path_unlink(path, AT_REMOVEDIR);
	ret_s32(c, rc);
}

void do_mkstemp(struct call *c)
{
	const char *template = arg_str(c, 12, MICA_RPC_NAME);
	char name[MICA_RPC_NAME];

	if (!template) {
		ret_s32(c, -1);
		return;
	}
	strcpy(name, template);
	ret_s32(c, fd_give(path_mkstemp(name)));
}

static void stat_name(struct call *c, bool follow)
{
	const char *path = arg_str(c, STAT_PATH_AT, MICA_RPC_PATH);
	struct stat st;

	stat_reply(c, path ? path_stat(path, follow, &st) : -1, &st);
}

void do_stat(struct call *c)
{
	stat_name(c, true);
}

void do_lstat(struct call *c)
{
	stat_name(c, false);
}

/* The client copies as many bytes as it asked for, whatever the path is: they are all sent, as far
 * as a message goes. */
void do_getcwd(struct call *c)
{
	uint64_t size = arg_u64(c, 16);
	size_t room = size < MICA_RPC_MESSAGE - 20 ? (size_t)size : MICA_RPC_MESSAGE - 20;
	int rc = path_getcwd((char *)c->reply + 20, room);

	c->reply_len = 20 + room;
	c->errnum = rc ? errno : 0;
	reply_s32(c, 16, rc ? 1 : 0);
}

void do_readlink(struct call *c)
{
	const char *path = arg_str(c, 24, MICA_RPC_DATA);
	uint64_t size = arg_u64(c, 16);
	ssize_t n = -1;

	if (size > MICA_RPC_DATA)
		size = MICA_RPC_DATA;
	if (path)
		n = path_readlink(path, (char *)c->reply + 24, (size_t)size);
	if (n > 0)
		reply_at(c, 24, (size_t)n);
	ret_s64(c, n);
}

static const char *path_after_mode(const struct call *c)
{
	return arg_str(c, MODE_PATH_AT, MICA_RPC_DATA);
}

void do_access(struct call *c)
{
	const char *path = path_after_mode(c);

	ret_s32(c, path ? path_access(path, arg_s32(c, 12)) : -1);
}

void do_mkfifo(struct call *c)
{
	const char *path = path_after_mode(c);

	ret_s32(c, path ? path_mkfifo(path, arg_u32(c, 12)) : -1);
}

void do_chmod(struct call *c)
{
	const char *path = path_after_mode(c);

	ret_s32(c, path ? path_chmod(path, arg_u32(c, 12)) : -1);
}

void do_mkdir(struct call *c)
{
	const char *path = path_after_mode(c);

	ret_s32(c, path ? path_mkdir(path, arg_u32(c, 12)) : -1);
}

void do_chdir(struct call *c)
{
	const char *path = arg_str(c, 12, MICA_RPC_DATA);

	ret_s32(c, path ? path_chdir(path) : -1);
}

void do_rmdir(struct call *c)
{
	const char *path = arg_str(c, 12, MICA_RPC_DATA);

	ret_s32(c, path ? path_unlink(path, AT_REMOVEDIR) : -1);
}
