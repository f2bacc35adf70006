// SPDX-License-Identifier: BSD-3-Clause
/* Breakpoints in memory, and memory as it is without them. */
#include <string.h>

#include "gdb_stub.h"

#define BREAKS	  32u
#define SIZE_MAX_ 4u /* bytes of a breakpoint instruction, at most */

static struct {
	uint64_t addr;
	bool set;
	uint8_t saved[SIZE_MAX_];
} breaks[BREAKS];

static int find(uint64_t addr)
{
	for (unsigned int i = 0; i < BREAKS; i++) {
		if (breaks[i].set && breaks[i].addr == addr)
			return (int)i;
	}
	return -1;
}

bool gdb_break_at(uint64_t addr)
{
	return find(addr) >= 0;
}

static int set_one(uint64_t addr)
{
	const struct mica_gdb_arch *a = &mica_gdb_arch;
	unsigned int i = 0;

	if (find(addr) >= 0)
		return 0;
	while (i < BREAKS && breaks[i].set)
		i++;
	if (i == BREAKS || !a->read(addr, breaks[i].saved, a->breakpoint_size) ||
	    !a->write(addr, a->breakpoint, a->breakpoint_size))
		return -1;
	breaks[i].addr = addr;
	breaks[i].set = true;
	return 0;
}

static int clear_one(uint64_t addr)
{
	int i = find(addr);

	if (i < 0)
		return 0;
	if (!mica_gdb_arch.write(addr, breaks[i].saved, mica_gdb_arch.breakpoint_size))
		return -1;
	breaks[i].set = false;
	return 0;
}

int gdb_break(uint64_t addr, unsigned int kind, bool set)
{
	if (kind == 0)
		return set ? set_one(addr) : clear_one(addr);
	if (kind == 1 && mica_gdb_arch.hardware)
		return mica_gdb_arch.hardware(addr, set) ? 0 : -1;
	return 1;
}

void gdb_breaks_clear(void)
{
	for (unsigned int i = 0; i < BREAKS; i++) {
		if (breaks[i].set)
			clear_one(breaks[i].addr);
	}
	if (mica_gdb_arch.hardware)
		mica_gdb_arch.hardware(0, false);
}

/* For each byte of a breakpoint that lies in the piece: swap it with what is kept. */
static void exchange(uint64_t addr, uint8_t *data, size_t len, bool keep)
{
	unsigned int size = mica_gdb_arch.breakpoint_size;

	for (unsigned int i = 0; i < BREAKS; i++) {
		for (unsigned int b = 0; breaks[i].set && b < size; b++) {
			uint64_t at = breaks[i].addr + b - addr;

			if (at >= len)
				continue;
			if (keep) {
				breaks[i].saved[b] = data[at];
				data[at] = mica_gdb_arch.breakpoint[b];
			} else {
				data[at] = breaks[i].saved[b];
			}
		}
	}
}

bool gdb_read(uint64_t addr, void *data, size_t len)
{
	if (!mica_gdb_arch.read(addr, data, len))
		return false;
	exchange(addr, data, len, false);
	return true;
}

bool gdb_write(uint64_t addr, const void *data, size_t len)
{
	static uint8_t piece[GDB_PACKET];
	uint8_t probe;

	if (len > sizeof(piece) || (len && (!mica_gdb_arch.read(addr, &probe, 1) ||
					    !mica_gdb_arch.read(addr + len - 1, &probe, 1))))
		return false;
	memcpy(piece, data, len);
	exchange(addr, piece, len, true);
	return mica_gdb_arch.write(addr, piece, len);
}
