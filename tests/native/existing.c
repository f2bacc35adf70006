// SPDX-License-Identifier: BSD-3-Clause
/*
 * An existing image as a process: shares no code with the host beyond the layouts of virtio and
 * rpmsg, looks at all that the host does as strictly as docs/abi.md lets images be, and writes a
 * line for each rule that the host broke. Its resource table and its manners are written into the
 * program file by test_existing.py, which finds them by their first bytes.
 */
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <openamp/rpmsg_hdr.h>
#include <openamp/rsc_table.h>
#include <openamp/virtio_ring.h>

#include "mica/abi.h"
#include "mica/native.h"

#define LIFETIME_S  120
#define BUF	    512u
#define NS_ADDR	    53u
#define N_EPTS	    3
#define LATE_FIRST  2000u
#define SHARED	    __ATOMIC_ACQUIRE
#define STATIC_BASE MICA_NATIVE_BASE

__attribute__((section(".resource_table"), used)) static uint8_t linked_table[4096] =
	"RESOURCE-TABLE-OF-THE-TEST";
/* "MANNERS:" file for the report, ':', words. */
static volatile char manners[512] = "MANNERS:";

struct endpoint {
	const char *name;
	uint32_t addr;
	uint32_t host; /* 0: has not spoken yet */
	bool destroyed;
};

static struct endpoint ept[N_EPTS] = {
	{ .name = "rpmsg-tty", .addr = 1024 },
	{ .name = "rpmsg-rpc", .addr = 1025 },
	{ .name = "rpmsg-umt", .addr = 1026 },
};

static struct {
	uint8_t *mem;
	struct resource_table *table;
	struct fw_rsc_vdev *vdev;
	struct fw_rsc_vdev_vring *vring;
	struct mica_rsc_ept_table *ept_table; /* NULL: none */
	struct vring tx, rx;		      /* vring 0 and 1 */
	uint16_t tx_taken, rx_taken;
	char words[512];
	FILE *report;
	unsigned int late_left, late_there;
} c;

static bool told(const char *word)
{
	return strstr(c.words, word) != NULL;
}

/* The rule holds, or a line says which did not. */
static void rule(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(c.report, "%s\n", what);
	fflush(c.report);
}

static void *at(uint64_t da)
{
	return c.mem + (da - MICA_NATIVE_BASE);
}

static void kick(void)
{
	uint64_t one = 1;

	if (write(MICA_NATIVE_FD_TO_HOST, &one, sizeof(one)) < 0)
		_exit(4);
}

static uint32_t status_word(void)
{
	return __atomic_load_n(&c.table->reserved[0], SHARED);
}

static uint16_t available(const struct vring *vr)
{
	return __atomic_load_n(&vr->avail->idx, SHARED);
}

static void give_back(struct vring *vr, uint16_t id)
{
	uint16_t idx = vr->used->idx;

	vr->used->ring[idx % vr->num].id = id;
	vr->used->ring[idx % vr->num].len = BUF; /* whatever is in it */
	__atomic_store_n(&vr->used->idx, (uint16_t)(idx + 1), __ATOMIC_RELEASE);
}

static void send_message(uint32_t src, uint32_t dst, const void *data, size_t len)
{
	struct rpmsg_hdr hdr = { .src = src, .dst = dst, .len = (uint16_t)len };
	uint16_t id;
	uint8_t *buf;

	while (available(&c.tx) == c.tx_taken)
		usleep(100);
	id = c.tx.avail->ring[c.tx_taken++ % c.tx.num];
	buf = at(c.tx.desc[id].addr);
	memcpy(buf, &hdr, sizeof(hdr));
	memcpy(buf + sizeof(hdr), data, len);
	give_back(&c.tx, id);
	kick();
}

/* A name of 32 bytes goes out without a NUL. */
static void announce(const char *name, uint32_t addr, uint32_t flags)
{
	struct rpmsg_ns_msg msg = { .addr = addr, .flags = flags };

	for (size_t i = 0; i < sizeof(msg.name) && name[i]; i++)
		msg.name[i] = name[i];
	send_message(addr, NS_ADDR, &msg, sizeof(msg));
}

/* ---- the start ---- */

static void find_entries(void)
{
	for (uint32_t i = 0; i < c.table->num; i++) {
		uint8_t *entry = (uint8_t *)c.table + c.table->offset[i];
		uint32_t type;

		memcpy(&type, entry, sizeof(type));
		if (type == RSC_VDEV && ((struct fw_rsc_vdev *)(void *)entry)->id == 7)
			c.vdev = (void *)entry;
		else if (type == MICA_RSC_EPT_TABLE)
			c.ept_table = (void *)entry;
	}
	if (!c.vdev)
		_exit(7);
	c.vring = (void *)(c.vdev + 1);
}

static void check_rings(void)
{
	unsigned int seen = 0;

	rule(available(&c.tx) == c.tx.num, "not all buffers of ring 0 are there");
	rule(!c.tx.used->idx && !c.rx.used->idx && !available(&c.rx), "the rings are not new");
	rule(c.tx.used->flags == 0, "the host wants no doorbells for ring 0");
	rule(c.rx.avail->flags == 1, "the host wants doorbells for ring 1");
	for (unsigned int i = 0; i < c.tx.num; i++) {
		const struct vring_desc *d = &c.tx.desc[i];

		rule(d->len == BUF && d->flags == 2, "a descriptor of ring 0 is not {512, WRITE}");
		rule(d->addr >= MICA_NATIVE_BASE && d->addr % 4 == 0, "a buffer lies nowhere");
		seen |= 1u << (c.tx.avail->ring[i] % 32);
	}
	rule(seen == (c.tx.num < 32 ? (1u << c.tx.num) - 1 : ~0u), "a buffer is there twice");
}

/* The static layout has everything at its place, and no word. */
static void wait_static(void)
{
	uint8_t *status = at(STATIC_BASE);

	for (int ms = 0; ms < 20000 && !(__atomic_load_n(status, SHARED) & 4); ms++)
		usleep(1000);
	rule(*status == 4, "the status byte is not 4");
	vring_init(&c.tx, 16, at(STATIC_BASE + 0x2C000), 4);
	vring_init(&c.rx, 16, at(STATIC_BASE + 0x28000), 4);
	check_rings();
	for (unsigned int i = 0; i < 16; i++)
		rule(c.tx.desc[i].addr == STATIC_BASE + 0x4000 + BUF * i,
		     "the client's buffers are not the first 16");
}

static void wait_driver(void)
{
	uint64_t n;

	for (int ms = 0; ms < 20000 && !(__atomic_load_n(&c.vdev->status, SHARED) & 4); ms++)
		usleep(1000);
	rule(c.vdev->status == 4, "the device's status is not 4");
	rule(c.vdev->gfeatures & 1, "name service was not agreed upon");
	rule(c.vring[0].da != UINT32_MAX && c.vring[1].da != UINT32_MAX, "a ring has no address");
	vring_init(&c.tx, c.vring[0].num, at(c.vring[0].da), c.vring[0].align);
	vring_init(&c.rx, c.vring[1].num, at(c.vring[1].da), c.vring[1].align);
	check_rings();
	/* Doorbells that come while the word is 0 are not heard: one has to come after it. */
	do {
		struct pollfd pfd = { .fd = MICA_NATIVE_FD_TO_CLIENT, .events = POLLIN };

		if (poll(&pfd, 1, 20000) <= 0 || read(pfd.fd, &n, sizeof(n)) < 0) {
			rule(false, "no doorbell after the status word");
			break;
		}
	} while (!status_word());
	rule(status_word() == MICA_STATUS_RUNNING, "the status word is not 'running'");
	usleep(50000);
	rule(!available(&c.rx), "the host spoke before anything was announced");
}

/* ---- messages ---- */

static bool in_table(const struct endpoint *e)
{
	for (uint32_t i = 0; c.ept_table && i < c.ept_table->n && i < MICA_EPT_TABLE_MAX; i++) {
		const struct mica_ept_entry *t = &c.ept_table->ept[i];

		if (!strncmp(t->name, e->name, sizeof(t->name)) && t->addr == e->addr &&
		    t->dest_addr == e->host)
			return true;
	}
	return !c.ept_table;
}

static void first_message(struct endpoint *e, const struct rpmsg_hdr *hdr, const uint8_t *data)
{
	static const char hello[32] = "first message from rpc_service!";
	static const uint8_t bind[16];

	e->host = hdr->src;
	rule(hdr->src >= 1024, "the host's address is a reserved one");
	if (e == &ept[0])
		rule(!hdr->len, "the first message of a terminal is not empty");
	else if (e == &ept[1])
		rule(hdr->len == 32 && !memcmp(data, hello, 32), "the first message of rpc");
	else
		rule(hdr->len == 16 && !memcmp(data, bind, 16), "the first message of umt");
	rule(in_table(e), "the endpoint table does not have the binding");
}

static _Noreturn void power_off(void)
{
	rule(false, "off");
	_exit(0);
}

/* One slot for input, as in several images: what comes before this one is taken overwrites it. */
static void terminal(const struct rpmsg_hdr *hdr, const uint8_t *data)
{
	uint16_t idx = c.rx_taken;
	static bool once;

	usleep(2000);
	for (; idx != available(&c.rx); idx++) {
		const struct rpmsg_hdr *next = at(c.rx.desc[c.rx.avail->ring[idx % c.rx.num]].addr);

		rule(next->dst != hdr->dst, "a second message before the first was taken");
	}
	rule(hdr->len <= 495, "no room for a terminal's NUL");
	if (told("late") && !once)
		c.late_left = 40;
	once = true;
	send_message(ept[0].addr, ept[0].host, data, hdr->len);
}

static void name_service(const struct rpmsg_hdr *hdr, const uint8_t *data)
{
	struct rpmsg_ns_msg msg;

	memcpy(&msg, data, sizeof(msg));
	rule(hdr->len == sizeof(msg), "an announcement of another size");
	rule(msg.flags == RPMSG_NS_DESTROY, "the host announced an endpoint");
	c.late_there -= !strncmp(msg.name, "late-", 5);
	for (int i = 0; i < N_EPTS; i++) {
		if (strncmp(msg.name, ept[i].name, sizeof(msg.name)) != 0)
			continue;
		rule(msg.addr == ept[i].host, "the end of another endpoint of that name");
		ept[i].destroyed = true;
	}
}

static void take_message(const struct rpmsg_hdr *hdr, const uint8_t *data)
{
	struct endpoint *e = NULL;

	rule(!hdr->reserved && !hdr->flags, "reserved words of a header are in use");
	rule(hdr->len <= 496, "a message longer than its buffer");
	if (hdr->dst == NS_ADDR) {
		name_service(hdr, data);
		return;
	}
	for (int i = 0; i < N_EPTS; i++)
		e = ept[i].addr == hdr->dst ? &ept[i] : e;
	if (!e) {
		rule(hdr->dst >= LATE_FIRST, "a message for nobody");
		return;
	}
	if (!e->host)
		first_message(e, hdr, data);
	else if (e == &ept[0] && hdr->len)
		terminal(hdr, data);
	else if (e == &ept[1] && hdr->len == 13 && !memcmp(data, "\1\0\0\0power off", 13))
		told("deaf") ? power_off() : rule(false, "a power-off message nobody asked for");
	else if (told("again"))
		first_message(e, hdr, data); /* of a new daemon */
	else if (e == &ept[1])
		rule(false, "a message on rpc that is no reply");
}

static void take_messages(void)
{
	while (available(&c.rx) != c.rx_taken) {
		uint16_t id = c.rx.avail->ring[c.rx_taken++ % c.rx.num];
		const uint8_t *buf = at(c.rx.desc[id].addr);
		struct rpmsg_hdr hdr;

		memcpy(&hdr, buf, sizeof(hdr));
		take_message(&hdr, buf + sizeof(hdr));
		give_back(&c.rx, id);
		kick();
	}
}

/* What comes with the word came before it. */
static void obey(void)
{
	uint32_t word = c.table ? status_word() : 0;
	int destroyed = 0;

	take_messages();
	for (int i = 0; i < N_EPTS; i++)
		destroyed += ept[i].destroyed;
	if (!c.table && destroyed == N_EPTS) /* there its host leaves by that */
		power_off();
	if (word != MICA_STATUS_STOP || told("deaf"))
		return;
	rule(destroyed == N_EPTS && !c.late_there,
	     "an endpoint was not taken back before the stop");
	/* Whoever starts this image again finds this. */
	memset(at(MICA_NATIVE_BASE + MICA_NATIVE_POOL_OFFSET), 0xa5, MICA_POOL_SIZE);
	__atomic_store_n(&c.table->reserved[0], MICA_STATUS_OFF, __ATOMIC_RELEASE);
	kick();
	power_off();
}

static void come_late(void)
{
	char name[32];

	while (c.late_left) {
		c.late_left--;
		snprintf(name, sizeof(name), "late-%u", c.late_left);
		announce(name, LATE_FIRST + c.late_left, 0);
		c.late_there++;
		take_messages();
	}
}

int main(void)
{
	struct pollfd pfd = { .fd = MICA_NATIVE_FD_TO_CLIENT, .events = POLLIN };
	char *words, *path;
	uint64_t n;

	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
	alarm(LIFETIME_S);
	for (size_t i = 0; i + 1 < sizeof(c.words); i++)
		c.words[i] = manners[i];
	path = strchr(c.words, ':') + 1;
	words = strchr(path, ':');
	if (!words || !linked_table[0])
		_exit(3);
	*words = '\0';
	c.report = fopen(path, "a");
	c.mem = mmap(NULL, MICA_NATIVE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, MICA_NATIVE_FD_MEM,
		     0);
	if (!c.report || c.mem == MAP_FAILED)
		_exit(5);
	memmove(c.words, words + 1, strlen(words + 1) + 1);
	if (told("static")) {
		ept[0].name = "uart";
		wait_static();
	} else {
		c.table = (struct resource_table *)(void *)c.mem;
		find_entries();
		wait_driver();
	}
	if (told("earlier"))
		ept[1] = (struct endpoint){ .name = "rpmsg-rpc-proxy", .addr = 0xFE };
	if (told("unended"))
		ept[0].name = "rpmsg-tty-of-thirty-two-bytes-xy";
	for (int i = 0; i < N_EPTS; i++) {
		if (told("low"))
			ept[i].addr = 15u + (uint32_t)i;
		announce(ept[i].name, ept[i].addr, 0);
	}
	for (;;) {
		if (poll(&pfd, 1, 1000) > 0 && read(pfd.fd, &n, sizeof(n)) < 0)
			_exit(6);
		obey();
		come_late();
	}
}
