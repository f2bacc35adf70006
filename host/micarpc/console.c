/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

#include "console.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int console = STDOUT_FILENO;

void console_init(int fd)
{
	console = fd;
}

int console_write(const void *data, size_t len)
{
	const uint8_t *p = data;
	int rc = 0;

	pthread_mutex_lock(&lock);
	while (len && !rc) {
		ssize_t n = write(console, p, len);

		if (n > 0) {
			p += n;
			len -= (size_t)n;
		} else if (n == 0 || errno != EINTR) {
			rc = -1;
		}
	}
	pthread_mutex_unlock(&lock);
	return rc;
}
