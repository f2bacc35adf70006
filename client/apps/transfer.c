// SPDX-License-Identifier: BSD-3-Clause
/* Commands that move raw bytes: the far ends of lossless-tty tests and of bandwidth figures. */
#include "crc32.h"
#include "shell.h"

#define IDLE_MS	  10000u
#define PIECE	  480u
#define COUNT_MAX 0x40000000u

static uint8_t piece[PIECE];

bool shell_parse_count(const char *command, const char *args, uint32_t *count)
{
	uint32_t n = 0;
	const char *p = args;

	for (; *p >= '0' && *p <= '9' && n < COUNT_MAX; p++)
		n = n * 10u + (uint32_t)(*p - '0');
	if (p == args || *p || n > COUNT_MAX) {
		shell_printf("%s: \"%s\" is no number of bytes up to %u\n", command, args,
			     COUNT_MAX);
		return false;
	}
	*count = n;
	return true;
}

/* The n-th byte of the pattern; every value occurs, and a lost block shows. */
uint8_t shell_pattern(uint32_t n)
{
	return (uint8_t)(n * 31u + (n >> 8));
}

static size_t read_piece(const char *command, uint32_t done, uint32_t count)
{
	uint32_t left = count - done;
	size_t n = shell_read(piece, left < PIECE ? left : PIECE, IDLE_MS);

	if (!n)
		shell_printf("\n%s: %u of %u bytes came, then none for %u s\n", command, done,
			     count, IDLE_MS / 1000u);
	return n;
}

void shell_cat(const char *args)
{
	uint32_t count, done;
	size_t n;

	if (!shell_parse_count("cat", args, &count))
		return;
	for (done = 0; done < count; done += (uint32_t)n) {
		n = read_piece("cat", done, count);
		if (!n || !shell_write(piece, n))
			return;
	}
	shell_printf("\n");
}

void shell_sink(const char *args)
{
	uint32_t count, done, crc = 0;
	size_t n;

	if (!shell_parse_count("sink", args, &count))
		return;
	for (done = 0; done < count; done += (uint32_t)n) {
		n = read_piece("sink", done, count);
		if (!n)
			return;
		crc = crc32(crc, piece, n);
	}
	shell_printf("sink: %u bytes, crc32 %08x\n", count, crc);
}

void shell_flood(const char *args)
{
	uint32_t count, done, n, crc = 0;

	if (!shell_parse_count("flood", args, &count))
		return;
	for (done = 0; done < count; done += n) {
		n = count - done < PIECE ? count - done : PIECE;
		for (uint32_t i = 0; i < n; i++)
			piece[i] = shell_pattern(done + i);
		crc = crc32(crc, piece, n);
		if (!shell_write(piece, n))
			return;
	}
	shell_printf("\nflood: %u bytes, crc32 %08x\n", count, crc);
}
