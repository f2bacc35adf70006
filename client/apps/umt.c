// SPDX-License-Identifier: BSD-3-Clause
/*
 * Bulk messages: each comes back as it is, piece by piece, and then a second message says how many
 * bytes it had and their CRC-32 (not to hosts that know one message at a time). Shell command "umt"
 * sends one.
 */
#include <string.h>

#include "crc32.h"
#include "extras.h"
#include "fmt.h"
#include "mica/umt_abi.h"
#include "mica_umt.h"
#include "shell.h"

#define STACK	 8192u
#define PIECE	 65536u
#define ROOM_MS	 30000u
#define IN_QUEUE 64u

struct item {
	const void *data; /* NULL: the message that was begun is void */
	size_t len;
	bool more;
	uint32_t age;
};

static struct item queue[IN_QUEUE];
static uint32_t head, tail;
static struct mica_os_sem come, turn;
static struct mica_os_thread thread;
static _Alignas(16) unsigned char stack[STACK];

/* There are never more pieces than the protocol has, and an end for each. */
static bool on_umt(const void *data, size_t len, bool more, void *arg)
{
	(void)arg;
	if (head - tail == IN_QUEUE)
		return true;
	queue[head % IN_QUEUE] = (struct item){ data, len, more, mica_umt_age() };
	head++;
	mica_os_sem_give(&come);
	return false;
}

/* False: the host did not take it, the rest of this message goes nowhere. */
static bool echo(const struct item *i)
{
	void *out = mica_umt_alloc(i->len, ROOM_MS);

	if (!out || i->age != mica_umt_age())
		return false;
	memcpy(out, i->data, i->len);
	return mica_umt_send_piece(out, i->len, i->more, ROOM_MS) == MICA_OK;
}

static void echo_main(void *arg)
{
	char text[64];
	uint32_t crc = 0, bytes = 0;
	bool inside = false, good = true;

	(void)arg;
	for (;;) {
		struct item i;

		mica_os_sem_take(&come, MICA_OS_FOREVER);
		i = queue[tail % IN_QUEUE];
		tail++;
		if (!inside && i.data) {
			mica_os_sem_take(&turn, MICA_OS_FOREVER);
			inside = good = true;
			crc = bytes = 0;
		}
		if (i.data && i.age == mica_umt_age()) {
			crc = crc32(crc, i.data, i.len);
			bytes += (uint32_t)i.len;
			good = good && echo(&i);
			mica_umt_release(i.data);
		}
		if (i.data && i.more)
			continue;
		if (inside && i.data && good && mica_umt_several()) {
			size_t n = fmt(text, sizeof(text), "%u bytes, crc32 %08x\n", bytes, crc);

			mica_umt_send(text, n, ROOM_MS);
		}
		if (inside && !(i.data && good))
			mica_umt_abort();
		if (inside)
			mica_os_sem_give(&turn);
		inside = false;
	}
}

void extras_umt_open(void)
{
	mica_os_sem_init(&come, 0);
	mica_os_sem_init(&turn, 1);
	if (mica_umt_open(on_umt, NULL) == MICA_OK)
		mica_os_thread_start(&thread, "umt", MICA_OS_PRIO_APP, echo_main, NULL, stack,
				     sizeof(stack));
}

static const char *send_pattern(uint32_t count, uint32_t *crc)
{
	uint32_t piece = mica_umt_several() ? PIECE : MICA_UMT_WINDOW, n;

	for (uint32_t done = 0; done < count; done += n) {
		uint8_t *out;

		n = count - done < piece ? count - done : piece;
		out = mica_umt_alloc(n, ROOM_MS);
		if (!out)
			return "no room in the window: does anybody read?";
		for (uint32_t i = 0; i < n; i++)
			out[i] = shell_pattern(done + i);
		*crc = crc32(*crc, out, n);
		if (mica_umt_send_piece(out, n, done + n < count, ROOM_MS) != MICA_OK)
			return "the host did not take it";
	}
	return NULL;
}

void shell_umt(const char *args)
{
	uint32_t count, crc = 0;
	const char *wrong;

	if (!shell_parse_count("umt", args, &count))
		return;
	mica_os_sem_take(&turn, MICA_OS_FOREVER);
	wrong = send_pattern(count, &crc);
	mica_os_sem_give(&turn);
	if (wrong)
		shell_printf("umt: %s\n", wrong);
	else
		shell_printf("umt: %u bytes, crc32 %08x\n", count, crc);
}
