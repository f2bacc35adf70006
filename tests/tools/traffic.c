/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * traffic CLIENT: numbered, checksummed messages to mica-sink, one after the other, each answered
 * by what the client has counted, until SIGTERM; then one line:
 *	messages N lost N bad N repeated N worst_us N
 * A message whose answer was lost with the daemon is sent again, and counted as repeated; the
 * client then calls it bad. Exit status 1: lost, or more bad than repeated ones.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "mica/app.h"

#define SIZE	   200
#define ANSWER_MS  1000
#define PATIENCE_S 120

static volatile sig_atomic_t ended;

static void on_term(int number)
{
	(void)number;
	ended = 1;
}

static uint32_t crc32(uint32_t crc, const void *data, size_t len)
{
	const uint8_t *p = data;

	crc = ~crc;
	while (len--) {
		crc ^= *p++;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
	}
	return ~crc;
}

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

static void make(uint8_t out[SIZE], uint32_t seq)
{
	uint32_t crc;

	memcpy(out, &seq, 4);
	for (unsigned int i = 8; i < SIZE; i++)
		out[i] = (uint8_t)(seq * 7u + i);
	crc = crc32(crc32(0, &seq, 4), out + 8, SIZE - 8);
	memcpy(out + 4, &crc, 4);
}

/* 1: answered; 0: the connection was lost meanwhile; -1: nothing comes any more. */
static int exchange(struct mica_app *app, uint32_t seq, uint32_t answer[4])
{
	unsigned int connected = mica_app_reconnects(app);
	uint64_t end = now_us() + PATIENCE_S * 1000000ull;
	uint8_t message[SIZE];

	make(message, seq);
	if (mica_app_send(app, message, SIZE, PATIENCE_S * 1000) < 0)
		return -1;
	while (now_us() < end) {
		ssize_t n = mica_app_recv(app, answer, 16, ANSWER_MS);

		if (mica_app_reconnects(app) != connected)
			return 0;
		if (n == 16)
			return 1;
		if (n >= 0 || errno != EAGAIN)
			return -1;
	}
	return -1;
}

int main(int argc, char **argv)
{
	uint32_t seq = 0, repeated = 0, answer[4] = { 0 };
	struct mica_app *app;
	uint64_t worst = 0;
	int got = 1;

	if (argc != 2)
		return 2;
	signal(SIGTERM, on_term);
	app = mica_app_open(argv[1], "mica-sink", MICA_APP_RECONNECT, PATIENCE_S * 1000);
	if (!app) {
		perror("traffic");
		return 2;
	}
	while (!ended && got >= 0) {
		uint64_t begin = now_us(), took;

		got = exchange(app, seq, answer);
		took = now_us() - begin;
		if (got > 0 && took > worst)
			worst = took;
		seq += got > 0;
		repeated += got == 0;
	}
	if (got < 0)
		perror("traffic");
	printf("messages %u lost %u bad %u repeated %u worst_us %llu\n", seq, answer[2], answer[1],
	       repeated, (unsigned long long)worst);
	mica_app_close(app);
	return got < 0 || answer[2] || answer[1] > repeated;
}
