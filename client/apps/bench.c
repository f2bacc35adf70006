// SPDX-License-Identifier: BSD-3-Clause
/* The benchmark's far end: bulk messages are read where they lie, calls are made and counted. */
#include <string.h>

#include "bench.h"
#include "extras.h"
#include "mica_chip.h"
#include "mica_os.h"
#include "mica_rpc.h"
#include "mica_umt.h"

#define STACK	8192u
#define WAIT_MS 30000u
#define DATA	432u /* what one call of write or read moves at most */

static struct mica_ept ept;
static struct mica_os_sem asked;
static struct mica_os_thread thread;
static struct client_bench_request request;
static volatile uint64_t sum; /* so that what was read counts as used */
static uint32_t seen_pieces;
static uint64_t seen_bytes;
static uint8_t data[DATA];
static _Alignas(16) unsigned char stack[STACK];

static bool on_umt(const void *piece, size_t len, bool more, void *arg)
{
	const uint8_t *p = piece;
	uint64_t all = 0, word;

	(void)more;
	(void)arg;
	if (!p)
		return true;
	if (mica_chip_to_da(p) != MICA_CHIP_NO_DA) {
		seen_pieces++;
		seen_bytes += len;
	}
	for (; len >= sizeof(word); len -= sizeof(word), p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		all += word;
	}
	while (len--)
		all += *p++;
	sum = all;
	return true;
}

/* ---- what is asked for ---- */

static bool send_bulk(uint32_t n)
{
	uint8_t *piece = mica_umt_alloc(request.size, WAIT_MS);

	if (!piece)
		return false;
	memset(piece, (int)n, request.size);
	return mica_umt_send_piece(piece, request.size, false, WAIT_MS) == MICA_OK;
}

static bool call(int fd, uint32_t n)
{
	size_t size = request.size < DATA ? request.size : DATA;

	switch (request.op) {
	case CLIENT_BENCH_LSEEK:
		return mica_lseek(fd, 0, MICA_SEEK_SET) == 0;
	case CLIENT_BENCH_WRITE:
		return mica_write(fd, data, size) == (int64_t)size;
	case CLIENT_BENCH_READ:
		return mica_read(fd, data, size) == (int64_t)size;
	case CLIENT_BENCH_UMT:
		return send_bulk(n);
	default:
		return false;
	}
}

/* A file that has what is to be read. */
static int open_file(void)
{
	int fd;

	if (request.op >= CLIENT_BENCH_UMT || !mica_rpc_wait(WAIT_MS))
		return -1;
	fd = mica_open("/bench", MICA_O_RDWR | MICA_O_CREAT, 0600);
	for (uint32_t i = 0; request.op == CLIENT_BENCH_READ && i < request.count; i++)
		mica_write(fd, data, request.size);
	mica_lseek(fd, 0, MICA_SEEK_SET);
	return fd;
}

static void bench_main(void *arg)
{
	(void)arg;
	for (;;) {
		struct client_bench_answer answer = { 0 };
		uint64_t begin;
		int fd;

		mica_os_sem_take(&asked, MICA_OS_FOREVER);
		answer.op = request.op;
		fd = open_file();
		begin = mica_os_time_us();
		while (answer.count < request.count && call(fd, answer.count))
			answer.count++;
		answer.us = mica_os_time_us() - begin;
		if (request.op == CLIENT_BENCH_SEEN) {
			answer.count = seen_pieces;
			answer.bytes = seen_bytes;
		}
		if (fd >= 0)
			mica_close(fd);
		mica_ept_send(&ept, &answer, sizeof(answer), WAIT_MS);
	}
}

/* One at a time: who asks waits for the answer. */
static bool on_request(struct mica_ept *e, const void *message, size_t len, void *arg)
{
	(void)e;
	(void)arg;
	if (len != sizeof(request))
		return true;
	memcpy(&request, message, sizeof(request));
	mica_os_sem_give(&asked);
	return true;
}

void extras_bench_open(void)
{
	mica_os_sem_init(&asked, 0);
	mica_rpc_start();
	mica_umt_open(on_umt, NULL);
	if (mica_ept_open(&ept, CLIENT_BENCH_ENDPOINT, on_request, NULL) == MICA_OK)
		mica_os_thread_start(&thread, "bench", MICA_OS_PRIO_APP, bench_main, NULL, stack,
				     sizeof(stack));
}
