// SPDX-License-Identifier: BSD-3-Clause
/*
 * A console of a client that is a process: a pty whose name is put where MICA_CONSOLE says, as a
 * symbolic link. Without that, output goes to the standard output and nothing comes in.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "kernel.h"
#include "native.h"
#include "platform.h"

#define PATIENCE_MS 1000u

static int fd = -1;
static bool nobody_reads;

void platform_console_open(void)
{
	const char *link = getenv("MICA_CONSOLE");
	struct termios raw;
	char name[64];
	int other;

	if (!link || !*link)
		return;
	fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || grantpt(fd) || unlockpt(fd) || ptsname_r(fd, name, sizeof(name)))
		native_fatal("cannot open a pty for the console");
	/* Stays open: without it, reading fails whenever nobody else has it open. */
	other = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (other < 0 || tcgetattr(other, &raw))
		native_fatal("cannot open the console");
	cfmakeraw(&raw);
	tcsetattr(other, TCSANOW, &raw);
	if ((unlink(link) && errno != ENOENT) || symlink(name, link))
		native_fatal("cannot create the link MICA_CONSOLE to the console");
}

static void wait_a_moment(unsigned int *waited)
{
	k_sleep(1);
	nobody_reads = ++*waited >= PATIENCE_MS;
}

/* A terminal that nobody reads swallows it, as a wire with nothing at its end does. */
void platform_console_write(const char *data, size_t len)
{
	int to = fd < 0 ? STDOUT_FILENO : fd;
	unsigned int waited = 0;

	while (len) {
		ssize_t n = write(to, data, len);

		if (n > 0) {
			data += n;
			len -= (size_t)n;
			nobody_reads = false;
		} else if (n < 0 && errno == EAGAIN && !nobody_reads) {
			wait_a_moment(&waited);
		} else if (n == 0 || errno != EINTR) {
			return;
		}
	}
}

size_t platform_console_read(void *data, size_t len)
{
	ssize_t n = fd < 0 ? 0 : read(fd, data, len);

	return n < 0 ? 0 : (size_t)n;
}
