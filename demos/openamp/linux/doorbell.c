/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whoever claimed the core rings: its descriptor of /dev/mcs is shared with load_fw. Of a client
 * that is a process, the two eventfds of its contract.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/mcs.h>

#include "../port.h"
#include "amp.h"
#include "mica/native.h"
#include "port_linux.h"

static int in = -1, out = -1; /* the same one for /dev/mcs */

static int fetch(int process, int number)
{
	int pidfd = (int)syscall(SYS_pidfd_open, process, 0), fd;

	if (pidfd < 0)
		return -1;
	fd = (int)syscall(SYS_pidfd_getfd, pidfd, number, 0);
	close(pidfd);
	return fd;
}

int doorbell_open(void)
{
	const struct client_file *f = port_client();

	if (f->process) {
		out = fetch(f->process, MICA_NATIVE_FD_TO_CLIENT);
		in = fetch(f->process, MICA_NATIVE_FD_TO_HOST);
	} else if (f->loader) {
		in = out = fetch(f->loader, f->events);
	} else {
		errno = ENXIO;
	}
	if (in >= 0 && out >= 0)
		return 0;
	port_error("no doorbell of the client: %s", strerror(errno));
	doorbell_close();
	return -ENODEV;
}

void doorbell_close(void)
{
	if (in >= 0)
		close(in);
	if (out >= 0 && out != in)
		close(out);
	in = out = -1;
}

int doorbell_ring(void)
{
	uint64_t one = 1;

	if (in == out)
		return ioctl(out, MCS_IOC_KICK) < 0 ? -errno : 0;
	return write(out, &one, sizeof(one)) < 0 ? -errno : 0;
}

bool doorbell_wait(int timeout_ms)
{
	struct pollfd pfd = { .fd = in, .events = POLLIN };
	struct mcs_event event;

	if (poll(&pfd, 1, timeout_ms) <= 0)
		return false;
	/* All that came so far; an eventfd gives 8 bytes. */
	return read(in, &event, in == out ? sizeof(event) : 8) > 0;
}
