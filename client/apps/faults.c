// SPDX-License-Identifier: BSD-3-Clause
/*
 * Shell command "fault": this client misbehaves, in each way that a broken or hostile one could.
 * For tests of whoever has to live with it. Looks behind the SDK's back on purpose.
 */
#include <string.h>

#include <openamp/rpmsg_hdr.h>

#include "kernel.h"
#include "mica_rpc.h"
#include "platform.h"
#include "session.h"
#include "shell.h"

#define ANNOUNCEMENTS 20000u
#define OVERSIZE      0xFFFFu

static uint32_t random_word(void)
{
	static uint32_t x = 2463534242u; /* xorshift32 */

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return x;
}

/* ---- what it can do wrong ---- */

/* The doorbell, as fast as it goes, for ever. */
static void doorbells(void)
{
	for (;;)
		mica_chip_doorbell_raise(&sdk_session.doorbell);
}

static void scribble(struct virtqueue *vq)
{
	const struct vring *vr = &vq->vq_ring;

	for (unsigned int i = 0; i < vr->num; i++) {
		vr->used->ring[i].id = random_word();
		vr->used->ring[i].len = random_word();
		vr->avail->ring[i] = (uint16_t)random_word();
		vr->desc[i].flags = (uint16_t)random_word();
		vr->desc[i].len = random_word();
	}
	vr->avail->idx = (uint16_t)random_word();
	vr->used->idx = (uint16_t)random_word();
}

static void scribble_lane(struct rpmsg_lane *lane, uint32_t size)
{
	uint32_t *word = (uint32_t *)(void *)lane;

	for (uint32_t i = 0; i < rpmsg_lane_bytes(size) / sizeof(*word); i++)
		word[i] = random_word();
}

static void scribble_all(void)
{
	struct rpmsg_virtio_lanes *lanes = sdk_session.rvdev.lanes;

	scribble(sdk_session.rvdev.rvq);
	scribble(sdk_session.rvdev.svq);
	for (unsigned int i = 0; lanes && i < lanes->n; i++) {
		scribble_lane(lanes->rx[i].lane, lanes->rx[i].size);
		scribble_lane(lanes->tx[i].lane, lanes->tx[i].size);
	}
}

/* Random numbers all over both rings, and the lanes. */
static void rings(void)
{
	for (;;) {
		unsigned long key = mica_os_critical_enter();

		scribble_all();
		mica_os_critical_exit(key);
		mica_chip_doorbell_raise(&sdk_session.doorbell);
		k_sleep(1);
	}
}

/* Announcements of endpoints that do not exist, under names of any bytes. */
static void names(void)
{
	struct {
		char name[32];
		uint32_t addr, flags;
	} ns;

	for (uint32_t i = 0; i < ANNOUNCEMENTS;) {
		for (unsigned int j = 0; j < sizeof(ns.name); j++)
			ns.name[j] = (char)random_word();
		ns.addr = i & 1 ? random_word() : 1024 + i;
		ns.flags = i % 7 == 0;
		if (rpmsg_trysend_offchannel(&sdk_session.ctrl, ns.addr, 53, &ns, sizeof(ns)) < 0)
			k_sleep(1);
		else
			i++;
	}
	shell_printf("%u names announced\n", ANNOUNCEMENTS);
}

static bool take_one(void)
{
	struct rpmsg_virtio_lanes *lanes = sdk_session.rvdev.lanes;
	struct rpmsg_lane_msg m;
	uint32_t len;
	uint16_t idx;

	if (!lanes)
		return virtqueue_get_available_buffer(sdk_session.rvdev.rvq, &idx, &len);
	for (unsigned int i = 0; i < lanes->n; i++) {
		if (rpmsg_lane_next(&lanes->rx[i], &m))
			return true;
	}
	return false;
}

/* Every message from the host is taken and none is given back. */
static void keep(void)
{
	for (;;) {
		unsigned long key = mica_os_critical_enter();

		while (take_one())
			;
		mica_os_critical_exit(key);
		k_sleep(1);
	}
}

/* Calls of Linux without a pause and without an end, from here and from a blocked one. */
static void rpc(void)
{
	struct mica_stat st;

	for (;;)
		(void)mica_stat("/", &st);
}

/* A record as long as the client likes, where the next one belongs; others go behind it. */
static void oversize_record(struct rpmsg_lane_tx *tx)
{
	struct rpmsg_lane_hdr *hdr = (void *)(tx->lane->data + (tx->tail & (tx->size - 1)));

	hdr->len = OVERSIZE;
	hdr->src = 1024;
	hdr->dst = 53;
	mica_chip_wmb();
	hdr->stamp = tx->tail | 1u;
	tx->tail += RPMSG_LANE_GRANULE;
}

/* Messages that claim to be longer than their buffers, to everybody. */
static void oversize(void)
{
	struct rpmsg_virtio_lanes *lanes = sdk_session.rvdev.lanes;
	struct rpmsg_hdr hdr = { .src = 1024, .dst = 53, .len = OVERSIZE };
	struct virtqueue *vq = sdk_session.rvdev.svq;
	unsigned long key = mica_os_critical_enter();
	uint32_t len;
	uint16_t idx;
	void *buf = lanes ? NULL : virtqueue_get_available_buffer(vq, &idx, &len);

	if (lanes)
		oversize_record(&lanes->tx[lanes->n - 1]);
	if (buf) {
		memcpy(buf, &hdr, sizeof(hdr));
		virtqueue_add_consumed_buffer(vq, idx, UINT32_MAX);
	}
	mica_os_critical_exit(key);
	mica_chip_doorbell_raise(&sdk_session.doorbell);
}

/* Off, without a word to anybody. */
static void off(void)
{
	(void)mica_os_critical_enter();
	mica_chip_power_off();
}

static const struct fault {
	const char *name;
	void (*run)(void);
} faults[] = {
	{ "crash", platform_crash },
	{ "hang", platform_hang },
	{ "off", off },
	{ "doorbells", doorbells },
	{ "rings", rings },
	{ "names", names },
	{ "keep", keep },
	{ "rpc", rpc },
	{ "oversize", oversize },
};

void shell_fault(const char *args)
{
	for (unsigned int i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		if (strcmp(args, faults[i].name) != 0)
			continue;
		shell_printf("fault: %s\n", args);
		shell_write("", 0);
		faults[i].run();
		return;
	}
	shell_printf("faults:");
	for (unsigned int i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		shell_printf(" %s", faults[i].name);
	shell_printf("\n");
}
