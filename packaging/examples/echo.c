/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sends numbered messages to an endpoint that sends back what it gets, and checks them.
 *
 *	cc -o echo echo.c $(pkg-config --cflags --libs libmica-app)
 *	./echo zephyr mica-echo 1000 200
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mica/app.h>

#define WAIT_MS	  10000
#define ON_WAY	  8u /* messages that are not back yet: one that nobody waits for is slow */
#define COUNT_MAX 100000000ul

static void fill(unsigned char *message, uint32_t number, size_t size)
{
	for (size_t i = 0; i < size; i++)
		message[i] = (unsigned char)(number * 7u + i * 31u + (number >> 8));
}

static int fail(const char *what, unsigned long number)
{
	fprintf(stderr, "echo: %s of message %lu: %s\n", what, number, strerror(errno));
	return 1;
}

static int run(struct mica_app *app, unsigned long count, size_t size)
{
	unsigned char out[MICA_APP_MESSAGE], in[MICA_APP_MESSAGE];
	unsigned long sent = 0, got = 0;

	while (got < count) {
		ssize_t n;

		if (sent < count && sent - got < ON_WAY) {
			fill(out, (uint32_t)sent, size);
			if (mica_app_send(app, out, size, WAIT_MS))
				return fail("send", sent);
			sent++;
			continue;
		}
		n = mica_app_recv(app, in, sizeof(in), WAIT_MS);
		if (n < 0)
			return fail("receive", got);
		fill(out, (uint32_t)got, size);
		if ((size_t)n != size || memcmp(in, out, size) != 0) {
			fprintf(stderr, "echo: message %lu came back changed\n", got);
			return 1;
		}
		got++;
	}
	printf("%lu messages of %zu bytes came back\n", got, size);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long count = argc > 3 ? strtoul(argv[3], NULL, 10) : 1;
	unsigned long size = argc > 4 ? strtoul(argv[4], NULL, 10) : 64;
	struct mica_app *app;
	int status;

	if (argc < 3 || argc > 5 || !count || count > COUNT_MAX || !size ||
	    size > MICA_APP_MESSAGE) {
		fprintf(stderr, "usage: echo CLIENT ENDPOINT [COUNT [SIZE]], SIZE 1 to %u\n",
			MICA_APP_MESSAGE);
		return 2;
	}
	app = mica_app_open(argv[1], argv[2], 0, WAIT_MS);
	if (!app) {
		fprintf(stderr, "echo: endpoint %s of client %s: %s\n", argv[2], argv[1],
			strerror(errno));
		return 1;
	}
	status = run(app, count, size);
	mica_app_close(app);
	return status;
}
