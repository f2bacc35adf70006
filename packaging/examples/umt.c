/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sends a file to a client as one bulk message, of any length, and writes the next messages of the
 * client to standard output. FILE "-": only receives.
 *
 *	cc -o umt umt.c $(pkg-config --cflags --libs libmica-app)
 *	./umt zephyr picture.raw >answer.raw
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mica/umt.h>

#define OPEN_MS 10000
#define IDLE_MS 60000
#define PIECE	(256u * 1024u) /* the client reads one while the next is written */

static int fail(const char *what)
{
	fprintf(stderr, "umt: %s: %s\n", what, strerror(errno));
	return 1;
}

/* One more piece of the file, straight into the window. 1: sent, 0: no room now, -1: failed. */
static int send_some(struct mica_umt *umt, FILE *file, long *left)
{
	size_t n = mica_umt_several(umt) && *left > (long)PIECE ? PIECE : (size_t)*left;
	void *to = mica_umt_alloc(umt, n, 0);

	if (!to)
		return errno == EAGAIN ? 0 : -1;
	if (fread(to, 1, n, file) != n) {
		errno = EIO;
		return -1;
	}
	*left -= (long)n;
	return mica_umt_send_piece(umt, to, n, *left > 0) ? -1 : 1;
}

/* What has come, straight out of the window. 1: a message ended, 0: not yet, -1: failed. */
static int receive_some(struct mica_umt *umt)
{
	struct mica_umt_data in;

	if (mica_umt_recv(umt, &in, 0))
		return errno == EAGAIN ? 0 : -1;
	if (!in.data) {
		errno = ECONNABORTED;
		return -1;
	}
	if (fwrite(in.data, 1, in.len, stdout) != in.len || mica_umt_release(umt, &in))
		return -1;
	return !in.more;
}

/* Both at once: a client that answers while it reads must find a reader. */
static int run(struct mica_umt *umt, FILE *file, long left, unsigned long messages)
{
	while (left > 0 || messages) {
		struct pollfd pfd = { .fd = mica_umt_fd(umt), .events = POLLIN };
		int sent = left > 0 ? send_some(umt, file, &left) : 0;
		int got;

		if (sent < 0)
			return fail("send");
		got = receive_some(umt);
		if (got < 0)
			return fail("receive");
		if (got && messages)
			messages--;
		else if (!got && !sent && poll(&pfd, 1, IDLE_MS) == 0) {
			errno = ETIMEDOUT;
			return fail("waiting for the client");
		}
	}
	return fflush(stdout) ? fail("standard output") : 0;
}

static long size_of(FILE *file)
{
	long size = fseek(file, 0, SEEK_END) ? -1 : ftell(file);

	rewind(file);
	return size;
}

int main(int argc, char **argv)
{
	unsigned long messages = argc > 3 ? strtoul(argv[3], NULL, 10) : 1;
	struct mica_umt *umt;
	FILE *file = NULL;
	long size = 0;
	char why[256];
	int status;

	if (argc < 3 || argc > 4) {
		fprintf(stderr, "usage: umt CLIENT FILE|- [MESSAGES]\n");
		return 2;
	}
	if (strcmp(argv[2], "-")) {
		file = fopen(argv[2], "rb");
		size = file ? size_of(file) : -1;
		if (size <= 0)
			return fail(argv[2]);
	}
	umt = mica_umt_open(argv[1], OPEN_MS, why, sizeof(why));
	if (!umt) {
		fprintf(stderr, "umt: client %s: %s\n", argv[1], why[0] ? why : strerror(errno));
		return 1;
	}
	status = run(umt, file, size, messages);
	mica_umt_close(umt);
	if (file)
		fclose(file);
	return status;
}
