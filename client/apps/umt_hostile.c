// SPDX-License-Identifier: BSD-3-Clause
/* The far end of a test: what a client must not say about bulk messages. */
#include <string.h>

#include "extras.h"
#include "mica/umt_abi.h"
#include "mica_chip.h"
#include "mica_client.h"

#define STACK	4096u
#define GOOD	"good"
#define SEND_MS 10000u

static struct mica_ept ept;
static struct mica_umt_first first;
static struct mica_umt_message asked; /* the message that starts it */
static struct mica_os_sem go;
static struct mica_os_thread thread;
static _Alignas(16) unsigned char stack[STACK];

static void say(const void *data, size_t len)
{
	mica_ept_send(&ept, data, len, SEND_MS);
}

static void say_entry(uint64_t addr, int32_t len, uint16_t flags, uint16_t session)
{
	struct mica_umt_message m = {
		.phy_addr = addr, .data_len = len, .flags = flags, .session = session
	};

	say(&m, sizeof(m));
}

static void break_rules(void)
{
	uint64_t mine = first.to_host, theirs = first.to_client;
	uint16_t s = first.head.session;
	uint8_t junk[496];

	memset(junk, 0xff, sizeof(junk));
	say(junk, 1);
	say(junk, 15);
	say(junk, 17);
	say(junk, sizeof(junk));
	say_entry(0, 16, 0, s);
	say_entry(mine - 1, 16, 0, s);
	say_entry(mine + MICA_UMT_WINDOW, 1, 0, s);
	say_entry(mine + MICA_UMT_WINDOW - 1, 2, 0, s);
	say_entry(mine + (1ull << 32), 16, 0, s);
	say_entry(UINT64_MAX, 16, 0, s);
	say_entry(mine, 0, 0, s);
	say_entry(mine, -1, 0, s);
	say_entry(mine, INT32_MIN, 0, s);
	say_entry(mine, INT32_MAX, 0, s);
	say_entry(theirs, 16, 0, s);
	say_entry(mine, 16, 0, (uint16_t)(s + 1));
	say_entry(theirs + 4096, 16, MICA_UMT_RETURN, s);
	say_entry(asked.phy_addr, asked.data_len + 1, MICA_UMT_RETURN, s);
	say_entry(mine, 16, MICA_UMT_RETURN, s);
	say_entry(0, 0, MICA_UMT_ABORT, s);
	/* Twice the same piece, and more than there may be; these 32 are in order. */
	for (uint32_t i = 0; i < MICA_UMT_PIECES + 8; i++)
		say_entry(mine + 64 + (uint64_t)i * 64, 64, MICA_UMT_MORE, s);
	say_entry(mine + 64, 1, MICA_UMT_MORE, s);
	say_entry(0, 0, MICA_UMT_ABORT, s);
}

static void hostile_main(void *arg)
{
	void *at;

	(void)arg;
	mica_os_sem_take(&go, MICA_OS_FOREVER);
	break_rules();
	say_entry(asked.phy_addr, asked.data_len, MICA_UMT_RETURN, asked.session);
	say_entry(asked.phy_addr, asked.data_len, MICA_UMT_RETURN, asked.session);
	/* The pieces of before come back as they are read: then there is room for this one. */
	mica_os_sem_take(&go, MICA_OS_FOREVER);
	at = mica_chip_to_va(first.to_host, sizeof(GOOD));
	if (at)
		memcpy(at, GOOD, sizeof(GOOD));
	say_entry(first.to_host, sizeof(GOOD), 0, first.head.session);
	mica_os_sleep_ms(MICA_OS_FOREVER);
}

static bool on_message(struct mica_ept *e, const void *data, size_t len, void *arg)
{
	struct mica_umt_message m;

	(void)e;
	(void)arg;
	if (len == sizeof(first)) {
		memcpy(&first, data, sizeof(first));
		return true;
	}
	for (size_t i = 0; i < len / sizeof(m); i++) {
		memcpy(&m, (const uint8_t *)data + i * sizeof(m), sizeof(m));
		if (m.flags & (MICA_UMT_RETURN | MICA_UMT_ABORT))
			continue;
		asked = m;
		mica_os_sem_give(&go);
	}
	return true;
}

void extras_umt_hostile_open(void)
{
	mica_os_sem_init(&go, 0);
	if (mica_ept_open(&ept, MICA_UMT_ENDPOINT, on_message, NULL) == MICA_OK)
		mica_os_thread_start(&thread, "hostile", MICA_OS_PRIO_APP, hostile_main, NULL,
				     stack, sizeof(stack));
}
