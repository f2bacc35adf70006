/* SPDX-License-Identifier: BSD-3-Clause */
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <metal/atomic.h>
#include <openamp/rpmsg_hdr.h>
#include <openamp/rsc_table.h>
#include <openamp/virtio_ring.h>

#include "mica/abi.h"
#include "mica/native.h"
#include "raw_client.h"

#define LIFETIME_S 120

#define NUM	8
#define ALIGN	16
#define OWN	1024 /* our tty's address */
#define OTHER	1025 /* our second tty's, where there is one */
#define ODD	3000 /* the first of those with odd names */
#define NS_ADDR 53

struct image_table {
	uint32_t ver, num, reserved[2], offset[2];
	struct fw_rsc_vdev vdev;
	struct fw_rsc_vdev_vring vring[2];
	struct mica_rsc_ept_table ept;
};

static struct image_table image_table __attribute__((section(".resource_table"), used)) = {
	.ver = 1,
	.num = 2,
	.offset = { offsetof(struct image_table, vdev), offsetof(struct image_table, ept) },
	.vdev = { .type = RSC_VDEV, .id = 7, .dfeatures = 1, .num_of_vrings = 2 },
	.vring = { { .da = UINT32_MAX, .align = ALIGN, .num = NUM },
		   { .da = UINT32_MAX, .align = ALIGN, .num = NUM, .notifyid = 1 } },
	.ept = { .type = MICA_RSC_EPT_TABLE },
};

static struct {
	uint8_t *mem;
	struct image_table *table;
	struct vring tx, rx; /* ours: vring 0 and 1 */
	uint16_t tx_taken, rx_taken;
	uint32_t host; /* address of the other end of our tty, 0: not known */
	const char *how;
	bool hushed; /* rings no more */
} c;

static void *at(uint64_t da)
{
	return c.mem + (da - MICA_NATIVE_BASE);
}

static void kick(void)
{
	uint64_t one = 1;

	if (!c.hushed && write(MICA_NATIVE_FD_TO_HOST, &one, sizeof(one)) < 0)
		_exit(4);
}

/* len beyond 496 is a lie about 496 bytes. False: no buffer free. */
static bool send_from(uint32_t src, uint32_t dst, const void *data, uint16_t len)
{
	struct rpmsg_hdr hdr = { .src = src, .dst = dst, .len = len };
	uint16_t id;
	uint8_t *buf;

	if (metal_shared_read16_acquire(&c.tx.avail->idx) == c.tx_taken)
		return false;
	id = c.tx.avail->ring[c.tx_taken++ % NUM];
	buf = at(c.tx.desc[id].addr);
	memcpy(buf, &hdr, sizeof(hdr));
	memcpy(buf + sizeof(hdr), data, len <= 496 ? len : 496);
	c.tx.used->ring[c.tx.used->idx % NUM].id = id;
	c.tx.used->ring[c.tx.used->idx % NUM].len = 512;
	metal_shared_write16_release(&c.tx.used->idx, c.tx.used->idx + 1);
	kick();
	return true;
}

static bool send_message(uint32_t dst, const void *data, uint16_t len)
{
	return send_from(OWN, dst, data, len);
}

static bool announce(const char *name, uint32_t addr)
{
	struct rpmsg_ns_msg msg = { .addr = addr };

	snprintf(msg.name, sizeof(msg.name), "%s", name);
	return send_message(NS_ADDR, &msg, sizeof(msg));
}

static void wait_driver(void)
{
	for (int ms = 0; ms < 10000; ms++) {
		if (metal_shared_read8(&c.table->vdev.status) & 4)
			break;
		usleep(1000);
	}
	vring_init(&c.tx, NUM, at(c.table->vring[0].da), ALIGN);
	vring_init(&c.rx, NUM, at(c.table->vring[1].da), ALIGN);
	c.tx_taken = c.rx_taken = 0;
}

static void off(void)
{
	metal_shared_write32_release(&c.table->reserved[0], MICA_STATUS_OFF);
	kick();
	_exit(0);
}

static const char zeros[496];

/* Break one rule of vring 0, the way RAW_CLIENT says. */
static void break_a_rule(void)
{
	if (!strcmp(c.how, RAW_LEAP)) {
		metal_shared_write16_release(&c.tx.used->idx, c.tx.used->idx + 100);
	} else if (!strcmp(c.how, RAW_ID)) {
		c.tx.used->ring[c.tx.used->idx % NUM].id = 0x10000;
		metal_shared_write16_release(&c.tx.used->idx, c.tx.used->idx + 1);
	} else if (!strcmp(c.how, RAW_LONG)) {
		send_message(OWN, zeros, 2000);
	}
	kick();
}

static void obey(void)
{
	uint32_t word = metal_shared_read32_acquire(&c.table->reserved[0]);

	if (word == MICA_STATUS_STOP)
		off();
	if (word == MICA_STATUS_REATTACH) {
		metal_shared_write32_release(&c.table->reserved[0], 0);
		kick();
		wait_driver();
	}
}

/* A client that talks all the time has used the buffers up; one comes back. */
static void echo(const struct rpmsg_hdr *hdr, const void *data)
{
	while (!send_from(hdr->dst, hdr->src, data, hdr->len)) {
		obey();
		usleep(100);
	}
}

/* More answers than there were questions, and not all of them right. */
static void mirror(const struct rpmsg_hdr *hdr, const void *data)
{
	static unsigned int n;
	uint8_t msg[496];
	struct rpmsg_hdr part = *hdr;
	struct mica_ctrl_ping *ping = (void *)msg;

	memcpy(msg, data, hdr->len);
	c.hushed = !strcmp(c.how, RAW_HUSH);
	if (c.hushed || hdr->len < sizeof(*ping)) {
		echo(hdr, msg);
		return;
	}
	ping->seq += 1000;
	echo(hdr, msg);
	ping->seq -= 1000;
	part.len = 8;
	echo(&part, msg);
	if (++n % 5 == 0)
		msg[hdr->len - 1] ^= 1;
	echo(hdr, msg);
	echo(hdr, msg);
}

/* True: the buffer is kept. */
static bool take_message(const struct rpmsg_hdr *hdr, const void *data)
{
	static struct rpmsg_hdr waiting;
	static uint8_t kept[496];
	static bool once;

	if (hdr->dst != OWN && hdr->dst != OTHER && hdr->dst < ODD)
		return false;
	if (hdr->dst == OWN)
		c.host = hdr->src;
	if (!strcmp(c.how, RAW_AGAIN) && !once && hdr->len) {
		once = true;
		waiting = *hdr;
		memcpy(kept, data, hdr->len);
		announce("rpmsg-tty", OWN);
	} else if (!hdr->len) {
		if (waiting.len)
			echo(&waiting, kept);
		waiting.len = 0;
	} else if (!strcmp(c.how, RAW_KEEP) && !once && hdr->dst == OWN) {
		once = true;
		return true;
	} else if (hdr->dst == OTHER && strcmp(c.how, RAW_KEEP) != 0) {
		mirror(hdr, data);
	} else {
		echo(hdr, data);
	}
	return false;
}

static void take_messages(void)
{
	while (metal_shared_read16_acquire(&c.rx.avail->idx) != c.rx_taken) {
		uint16_t id = c.rx.avail->ring[c.rx_taken++ % NUM];
		uint8_t *buf = at(c.rx.desc[id].addr);
		struct rpmsg_hdr hdr;

		memcpy(&hdr, buf, sizeof(hdr));
		if (take_message(&hdr, buf + sizeof(hdr)))
			continue;
		c.rx.used->ring[c.rx.used->idx % NUM].id = id;
		c.rx.used->ring[c.rx.used->idx % NUM].len = 512;
		metal_shared_write16_release(&c.rx.used->idx, c.rx.used->idx + 1);
		break_a_rule();
	}
}

static void speak_names(void)
{
	static const char *const names[] = RAW_ODD_NAMES;
	static unsigned int n;

	if (n < sizeof(names) / sizeof(names[0]) && announce(names[n], ODD + n))
		n++;
}

/* Once around: something to say on one's own. */
static void speak(void)
{
	static const char line[495] = "0123456789";
	static int names;
	char name[32];

	if (!strcmp(c.how, RAW_FLOOD) && names < 300) {
		snprintf(name, sizeof(name), "name-%d", names);
		if (announce(name, 2000 + (uint32_t)names))
			names++;
	} else if (!strcmp(c.how, RAW_NAMES)) {
		speak_names();
	} else if (!strcmp(c.how, RAW_STORM)) {
		announce("again-and-again", 2000);
	} else if (!strcmp(c.how, RAW_TALK) && c.host) {
		send_message(c.host, line, sizeof(line));
	}
}

void raw_client_main(void)
{
	struct pollfd pfd = { .fd = MICA_NATIVE_FD_TO_CLIENT, .events = POLLIN };
	uint64_t n;
	bool busy;

	c.how = getenv(RAW_CLIENT_ENV);
	if (!getenv(MICA_NATIVE_ENV) || !c.how)
		return;
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
	/* Clients outlive their host by design; a test that was cut short must not leave one. */
	alarm(LIFETIME_S);
	if (!strcmp(c.how, RAW_DIE))
		_exit(3);
	while (!strcmp(c.how, RAW_MUTE))
		pause();
	c.mem = mmap(NULL, MICA_NATIVE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, MICA_NATIVE_FD_MEM,
		     0);
	if (c.mem == MAP_FAILED)
		_exit(5);
	c.table = (struct image_table *)(void *)c.mem;
	wait_driver();
	announce("rpmsg-tty", OWN);
	if (!strcmp(c.how, RAW_KEEP))
		announce("rpmsg-tty1", OTHER);
	if (!strcmp(c.how, RAW_LIE) || !strcmp(c.how, RAW_HUSH))
		announce("mirror", OTHER);
	busy = !strcmp(c.how, RAW_FLOOD) || !strcmp(c.how, RAW_NAMES) ||
	       !strcmp(c.how, RAW_STORM) || !strcmp(c.how, RAW_TALK);
	for (;;) {
		if (poll(&pfd, 1, busy ? 0 : 1000) > 0 && read(pfd.fd, &n, sizeof(n)) < 0)
			_exit(6);
		obey();
		take_messages();
		speak();
	}
}
