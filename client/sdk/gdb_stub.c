// SPDX-License-Identifier: BSD-3-Clause
/*
 * The stub: packets over the ring pair while the client is stopped. It has the core, interrupts are
 * off; what the host wants meanwhile (stop, re-attach) is looked at here.
 */
#include <string.h>

#include <mica/gdb_ring.h>

#include "gdb_stub.h"
#include "session.h"

static struct {
	bool looked;
	uint8_t *state; /* shared; NULL: the host has no rings for us */
	struct mica_gdb_ring rx, tx;
	bool attached; /* a debugger is there, or was and did not say goodbye */
	bool inside;
	bool asked;  /* stop_here() is under way */
	bool coming; /* wanted() has said so */
	bool begun;  /* the '$' of the next packet was taken already */
	bool silent; /* a debugger has just come: it asks why the client stopped */
	char packet[GDB_PACKET + 1];
	char reply[GDB_PACKET + 1];
} stub;

/* ---- bytes ---- */

static void find_rings(void)
{
	struct mica_rsc_ring_pair *pair = sdk_session.ring_pair;
	uint64_t da, len;
	uint8_t *base;

	if (stub.looked || !pair || !metal_shared_read8_acquire(&pair->state))
		return;
	stub.looked = true;
	da = (uint64_t)metal_shared_read32_acquire(&pair->da) |
	     (uint64_t)metal_shared_read32_acquire((uint8_t *)&pair->da + 4) << 32;
	len = metal_shared_read32_acquire(&pair->len);
	base = mica_chip_to_va(da, 2 * MICA_GDB_RING_SIZE);
	if (!base || da % 4 || len < 2 * MICA_GDB_RING_SIZE)
		return;
	mica_gdb_ring_take(&stub.tx, base, true);
	mica_gdb_ring_take(&stub.rx, base + MICA_GDB_RING_SIZE, false);
	stub.state = &pair->state;
}

/* Stop and re-attach requests are served here while nobody else can. */
static void obey_host(void)
{
	struct session *s = &sdk_session;
	uint32_t word = sdk_status_read(s);

	if (word == MICA_STATUS_STOP) {
		sdk_client_state(s, MICA_CLIENT_OFF);
		sdk_status_write(s, MICA_STATUS_OFF);
		mica_chip_doorbell_raise(&s->doorbell);
		mica_chip_power_off();
	}
	if (word == MICA_STATUS_REATTACH && s->state == SESSION_READY) {
		/* Nobody is at the rings; the session thread lets go of them when it runs again. */
		s->state = SESSION_PAUSED;
		s->let_go_due = true;
		sdk_status_write(s, 0);
		mica_chip_doorbell_raise(&s->doorbell);
	}
	/* Seen: the client is stopped already. */
	if (metal_shared_read8_acquire(stub.state) == MICA_GDB_INTERRUPT)
		metal_shared_write8_release(stub.state, MICA_GDB_DATA);
}

static char get_byte(void)
{
	bool broken;
	char c;

	while (!mica_gdb_ring_read(&stub.rx, &c, 1, &broken)) {
		obey_host();
		mica_gdb_arch.wait();
	}
	return c;
}

static void put_bytes(const char *data, size_t len)
{
	while (len) {
		uint32_t room = mica_gdb_ring_room(&stub.tx);
		uint32_t n = len < room ? (uint32_t)len : room;

		if (!n) {
			obey_host();
			mica_gdb_arch.wait();
			continue;
		}
		mica_gdb_ring_write(&stub.tx, data, n);
		mica_chip_doorbell_raise(&sdk_session.doorbell);
		data += n;
		len -= n;
	}
}

/* ---- packets ---- */

/* Length of the next packet with a right sum, which is acknowledged. */
static size_t get_packet(char *to)
{
	for (;;) {
		uint8_t sum = 0, given;
		size_t len = 0;
		char c, digits[2];

		while (!stub.begun && get_byte() != '$')
			;
		stub.begun = false;
		while ((c = get_byte()) != '#') {
			if (c == '$') { /* the last one was cut short */
				len = 0;
				sum = 0;
				continue;
			}
			sum = (uint8_t)(sum + (uint8_t)c);
			if (len < GDB_PACKET)
				to[len] = c;
			len++;
		}
		digits[0] = get_byte();
		digits[1] = get_byte();
		if (len > GDB_PACKET || !gdb_bytes(digits, &given, 1) || given != sum) {
			put_bytes("-", 1);
			continue;
		}
		to[len] = '\0';
		put_bytes("+", 1);
		return len;
	}
}

static void put_packet(const char *body, size_t len)
{
	static char frame[GDB_PACKET + 4];
	uint8_t sum = 0;

	frame[0] = '$';
	for (size_t i = 0; i < len; i++) {
		frame[1 + i] = body[i];
		sum = (uint8_t)(sum + (uint8_t)body[i]);
	}
	frame[1 + len] = '#';
	gdb_hex(frame + 2 + len, &sum, 1);
	/* Nothing gets lost between us and gdb: its '+' is skipped as the next packet is read. */
	put_bytes(frame, len + 4);
}

/* ---- stopping and going on ---- */

static uint64_t pc_of(struct mica_gdb_frame *frame)
{
	const struct mica_gdb_reg *pc = &mica_gdb_arch.reg[mica_gdb_arch.pc];
	uint64_t value;

	memcpy(&value, (uint8_t *)frame + pc->at, sizeof(value));
	return value;
}

static void set_pc(struct mica_gdb_frame *frame, uint64_t value)
{
	memcpy((uint8_t *)frame + mica_gdb_arch.reg[mica_gdb_arch.pc].at, &value, sizeof(value));
}

static void leave(void)
{
	gdb_breaks_clear();
	stub.attached = false;
}

static void talk(struct gdb_stop stop, bool tell)
{
	enum gdb_next next = GDB_STAY;
	bool answer;
	size_t len;

	mica_gdb_arch.step(stop.frame, false);
	if (tell) {
		gdb_command(&stop, "?", 1, stub.reply, &len, &answer);
		put_packet(stub.reply, len);
	}
	while (next == GDB_STAY) {
		size_t n = get_packet(stub.packet);

		stub.attached = true;
		next = gdb_command(&stop, stub.packet, n, stub.reply, &len, &answer);
		if (answer)
			put_packet(stub.reply, len);
	}
	if (next == GDB_LEAVE)
		leave();
	else if (next == GDB_STEP)
		mica_gdb_arch.step(stop.frame, true);
}

static bool exception(struct mica_gdb_frame *frame, int signal)
{
	struct gdb_stop stop = { .frame = frame, .signal = signal };
	uint64_t behind;
	bool tell;

	find_rings();
	if (!stub.state || stub.inside)
		return false;
	if (stub.asked) {
		/* Go on behind the instruction that brought us here. */
		set_pc(frame,
		       pc_of(frame) + mica_gdb_arch.breakpoint_size - mica_gdb_arch.pc_behind);
		stop.signal = MICA_GDB_SIGINT;
	}
	/* Without a debugger an exception is a crash. */
	if (!stub.attached && stop.signal != MICA_GDB_SIGINT)
		return false;
	behind = pc_of(frame) - mica_gdb_arch.pc_behind;
	stop.breakpoint = stop.signal == MICA_GDB_SIGTRAP && gdb_break_at(behind);
	if (stop.breakpoint)
		set_pc(frame, behind);
	tell = stub.attached && !(stop.signal == MICA_GDB_SIGINT && stub.silent);
	stub.silent = stub.asked = stub.coming = false;
	stub.inside = true;
	talk(stop, tell);
	stub.inside = false;
	return true;
}

static bool wanted(void)
{
	bool broken;
	char c;

	find_rings();
	if (!stub.state || stub.inside)
		return false;
	if (metal_shared_read8_acquire(stub.state) == MICA_GDB_INTERRUPT) {
		metal_shared_write8_release(stub.state, MICA_GDB_DATA);
		return true;
	}
	if (stub.coming)
		return false;
	/* What a debugger said to the end of the last session, a '+' as a rule, is no request. */
	while (!stub.begun && mica_gdb_ring_read(&stub.rx, &c, 1, &broken))
		stub.begun = c == '$';
	stub.silent = stub.coming = stub.begun;
	return stub.begun;
}

static void stop_here(void)
{
	stub.asked = true;
	mica_gdb_arch.trap();
}

static const struct mica_gdb_hooks hooks = { .exception = exception,
					     .wanted = wanted,
					     .stop = stop_here };

void mica_gdb_enable(void)
{
	mica_gdb_arch_init();
	mica_gdb_hooks = &hooks;
}
