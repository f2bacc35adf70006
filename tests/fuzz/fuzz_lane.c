/* SPDX-License-Identifier: BSD-3-Clause */
/* Both ends of a lane work on memory that the fuzzer writes to at any moment. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openamp/rpmsg_lane.h>

#define SIZE 1024u
#define HELD 4u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t *input, *end;
static uint8_t *memory;
static struct rpmsg_lane_tx tx;
static struct rpmsg_lane_rx rx;
static void *lent[RPMSG_LANE_OPEN_MAX], *held[HELD];

static unsigned int byte(void)
{
	return input < end ? *input++ : 0;
}

static void scribble(void)
{
	unsigned int at = (byte() | byte() << 8) % (unsigned int)rpmsg_lane_bytes(SIZE);

	for (unsigned int n = byte() % 20; n && at < rpmsg_lane_bytes(SIZE); n--)
		memory[at++] = (uint8_t)byte();
}

/* A record as it should be, but for one field. */
static void forge(void)
{
	struct rpmsg_lane *lane = (struct rpmsg_lane *)memory;
	struct rpmsg_lane_hdr *hdr = (void *)(lane->data + (rx.pos & (SIZE - 1)));

	hdr->len = (uint16_t)(byte() | byte() << 8);
	hdr->flags = byte() & 3;
	hdr->dst = byte() * 8;
	hdr->stamp = rx.pos | 1;
}

static void send(void)
{
	static const uint8_t text[256];

	rpmsg_lane_send(&tx, byte(), byte(), text, byte());
	(void)rpmsg_lane_must_ring(&tx);
}

static void lend(void)
{
	unsigned int i = byte() % RPMSG_LANE_OPEN_MAX, len = byte();
	uint32_t room;

	if (!lent[i]) {
		lent[i] = rpmsg_lane_lend(&tx, len);
		if (lent[i])
			memset(lent[i], 0x55, len);
	} else if (len & 1) {
		rpmsg_lane_cancel(&tx, lent[i]);
		lent[i] = NULL;
	} else {
		if (!rpmsg_lane_is_lent(&tx, lent[i], &room))
			abort();
		if (!rpmsg_lane_commit(&tx, lent[i], 1, 2, len % room))
			lent[i] = NULL;
	}
}

static void receive(void)
{
	struct rpmsg_lane_msg m;
	volatile uint8_t sum = 0;
	bool ring;
	unsigned int i = byte() % HELD, way;

	if (!rpmsg_lane_next(&rx, &m))
		return;
	for (uint32_t k = 0; k < m.len; k++)
		sum += ((uint8_t *)m.payload)[k];
	way = byte();
	if (!held[i] && way & 1)
		held[i] = m.payload;
	else if (way & 2)
		(void)rpmsg_lane_done(&rx, m.pos);
	else if (rpmsg_lane_release(&rx, m.payload, &ring))
		abort();
}

static void release(void)
{
	unsigned int i = byte() % HELD;
	bool ring;

	if (!held[i])
		return;
	if (byte() & 1) {
		if (rpmsg_lane_hold(&rx, held[i]))
			abort();
		rpmsg_lane_release(&rx, held[i], &ring);
	}
	if (rpmsg_lane_release(&rx, held[i], &ring))
		abort();
	held[i] = NULL;
}

static void invariants(void)
{
	if (rx.pos - rx.done >= SIZE || rx.pos - rx.published > SIZE)
		abort();
	if (tx.tail - tx.head > SIZE || tx.limit - tx.tail > SIZE)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t bytes = rpmsg_lane_bytes(SIZE);
	bool ring;

	/* At the end of its page, as far as alignment allows: ASan watches what is behind. */
	memory = aligned_alloc(RPMSG_LANE_LINE, bytes);
	memset(memory, 0, bytes);
	memset(lent, 0, sizeof(lent));
	memset(held, 0, sizeof(held));
	if (rpmsg_lane_tx_init(&tx, (void *)memory, SIZE, 0) ||
	    rpmsg_lane_rx_init(&rx, (void *)memory, SIZE, 0))
		abort();
	input = data;
	end = data + size;
	while (input < end) {
		switch (byte() % 9) {
		case 0:
			scribble();
			break;
		case 1:
			forge();
			break;
		case 2:
		case 3:
			send();
			break;
		case 4:
			lend();
			break;
		case 5:
		case 6:
			receive();
			break;
		case 7:
			release();
			break;
		case 8:
			(void)rpmsg_lane_sleep(&rx, &ring);
			(void)rpmsg_lane_want_room(&tx, byte() & 1);
			break;
		}
		invariants();
	}
	rpmsg_lane_rx_free(&rx);
	free(memory);
	return 0;
}
