/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ioctl: requests whose argument is known to be plain data that fits. Others could hold pointers,
 * type into terminals or have the kernel write more than the reply holds.
 */
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "handlers.h"
#include "handles.h"

#define ARG_AT	       32
#define KERNEL_TERMIOS 36 /* what the kernel calls so, not the C library's */

static const struct {
	unsigned long request;
	uint16_t size;
} allowed[] = {
	{ FIONREAD, sizeof(int) },
	{ FIONBIO, sizeof(int) },
	{ FIOCLEX, 0 },
	{ FIONCLEX, 0 },
	{ TIOCOUTQ, sizeof(int) },
	{ TCGETS, KERNEL_TERMIOS },
	{ TCSETS, KERNEL_TERMIOS },
	{ TIOCGWINSZ, sizeof(struct winsize) },
	{ TIOCSWINSZ, sizeof(struct winsize) },
	{ TIOCMGET, sizeof(int) },
	{ TIOCMSET, sizeof(int) },
	{ TIOCMBIS, sizeof(int) },
	{ TIOCMBIC, sizeof(int) },
	{ SIOCGIFNAME, sizeof(struct ifreq) },
	{ SIOCGIFINDEX, sizeof(struct ifreq) },
	{ SIOCGIFFLAGS, sizeof(struct ifreq) },
	{ SIOCGIFADDR, sizeof(struct ifreq) },
	{ SIOCGIFDSTADDR, sizeof(struct ifreq) },
	{ SIOCGIFBRDADDR, sizeof(struct ifreq) },
	{ SIOCGIFNETMASK, sizeof(struct ifreq) },
	{ SIOCGIFMETRIC, sizeof(struct ifreq) },
	{ SIOCGIFMTU, sizeof(struct ifreq) },
	{ SIOCGIFHWADDR, sizeof(struct ifreq) },
};

static int run(int fd, unsigned long request, uint8_t *arg, uint64_t len)
{
	_Alignas(8) uint8_t room[64] = { 0 };
	int rc;

	_Static_assert(sizeof(room) >= sizeof(struct ifreq), "the largest");
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
		if (allowed[i].request != request)
			continue;
		if (len < allowed[i].size) {
			errno = EINVAL;
			return -1;
		}
		memcpy(room, arg, allowed[i].size);
		rc = ioctl(fd, request, room);
		memcpy(arg, room, allowed[i].size);
		return rc;
	}
	errno = EPERM;
	return -1;
}

/* The reply repeats length and argument whatever happens. A client without an argument may still
 * name a length: then nothing of it came, and nothing goes back. */
void do_ioctl(struct call *c)
{
	uint64_t len = arg_u64(c, 24);
	const void *arg = arg_data(c, ARG_AT, len);
	int fd = fd_check(arg_s32(c, 12)), rc = -1;

	if (!arg)
		len = 0;
	else
		memcpy(reply_at(c, ARG_AT, (size_t)len), arg, (size_t)len);
	if (fd < 0)
		errno = EBADF;
	else
		rc = run(fd, (unsigned long)arg_u64(c, 16), c->reply + ARG_AT, len);
	ret_s32(c, rc);
	reply_s64(c, 24, (int64_t)len);
}
