/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * counts CLIENT OP COUNT SIZE: work in lock-step with a client of the variant "bench", one thing
 * after the other, for tests that count what each takes. OP is a number of client/apps/bench.h;
 *"out" sends COUNT bulk messages of SIZE bytes, "in" takes as many. Prints done N copied N pieces N
 *bytes N copied: bytes that this program moved by memcpy() and memmove(), its library's included;
 *pieces and bytes: what the client has read in the window so far.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../client/apps/bench.h"
#include "mica/app.h"
#include "mica/umt.h"

#define WAIT_MS 120000
#define SMALL	64u /* structures: not counted */
#define WINDOW	(1u << 20)

static uint64_t copied;

void *__wrap_memcpy(void *to, const void *from, size_t n);
void *__real_memcpy(void *to, const void *from, size_t n);
void *__wrap_memmove(void *to, const void *from, size_t n);
void *__real_memmove(void *to, const void *from, size_t n);

void *__wrap_memcpy(void *to, const void *from, size_t n)
{
	copied += n > SMALL ? n : 0;
	return __real_memcpy(to, from, n);
}

void *__wrap_memmove(void *to, const void *from, size_t n)
{
	copied += n > SMALL ? n : 0;
	return __real_memmove(to, from, n);
}

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "counts: %s: %s\n", what, strerror(errno));
	exit(1);
}

static struct client_bench_answer ask(struct mica_app *app, uint32_t op, uint32_t count,
				      uint32_t size)
{
	const struct client_bench_request r = { op, count, size };
	struct client_bench_answer a;

	if (mica_app_send(app, &r, sizeof(r), WAIT_MS))
		fail("mica_app_send");
	if (mica_app_recv(app, &a, sizeof(a), WAIT_MS) != (ssize_t)sizeof(a))
		fail("mica_app_recv");
	return a;
}

/* The next one only when the client has read it all. */
static uint32_t send_bulk(struct mica_umt *umt, uint32_t count, uint32_t size)
{
	uint8_t *data = calloc(1, size);
	uint32_t done = 0;

	for (; data && done < count; done++) {
		void *room;

		data[0] = (uint8_t)done;
		if (mica_umt_send(umt, data, size, WAIT_MS))
			fail("mica_umt_send");
		room = mica_umt_alloc(umt, WINDOW, WAIT_MS);
		if (!room)
			fail("mica_umt_alloc");
		mica_umt_discard(umt, room);
	}
	free(data);
	return done;
}

static uint32_t take_bulk(struct mica_umt *umt, struct mica_app *app, uint32_t count, uint32_t size)
{
	uint32_t done = 0;

	for (; done < count; done++) {
		struct mica_umt_data in;
		const uint8_t *p;

		if (ask(app, CLIENT_BENCH_UMT, 1, size).count != 1)
			fail("answer of the client");
		if (mica_umt_recv(umt, &in, WAIT_MS) || in.len != size || in.more)
			fail("mica_umt_recv");
		p = in.data;
		for (uint32_t i = 0; i < size; i++) {
			if (p[i])
				fail("what the client wrote");
		}
		if (mica_umt_release(umt, &in))
			fail("mica_umt_release");
	}
	return done;
}

int main(int argc, char **argv)
{
	struct client_bench_answer seen;
	uint32_t done, count, size;
	struct mica_umt *umt = NULL;
	struct mica_app *app;

	if (argc != 5) {
		fputs("usage: counts CLIENT out|in|OP COUNT SIZE\n", stderr);
		return 2;
	}
	count = (uint32_t)strtoul(argv[3], NULL, 10);
	size = (uint32_t)strtoul(argv[4], NULL, 10);
	app = mica_app_open(argv[1], CLIENT_BENCH_ENDPOINT, 0, WAIT_MS);
	if (!app)
		fail(CLIENT_BENCH_ENDPOINT);
	if (!strcmp(argv[2], "out") || !strcmp(argv[2], "in"))
		umt = mica_umt_open(argv[1], WAIT_MS, NULL, 0);
	copied = 0;
	if (!umt)
		done = ask(app, (uint32_t)strtoul(argv[2], NULL, 10), count, size).count;
	else if (argv[2][0] == 'o')
		done = send_bulk(umt, count, size);
	else
		done = take_bulk(umt, app, count, size);
	seen = ask(app, CLIENT_BENCH_SEEN, 0, 0);
	printf("done %u copied %llu pieces %u bytes %llu\n", done, (unsigned long long)copied,
	       seen.count, (unsigned long long)seen.bytes);
	mica_umt_close(umt);
	mica_app_close(app);
	return 0;
}
