// SPDX-License-Identifier: BSD-3-Clause
/* Endpoints that say whether messages get lost, changed or held up (traffic.h). */
#include <string.h>

#include "crc32.h"
#include "mica_client.h"
#include "shell.h"
#include "traffic.h"

#define MESSAGE_MAX 496u
#define WAIT_MS	    200u /* a new request is noticed at least that often */
#define STACK	    4096u

_Static_assert(sizeof(struct traffic_head) == 8 && sizeof(struct traffic_ack) == 16, "layout");

/* ---- sink: session thread ---- */

static struct {
	struct mica_ept ept;
	struct traffic_ack count;
	uint32_t empty; /* messages of no bytes */
	bool due;	/* counted, not answered yet */
	bool hold;	/* take nothing: the sender has to wait */
} sink;

static uint32_t crc_of(uint32_t seq, const uint8_t *payload, size_t len)
{
	return crc32(crc32(0, &seq, sizeof(seq)), payload, len);
}

static void count_message(const uint8_t *data, size_t len)
{
	uint8_t copy[MESSAGE_MAX];
	struct traffic_head head = { 0 };

	/* The host could change it meanwhile. */
	if (len > sizeof(copy))
		len = 0;
	memcpy(copy, data, len);
	if (len >= sizeof(head))
		memcpy(&head, copy, sizeof(head));
	if (len < sizeof(head) ||
	    head.crc != crc_of(head.seq, copy + sizeof(head), len - sizeof(head))) {
		sink.count.messages++;
		sink.count.bad++;
		return;
	}
	if (!head.seq)
		memset(&sink.count, 0, sizeof(sink.count));
	sink.count.messages++;
	if (head.seq < sink.count.next)
		sink.count.bad++;
	else
		sink.count.lost += head.seq - sink.count.next;
	sink.count.next = head.seq + 1;
}

static bool on_sink(struct mica_ept *ept, const void *data, size_t len, void *arg)
{
	(void)arg;
	if (!len) {
		sink.empty++;
		return true;
	}
	if (sink.hold)
		return false;
	if (!sink.due) {
		count_message(data, len);
		sink.due = true;
	}
	if (mica_ept_send(ept, &sink.count, sizeof(sink.count), 0) != MICA_OK)
		return false;
	sink.due = false;
	return true;
}

/* ---- source: a thread of its own, which may wait ---- */

static struct {
	struct mica_ept ept;
	struct mica_os_thread thread;
	struct mica_os_sem asked;
	struct traffic_request request;
	volatile uint32_t turn; /* counts requests */
	uint32_t sent, waits;
} source;

static uint8_t stack[STACK] __attribute__((aligned(16)));

static bool on_source(struct mica_ept *ept, const void *data, size_t len, void *arg)
{
	struct traffic_request request;
	unsigned long key;

	(void)ept;
	(void)arg;
	if (len != sizeof(request))
		return true;
	memcpy(&request, data, sizeof(request));
	key = mica_os_critical_enter();
	source.request = request;
	source.turn++;
	mica_os_critical_exit(key);
	mica_os_sem_give(&source.asked);
	return true;
}

static size_t make_message(uint8_t *out, uint32_t seq, uint32_t size)
{
	struct traffic_head head = { .seq = seq };
	size_t max = mica_ept_max(&source.ept), len = size;

	if (max > MESSAGE_MAX)
		max = MESSAGE_MAX;
	if (len > max)
		len = max;
	if (!len)
		return 0;
	if (len < sizeof(head))
		len = sizeof(head);
	for (size_t i = sizeof(head); i < len; i++)
		out[i] = (uint8_t)(seq * 31u + i);
	head.crc = crc_of(seq, out + sizeof(head), len - sizeof(head));
	memcpy(out, &head, sizeof(head));
	return len;
}

/* False: another request came, or the session ends. */
static bool send_one(uint32_t turn, const uint8_t *message, size_t len)
{
	int ret = MICA_TIMEOUT;

	while (source.turn == turn) {
		ret = mica_ept_send(&source.ept, message, len, WAIT_MS);
		if (ret != MICA_TIMEOUT)
			break;
		source.waits++;
	}
	return ret == MICA_OK;
}

static void source_main(void *arg)
{
	static uint8_t message[MESSAGE_MAX];

	(void)arg;
	for (;;) {
		struct traffic_request request;
		unsigned long key;
		uint32_t turn;

		mica_os_sem_take(&source.asked, MICA_OS_FOREVER);
		key = mica_os_critical_enter();
		request = source.request;
		turn = source.turn;
		mica_os_critical_exit(key);
		source.sent = 0;
		source.waits = 0;
		while (source.sent < request.count &&
		       send_one(turn, message, make_message(message, source.sent, request.size)))
			source.sent++;
	}
}

/* ---- both ---- */

void traffic_open(void)
{
	mica_os_sem_init(&source.asked, 0);
	mica_ept_open(&sink.ept, "mica-sink", on_sink, NULL);
	if (mica_ept_open(&source.ept, "mica-source", on_source, NULL) == MICA_OK)
		mica_os_thread_start(&source.thread, "source", MICA_OS_PRIO_APP, source_main, NULL,
				     stack, sizeof(stack));
}

void shell_traffic(const char *args)
{
	if (!strcmp(args, "hold") || !strcmp(args, "go")) {
		sink.hold = args[0] == 'h';
		mica_session_poke();
	} else if (*args) {
		shell_printf("traffic: \"%s\" is neither hold nor go\n", args);
		return;
	}
	shell_printf("source: %u of %u sent, waited %u times\n", source.sent, source.request.count,
		     source.waits);
	shell_printf("sink: %u messages, %u bad, %u lost, %u empty%s\n", sink.count.messages,
		     sink.count.bad, sink.count.lost, sink.empty, sink.hold ? "; holds" : "");
}
