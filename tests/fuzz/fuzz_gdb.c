/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Both ends of a debugger's connection. First byte even: the commands of the client's stub, each
 * packet behind a length, with a machine of a few registers and bytes of memory. Odd: what micad
 * does with the bytes of a debugger, and a ring whose peer writes anywhere.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../client/sdk/gdb_stub.h"
#include "gdb_filter.h"
#include "mica/gdb_ring.h"

/* The parts of the SDK that take hostile bytes; they belong to no library of the host. */
/* NOLINTBEGIN(bugprone-suspicious-include) */
#include "../../client/sdk/gdb_breaks.c"
#include "../../client/sdk/gdb_commands.c"
#include "../../client/sdk/gdb_text.c"
/* NOLINTEND(bugprone-suspicious-include) */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MEMORY_AT 0x1000u

struct mica_gdb_frame {
	uint64_t r[4];
};

static uint8_t memory[256];
static const struct mica_gdb_reg regs[] = {
	{ 0, 8, true }, { 8, 8, true }, { 16, 4, true }, { 0, 10, false }, { 24, 8, true }
};
static const uint8_t stop_insn[] = { 1, 2, 3, 4 };

static bool inside(uint64_t addr, size_t len)
{
	return addr >= MEMORY_AT && addr - MEMORY_AT <= sizeof(memory) &&
	       len <= sizeof(memory) - (addr - MEMORY_AT);
}

static bool load(uint64_t addr, void *to, size_t len)
{
	if (!inside(addr, len))
		return false;
	memcpy(to, memory + (addr - MEMORY_AT), len);
	return true;
}

static bool store(uint64_t addr, const void *from, size_t len)
{
	if (!inside(addr, len))
		return false;
	memcpy(memory + (addr - MEMORY_AT), from, len);
	return true;
}

static uint64_t base(void)
{
	return 0x123456789abcdef0u;
}

const struct mica_gdb_arch mica_gdb_arch = {
	.target = "<target></target>",
	.reg = regs,
	.n_regs = sizeof(regs) / sizeof(regs[0]),
	.pc = 1,
	.breakpoint = stop_insn,
	.breakpoint_size = sizeof(stop_insn),
	.read = load,
	.write = store,
	.base = base,
};

static void stub(const uint8_t *data, size_t size)
{
	struct mica_gdb_frame frame = { { 1, 2, 3, 4 } };
	struct gdb_stop stop = { .frame = &frame, .signal = 5 };

	gdb_breaks_clear();
	while (size > 2) {
		size_t len = (data[0] | (size_t)data[1] << 8) % (GDB_PACKET + 1), reply_len;
		char *packet, *reply = malloc(GDB_PACKET + 1);
		bool answer;

		data += 2;
		size -= 2;
		if (len > size)
			len = size;
		packet = malloc(len + 1);
		memcpy(packet, data, len);
		packet[len] = '\0';
		gdb_command(&stop, packet, len, reply, &reply_len, &answer);
		if (reply_len > GDB_PACKET || reply[reply_len])
			abort();
		free(packet);
		free(reply);
		data += len;
		size -= len;
	}
}

static void relay(const uint8_t *data, size_t size)
{
	static _Alignas(16) uint8_t ring[MICA_GDB_RING_SIZE];
	struct mica_gdb_filter in = { 0 }, back = { 0 };
	struct mica_gdb_ring writer, reader;
	uint8_t out[512];
	bool broken;

	memset(ring, 0, sizeof(ring));
	for (size_t i = 0; i < size && i < 16; i++)
		ring[i] = data[i];
	mica_gdb_ring_take(&writer, ring, true);
	mica_gdb_ring_take(&reader, ring, false);
	for (size_t i = 0; i < size; i++) {
		uint8_t held[MICA_GDB_HELD];
		unsigned int n;

		mica_gdb_from_debugger(&in, data[i], held, &n);
		if (n > sizeof(held))
			abort();
		if (n <= mica_gdb_ring_room(&writer))
			mica_gdb_ring_write(&writer, held, n);
		if (data[i] % 7 == 0)
			ring[data[i] % 16] = (uint8_t)i;
		if (data[i] % 5 == 0) {
			uint32_t got = mica_gdb_ring_read(&reader, out, sizeof(out), &broken);

			if (got > sizeof(out))
				abort();
			for (uint32_t b = 0; b < got; b++)
				mica_gdb_from_client(&back, out[b]);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	if (data[0] % 2)
		relay(data + 1, size - 1);
	else
		stub(data + 1, size - 1);
	return 0;
}
