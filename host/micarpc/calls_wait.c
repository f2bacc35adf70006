/* SPDX-License-Identifier: BSD-3-Clause */
/* poll and select: descriptors that are not the client's are as closed ones. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/select.h>

#include "handlers.h"
#include "handles.h"

#define POLL_MAX 32

void do_poll(struct call *c)
{
	uint64_t n = arg_u64(c, 272);
	struct pollfd fds[POLL_MAX];
	bool foreign[POLL_MAX] = { false };
	int rc = -1, bad = 0;

	_Static_assert(sizeof(struct pollfd) == 8, "as on the wire");
	reply_at(c, 20, sizeof(fds));
	memcpy(c->reply + 20, c->req + 16, sizeof(fds));
	memcpy(fds, c->req + 16, sizeof(fds));
	if (n > POLL_MAX) {
		errno = EINVAL;
		ret_s32(c, -1);
		return;
	}
	for (uint64_t i = 0; i < n; i++) {
		foreign[i] = fds[i].fd >= 0 && fd_check(fds[i].fd) < 0;
		if (foreign[i])
			fds[i].fd = -1;
		bad += foreign[i];
	}
	errno = 0;
	rc = poll(fds, n, bad ? 0 : arg_s32(c, 12));
	for (uint64_t i = 0; i < n && rc >= 0; i++) {
		struct pollfd *out = (struct pollfd *)(void *)(c->reply + 20) + i;

		out->revents = foreign[i] ? POLLNVAL : fds[i].revents;
	}
	ret_s32(c, rc < 0 ? rc : rc + bad);
}

/* Only what belongs to the client; false with errno EBADF when something else is in it. */
static bool take_set(const struct call *c, size_t at, bool given, int nfds, fd_set *set)
{
	FD_ZERO(set);
	for (int fd = 0; given && fd < nfds; fd++) {
		if (!(arg_u64(c, at + (size_t)fd / 64 * 8) >> (fd % 64) & 1))
			continue;
		if (fd_check(fd) < 0)
			return false;
		FD_SET(fd, set);
	}
	return true;
}

static void give_set(struct call *c, size_t at, bool given, const fd_set *set)
{
	for (int fd = 0; given && fd < FD_LIMIT; fd++) {
		if (FD_ISSET(fd, set))
			c->reply[at + (size_t)fd / 8] |= (uint8_t)(1u << (fd % 8));
	}
}

void do_select(struct call *c)
{
	bool has_r = c->req[416], has_w = c->req[417], has_e = c->req[418], has_t = c->req[419];
	struct timeval tv = { (time_t)arg_u64(c, 400), (suseconds_t)arg_u64(c, 408) };
	int nfds = arg_s32(c, 12), rc = -1;
	fd_set r, w, e;

	if (nfds < 0 || nfds > FD_SETSIZE)
		errno = EINVAL;
	else if (take_set(c, 16, has_r, nfds, &r) && take_set(c, 144, has_w, nfds, &w) &&
		 take_set(c, 272, has_e, nfds, &e))
		rc = select(nfds < FD_LIMIT ? nfds : FD_LIMIT, has_r ? &r : NULL, has_w ? &w : NULL,
			    has_e ? &e : NULL, has_t ? &tv : NULL);
	if (rc >= 0) {
		give_set(c, 16, has_r, &r);
		give_set(c, 144, has_w, &w);
		give_set(c, 272, has_e, &e);
	}
	if (has_t) {
		reply_s64(c, 400, tv.tv_sec);
		reply_s64(c, 408, tv.tv_usec);
	}
	c->errnum = rc < 0 ? errno : 0;
	reply_s32(c, 416, rc);
}
