/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reads a stream of numbered readings from a client, as a sensor would send them, and goes on when
 * micad is replaced. The reference client's endpoint mica-source stands in for the sensor: it sends
 * {u32 number, u32 CRC-32 of number and payload, payload} once it was asked for by {u32 count,
 * u32 size}.
 *
 *	cc -o sensor sensor.c $(pkg-config --cflags --libs libmica-app)
 *	./sensor zephyr mica-source 1000
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mica/app.h>

#define WAIT_MS	   20000
#define READING	   64u /* bytes of one message */
#define HEAD	   8u
#define COUNT_MAX  100000000ul
#define POLYNOMIAL 0xEDB88320u /* CRC-32 as in zlib */

static uint32_t crc32(uint32_t crc, const unsigned char *p, size_t len)
{
	crc = ~crc;
	while (len--) {
		crc ^= *p++;
		for (int i = 0; i < 8; i++)
			crc = (crc >> 1) ^ (POLYNOMIAL & (0u - (crc & 1u)));
	}
	return ~crc;
}

static uint32_t get32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void put32(unsigned char *p, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(value >> (8 * i));
}

static int ask(struct mica_app *app, uint32_t count)
{
	unsigned char request[8];

	put32(request, count);
	put32(request + 4, READING);
	return mica_app_send(app, request, sizeof(request), WAIT_MS);
}

/* Until the last number was seen. Numbers that are missing were on their way when the connection
 * was lost. */
static int read_all(struct mica_app *app, uint32_t count)
{
	unsigned char m[MICA_APP_MESSAGE];
	uint32_t next = 0, lost = 0;

	while (next < count) {
		ssize_t n = mica_app_recv(app, m, sizeof(m), WAIT_MS);

		if (n < 0) {
			fprintf(stderr, "sensor: after reading %u: %s\n", next, strerror(errno));
			return 1;
		}
		if (n < (ssize_t)HEAD ||
		    get32(m + 4) != crc32(crc32(0, m, 4), m + HEAD, (size_t)n - HEAD) ||
		    get32(m) < next) {
			fprintf(stderr, "sensor: bad or repeated reading after %u\n", next);
			return 1;
		}
		lost += get32(m) - next;
		next = get32(m) + 1;
	}
	printf("%u readings, %u lost, connected again %u times\n", count - lost, lost,
	       mica_app_reconnects(app));
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long count = argc > 3 ? strtoul(argv[3], NULL, 10) : 100;
	struct mica_app *app;
	int status = 1;

	if (argc < 3 || argc > 4 || !count || count > COUNT_MAX) {
		fprintf(stderr, "usage: sensor CLIENT ENDPOINT [COUNT]\n");
		return 2;
	}
	app = mica_app_open(argv[1], argv[2], MICA_APP_RECONNECT, WAIT_MS);
	if (app && !ask(app, (uint32_t)count))
		status = read_all(app, (uint32_t)count);
	else
		fprintf(stderr, "sensor: endpoint %s of client %s: %s\n", argv[2], argv[1],
			strerror(errno));
	mica_app_close(app);
	return status;
}
